//! From text as it is written to text as it is spoken, for what the dictionary's own reader gets wrong:
//! times, dates, units, links, markup, letters of other alphabets.

use std::fmt::Write;

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

const UNITS: &[(&str, &str)] = &[
    ("km", "kilometers"),
    ("cm", "centimeters"),
    ("mm", "millimeters"),
    ("kg", "kilograms"),
    ("mg", "milligrams"),
    ("ms", "milliseconds"),
    ("kb", "kilobytes"),
    ("mb", "megabytes"),
    ("gb", "gigabytes"),
    ("mph", "miles per hour"),
    ("km/h", "kilometers per hour"),
    ("°c", "degrees celsius"),
    ("°f", "degrees fahrenheit"),
    ("°", "degrees"),
    ("m", "meters"),
    ("g", "grams"),
    ("s", "seconds"),
    ("h", "hours"),
    ("l", "liters"),
];

/// Rewrites a text word by word; what stands around a word (quotes, commas) stays.
pub(super) fn spoken(text: &str) -> String {
    let plain: String = text.chars().filter_map(plain).collect();
    let mut out = String::with_capacity(plain.len());
    for word in plain.split_whitespace() {
        let is_edge = |mark: char| {
            !mark.is_alphanumeric() && !matches!(mark, '$' | '£' | '€' | '°' | '%' | '+' | '&' | '#')
        };
        let core = word.trim_start_matches(is_edge);
        let (head, core) = (
            word.strip_suffix(core).unwrap_or_default(),
            core.trim_end_matches(is_edge),
        );
        let tail = word.get(head.len() + core.len()..).unwrap_or_default();
        if !out.is_empty() {
            out.push(' ');
        }
        let said = [time, date, measure, link]
            .iter()
            .find_map(|reading| reading(core));
        // Writing to a string can't fail.
        let _ = write!(out, "{head}{}{tail}", said.as_deref().unwrap_or(core));
    }
    out
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

/// `10:30`, `7:05pm`, `12:00`.
fn time(word: &str) -> Option<String> {
    let (hour, rest) = word.split_once(':')?;
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

/// `5kg`, `20°C`.
fn measure(word: &str) -> Option<String> {
    let at = word.find(|mark: char| !mark.is_ascii_digit() && mark != '.' && mark != ',')?;
    let (number, unit) = word.split_at(at);
    let unit = unit.to_lowercase();
    let (_, name) = UNITS.iter().find(|(short, _)| *short == unit)?;
    number
        .ends_with(|mark: char| mark.is_ascii_digit())
        .then(|| format!("{number} {name}"))
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
            ("13/45/2024 and 1/2", "13/45/2024 and 1/2"),
            ("$3.50 and 50% & C++", "$3.50 and 50% & C++"),
            ("“Hi”… he’s here — now", "Hi . he's here — now"),
            ("", ""),
        ] {
            assert_eq!(spoken(written), expected, "{written}");
        }
    }
}
