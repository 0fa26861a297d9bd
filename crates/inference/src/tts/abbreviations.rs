//! What is written short and said long: `Dr. Grey`, `St. Ives`, `Elm St.`, `e.g.`.

use super::written::Word;

/// Before a name.
const TITLES: &[(&str, &str)] = &[
    ("Mr", "Mister"),
    ("Mrs", "Missus"),
    ("Ms", "Miz"),
    ("Dr", "Doctor"),
    ("Prof", "Professor"),
    ("St", "Saint"),
    ("Mt", "Mount"),
    ("Capt", "Captain"),
    ("Sgt", "Sergeant"),
    ("Lt", "Lieutenant"),
    ("Gen", "General"),
    ("Rev", "Reverend"),
];

/// After a name.
const AFTER_NAMES: &[(&str, &str)] = &[
    ("Jr", "Junior"),
    ("Sr", "Senior"),
    ("St", "Street"),
    ("Dr", "Drive"),
    ("Ave", "Avenue"),
    ("Rd", "Road"),
    ("Blvd", "Boulevard"),
    ("Inc", "Incorporated"),
    ("Ltd", "Limited"),
    ("Co", "Company"),
];

/// Anywhere, in any case, and within a sentence.
const WITHIN: &[(&str, &str)] = &[
    ("e.g", "for example"),
    ("i.e", "that is"),
    ("vs", "versus"),
    ("approx", "approximately"),
];

/// Anywhere, in any case, and at the end of a sentence too.
const ANYWHERE: &[(&str, &str)] = &[("etc", "et cetera"), ("a.m", "a m"), ("p.m", "p m")];

/// The words for a short form with its dot, and what else stands around it. A dot that ends a sentence as well stays:
/// behind a title never, elsewhere where nothing follows, or a capital.
pub(super) fn said(before: Option<&Word<'_>>, word: &Word<'_>, after: Option<&Word<'_>>) -> Option<String> {
    let behind = word.tail.strip_prefix('.')?;
    let begins_capital = |word: &Word<'_>| word.core.starts_with(char::is_uppercase);
    let find = |known: &[(&str, &'static str)]| {
        known
            .iter()
            .find(|(short, _)| *short == word.core)
            .map(|(_, long)| *long)
    };
    let is_name_next =
        behind.is_empty() && after.is_some_and(|after| after.head.is_empty() && begins_capital(after));
    if let Some(long) = find(TITLES).filter(|_| is_name_next) {
        return Some(format!("{}{long}", word.head));
    }
    let is_number_next =
        after.is_some_and(|after| after.core.starts_with(|mark: char| mark.is_ascii_digit()));
    if matches!(word.core, "No" | "no" | "Nos") && behind.is_empty() && is_number_next {
        return Some(format!("{}number", word.head));
    }
    let is_name_before =
        before.is_some_and(|before| before.tail.trim_end_matches(',').is_empty() && begins_capital(before));
    let lower = word.core.to_lowercase();
    let find_any = |known: &[(&str, &'static str)]| {
        known
            .iter()
            .find(|(short, _)| *short == lower)
            .map(|(_, long)| *long)
    };
    if let Some(long) = find_any(WITHIN) {
        return Some(format!("{}{long}{behind}", word.head));
    }
    let long = find(AFTER_NAMES)
        .filter(|_| is_name_before)
        .or_else(|| find_any(ANYWHERE))?;
    let ends = behind.is_empty() && after.is_none_or(begins_capital);
    Some(format!(
        "{}{long}{}{behind}",
        word.head,
        if ends { "." } else { "" }
    ))
}

#[cfg(test)]
mod tests {
    use crate::tts::written::spoken;

    #[test]
    fn short_forms_are_said_long() {
        for (written, expected) in [
            (
                "Mr. and Mrs. Dean met Ms. Ray.",
                "Mr. and Missus Dean met Miz Ray.",
            ),
            ("(Dr. Grey)", "(Doctor Grey)"),
            ("She saw the dr. today", "She saw the dr. today"),
            (
                "12 Elm St. is near St. Paul.",
                "12 Elm Street is near Saint Paul.",
            ),
            ("I live on Elm St.", "I live on Elm Street."),
            ("Elm St., Bath", "Elm Street, Bath"),
            ("Lee Jr. came. No. 5 and No.", "Lee Junior came. number 5 and No."),
            (
                "fruit, e.g. figs, i.e., food etc.",
                "fruit, for example figs, that is, food et cetera.",
            ),
            ("Come at 5 p.m. on Friday", "Come at 5 p m on Friday"),
            ("Rome vs. Athens", "Rome versus Athens"),
        ] {
            assert_eq!(spoken(written), expected, "{written}");
        }
    }
}
