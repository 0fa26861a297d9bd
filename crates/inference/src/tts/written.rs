//! From text as it is written to text as it is spoken, for what the dictionary's own reader gets wrong:
//! times, dates, units, links, markup, letters of other alphabets.

use std::fmt::Write;

use super::{abbreviations, amounts};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Rewrites a text word by word; what stands around a word (quotes, commas) stays.
pub(super) fn spoken(text: &str) -> String {
    let plain: String = text.chars().filter_map(plain).collect();
    let mut out = String::with_capacity(plain.len());
    let words: Vec<Word<'_>> = plain.split_whitespace().map(Word::of).collect();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        let after = words.get(at + 1);
        if !out.is_empty() {
            out.push(' ');
        }
        at += 1;
        if let Some(said) = abbreviations::said(before, word, after) {
            out.push_str(&said);
            continue;
        }
        // Two words that are said as one thing: `$3.5 million`, `5 kg`.
        let pair = after.filter(|_| word.tail.is_empty()).and_then(|after| {
            let said = amounts::pair(word.core, after.core).filter(|_| after.head.is_empty())?;
            Some((said, after.tail))
        });
        if let Some((said, tail)) = pair {
            // Writing to a string can't fail.
            let _ = write!(out, "{}{said}{tail}", word.head);
            at += 1;
            continue;
        }
        let said = [
            time,
            date,
            amounts::measure,
            amounts::money,
            amounts::range,
            amounts::fraction,
            link,
        ]
        .iter()
        .find_map(|reading| reading(word.core));
        let _ = write!(
            out,
            "{}{}{}",
            word.head,
            said.as_deref().unwrap_or(word.core),
            word.tail
        );
    }
    out
}

/// A word and what stands around it.
pub(super) struct Word<'t> {
    pub(super) head: &'t str,
    pub(super) core: &'t str,
    pub(super) tail: &'t str,
}

impl<'t> Word<'t> {
    fn of(word: &'t str) -> Self {
        let is_edge = |mark: char| {
            !mark.is_alphanumeric() && !matches!(mark, '$' | '£' | '€' | '°' | '%' | '+' | '&' | '#')
        };
        let core = word.trim_start_matches(is_edge);
        let (head, core) = (
            word.strip_suffix(core).unwrap_or_default(),
            core.trim_end_matches(is_edge),
        );
        let tail = word.get(head.len() + core.len()..).unwrap_or_default();
        Self { head, core, tail }
    }
}

/// Drops markup and what has no English sound; takes accents off.
fn plain(character: char) -> Option<char> {
    match character {
        '*' | '_' | '`' | '~' | '|' | '<' | '>' | '\\' | '^' | '{' | '}' | '[' | ']' | '"' | '“' | '”'
        | '❓' => Some(' '),
        '’' | '‘' => Some('\''),
        '–' | '—' => Some('—'),
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' => Some('a'),
        'é' | 'è' | 'ê' | 'ë' => Some('e'),
        'í' | 'ì' | 'î' | 'ï' => Some('i'),
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => Some('o'),
        'ú' | 'ù' | 'û' | 'ü' => Some('u'),
        'ñ' => Some('n'),
        'ç' => Some('c'),
        'Á' | 'À' | 'Â' | 'Ä' | 'Å' => Some('A'),
        'É' | 'È' | 'Ê' => Some('E'),
        'Ö' | 'Ó' | 'Ø' => Some('O'),
        'Ü' | 'Ú' => Some('U'),
        '…' => Some('.'),
        '°' | '£' | '€' => Some(character),
        _ if character.is_ascii_control() => Some(' '),
        _ => character.is_ascii().then_some(character).or(Some(' ')),
    }
}

