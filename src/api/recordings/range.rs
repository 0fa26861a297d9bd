//! Which part of a file a `Range` header asks for (RFC 9110, section 14).

use std::ops::Range;

/// What is to be sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// Nothing that there is.
    Unsatisfiable,
}

/// Reads the header for a file of `size` bytes. What is not one range of bytes is ignored, as it may be.
pub(super) fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let Some((from, to)) = header
        .and_then(|text| text.trim().strip_prefix("bytes="))
        .and_then(|text| text.split_once('-'))
    else {
        return Wanted::Whole;
    };
    let range = match (from.trim(), to.trim()) {
        ("", last) => last
            .parse()
            .ok()
            .map(|count: u64| size.saturating_sub(count)..size),
        (from, "") => from.parse().ok().map(|from| from..size),
        (from, to) => match (from.parse::<u64>(), to.parse::<u64>()) {
            (Ok(from), Ok(to)) if from <= to => Some(from..to.saturating_add(1).min(size)),
            _ => None,
        },
    };
    match range {
        None => Wanted::Whole,
        Some(range) if range.start < range.end => Wanted::Part(range),
        Some(_) => Wanted::Unsatisfiable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_cut_to_the_file() {
        for (header, range) in [
            ("bytes=0-9", 0..10),
            ("bytes=90-", 90..100),
            ("bytes=90-4000", 90..100),
            ("bytes=-10", 90..100),
            ("bytes=-4000", 0..100),
            (" bytes= 5 - 5 ", 5..6),
            ("bytes=99-18446744073709551615", 99..100),
        ] {
            assert_eq!(wanted(Some(header), 100), Wanted::Part(range), "{header}");
        }
    }

    #[test]
    fn what_lies_outside_is_refused_and_what_is_not_understood_ignored() {
        for header in ["bytes=100-", "bytes=200-300", "bytes=-0"] {
            assert_eq!(wanted(Some(header), 100), Wanted::Unsatisfiable, "{header}");
        }
        for header in [
            "",
            "bytes=",
            "bytes=9-5",
            "bytes=0-1,5-6",
            "lines=0-5",
            "bytes=a-b",
            "bytes=-",
        ] {
            assert_eq!(wanted(Some(header), 100), Wanted::Whole, "{header}");
        }
        assert_eq!(wanted(None, 100), Wanted::Whole);
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Unsatisfiable);
    }
}
