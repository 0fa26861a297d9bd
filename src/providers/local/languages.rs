//! Languages as characters name them (BCP 47 tags) and as local models know them.

/// `en`, `en-US` and the like; no language at all may be English.
pub(super) fn is_english(language: &str) -> bool {
    let main = main(language);
    main.is_empty() || main.eq_ignore_ascii_case("en")
}

/// `ja` and `ja-JP`.
pub(super) fn is_japanese(language: &str) -> bool {
    main(language).eq_ignore_ascii_case("ja")
}

fn main(language: &str) -> &str {
    language.split(['-', '_']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{is_english, is_japanese};

    #[test]
    fn languages_have_many_codes() {
        for (code, english, japanese) in [
            ("en", true, false),
            ("en-US", true, false),
            ("EN_gb", true, false),
            ("", true, false),
            ("de", false, false),
            ("ja", false, true),
            ("JA-jp", false, true),
            ("jav", false, false),
        ] {
            assert_eq!(
                (is_english(code), is_japanese(code)),
                (english, japanese),
                "{code}"
            );
        }
    }
}