/// `10:30`, `7:05pm`, `12:00`, `3pm`.
fn time(word: &str) -> Option<String> {
    let Some((hour, rest)) = word.split_once(':') else {
        let lower = word.to_ascii_lowercase();
        let (hour, half) = ["am", "pm", "a.m", "p.m"]
            .iter()
            .find_map(|half| Some((lower.strip_suffix(half)?, half.get(..1)?)))?;
        let hour: u32 = hour.parse().ok().filter(|hour| (1..=12).contains(hour))?;
        return Some(format!("{hour} {half} m"));
    };
    let (minute, half) = rest.split_at_checked(2)?;
    let hour: u32 = hour.parse().ok().filter(|hour| *hour < 24)?;
    let minute: u32 = minute.parse().ok().filter(|minute| *minute < 60)?;
    let half = match half.to_ascii_lowercase().as_str() {
        "" => "",
        "am" | "a.m" => " a m",
        "pm" | "p.m" => " p m",
        _ => return None,
    };
    Some(match minute {
        0 if half.is_empty() => format!("{hour} o'clock"),
        0 => format!("{hour}{half}"),
        1..=9 => format!("{hour} oh {minute}{half}"),
        _ => format!("{hour} {minute}{half}"),
    })
}

/// `2024-03-04` and, month first, `3/4/2024`.
fn date(word: &str) -> Option<String> {
    let numbers = |separator: char| -> Option<[u32; 3]> {
        let parts: Vec<u32> = word
            .split(separator)
            .map(|part| part.parse().ok())
            .collect::<Option<_>>()?;
        parts.try_into().ok()
    };
    let (year, month, day) = match (numbers('-'), numbers('/')) {
        (Some([year, month, day]), _) | (_, Some([month, day, year])) => (year, month, day),
        _ => return None,
    };
    let name = MONTHS.get(usize::try_from(month.checked_sub(1)?).ok()?)?;
    let is_day = (1..=31).contains(&day) && (1000..3000).contains(&year);
    is_day.then(|| format!("{name} {day}{}, {year}", ordinal(day)))
}

fn ordinal(day: u32) -> &'static str {
    match (day % 10, day) {
        (1, 1 | 21 | 31) => "st",
        (2, 2 | 22) => "nd",
        (3, 3 | 23) => "rd",
        _ => "th",
    }
}

/// An address is read as its host; nobody wants to hear the rest.
fn link(word: &str) -> Option<String> {
    let rest = word
        .strip_prefix("https://")
        .or_else(|| word.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or(rest);
    Some(host.trim_start_matches("www.").replace('.', " dot "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_said() {
        for (written, expected) in [
            ("Come at 10:30, please.", "Come at 10 30, please."),
            ("at 7:05pm or (12:00)", "at 7 oh 5 p m or (12 o'clock)"),
            ("on 3/4/2024.", "on March 4th, 2024."),
            ("since 1999-12-31", "since December 31st, 1999"),
            ("It's 5kg at 20°C!", "It's 5 kilograms at 20 degrees celsius!"),
            ("see https://www.example.com/a?b=c.", "see example dot com."),
            ("**Well**, _no_ `code`", "Well , no code"),
            ("naïve café 你好 🙂 ok", "naive cafe ok"),
            ("a score of 3:2 or 25:99", "a score of 3:2 or 25:99"),
            ("13/45/2024 and 5/8", "13/45/2024 and 5/8"),
            ("$3.50 and 50% & C++", "$3.50 and 50% & C++"),
            ("“Hi”… he’s here — now", "Hi . he's here — now"),
            ("", ""),
            ("at 3pm, not 13pm", "at 3 p m, not 13pm"),
            ("Dr. Grey of St. Ives", "Doctor Grey of Saint Ives"),
            (
                "1 kg or 5 kg, (2 km).",
                "1 kilogram or 5 kilograms, (2 kilometers).",
            ),
            (
                "It cost $3.5 million, not $2bn.",
                "It cost 3.5 million dollars, not 2 billion dollars.",
            ),
            ("1990–1995 and 10-15 of them", "1990 to 1995 and 10 to 15 of them"),
            ("1/2 cup, 3/4.", "one half cup, three quarters."),
            ("call 555-1234", "call 555-1234"),
        ] {
            assert_eq!(spoken(written), expected, "{written}");
        }
    }
}
