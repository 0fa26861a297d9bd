//! Numbers as people say them: `1,250`, `3.5`, `$3.50`, `21st`, `1984`, `50%`, `-4`, `90s`.

use num2words::Num2Words;

/// Digits of a number that is said as one; longer ones are read digit by digit.
const DIGITS_MAX: usize = 15;

/// The words for something that begins with digits, after at most a sign and a currency; `None` if it is
/// no such thing.
pub(super) fn words(written: &str) -> Option<String> {
    let (minus, rest) = match written.strip_prefix('-') {
        Some(rest) => ("minus ", rest),
        None => ("", written.strip_prefix('+').unwrap_or(written)),
    };
    let (currency, rest) = match rest.chars().next()? {
        '$' => (Some(("dollar", "cent")), rest.get(1..)?),
        '£' => (Some(("pound", "penny")), rest.get('£'.len_utf8()..)?),
        '€' => (Some(("euro", "cent")), rest.get('€'.len_utf8()..)?),
        '#' => return Some(format!("number {}", words(rest.get(1..)?)?)),
        _ => (None, rest),
    };
    let end = rest
        .find(|mark: char| !mark.is_ascii_digit() && mark != ',' && mark != '.')
        .unwrap_or(rest.len());
    let (number, suffix) = rest.split_at(end);
    if !number.starts_with(|mark: char| mark.is_ascii_digit()) {
        return None;
    }
    let has_groups = number.contains(',');
    let plain = number.replace(',', "");
    let said = match (currency, suffix) {
        (Some((unit, part)), "") => money(&plain, unit, part)?,
        (None, "") if !has_groups && minus.is_empty() => year(&plain).map_or_else(|| count(&plain), Some)?,
        (None, "") => count(&plain)?,
        (None, "%") => format!("{} percent", count(&plain)?),
        (None, "st" | "nd" | "rd" | "th") => to_words(Num2Words::new(whole(&plain)?).ordinal())?,
        (None, "s" | "'s") => plural(&year(&plain).map_or_else(|| count(&plain), Some)?),
        // A model's name, a flat's number: `4K`, `12b`.
        _ => format!("{} {suffix}", count(&plain)?),
    };
    Some(format!("{minus}{said}"))
}

fn whole(plain: &str) -> Option<i64> {
    plain.parse().ok().filter(|_| plain.len() <= DIGITS_MAX)
}

fn to_words(number: Num2Words) -> Option<String> {
    let words = number.to_words().ok()?;
    // American: "two hundred fifty".
    Some(words.replace('-', " ").replace(',', "").replace(" and ", " "))
}

fn cardinal(plain: &str) -> Option<String> {
    let is_code = plain.len() > 1 && plain.starts_with('0');
    match whole(plain) {
        Some(number) if !is_code => to_words(Num2Words::new(number)),
        _ => digits(plain),
    }
}

fn digits(plain: &str) -> Option<String> {
    let names = plain
        .chars()
        .map(|digit| to_words(Num2Words::new(i64::from(digit.to_digit(10)?))));
    Some(names.collect::<Option<Vec<_>>>()?.join(" "))
}

/// With a decimal point, or several: a version, an address.
fn count(plain: &str) -> Option<String> {
    let parts: Vec<&str> = plain.trim_end_matches('.').split('.').collect();
    match parts.as_slice() {
        [number] => cardinal(number),
        [number, decimals] => Some(format!("{} point {}", cardinal(number)?, digits(decimals)?)),
        parts => {
            let said: Option<Vec<_>> = parts.iter().map(|part| cardinal(part)).collect();
            Some(said?.join(" dot "))
        }
    }
}

/// Four digits that can be a year are read as one.
fn year(plain: &str) -> Option<String> {
    let number = whole(plain).filter(|number| plain.len() == 4 && (1100..2100).contains(number))?;
    if number % 1000 < 10 {
        return to_words(Num2Words::new(number));
    }
    let (century, rest) = (number / 100, number % 100);
    let head = to_words(Num2Words::new(century))?;
    Some(match rest {
        0 => format!("{head} hundred"),
        1..=9 => format!("{head} oh {}", to_words(Num2Words::new(rest))?),
        _ => format!("{head} {}", to_words(Num2Words::new(rest))?),
    })
}

fn money(plain: &str, unit: &str, part: &str) -> Option<String> {
    let (whole_part, decimals) = plain.trim_end_matches('.').split_once('.').unwrap_or((plain, ""));
    let named = |number: &str, name: &str| -> Option<String> {
        let is_one = number.trim_start_matches('0') == "1";
        let name = match (name, is_one) {
            ("penny", false) => "pence".to_owned(),
            (_, true) => name.to_owned(),
            _ => format!("{name}s"),
        };
        Some(format!(
            "{} {name}",
            to_words(Num2Words::new(number.parse::<i64>().ok()?))?
        ))
    };
    match decimals.len() {
        0 => named(whole_part, unit),
        2 if decimals == "00" => named(whole_part, unit),
        2 if whole_part == "0" => named(decimals, part),
        2 => Some(format!(
            "{} and {}",
            named(whole_part, unit)?,
            named(decimals, part)?
        )),
        _ => Some(format!("{} {unit}s", count(plain)?)),
    }
}

fn plural(words: &str) -> String {
    match words.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{words}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_do() {
        for (written, expected) in [
            ("0", "zero"),
            ("42", "forty two"),
            ("1,250", "one thousand two hundred fifty"),
            ("3.5", "three point five"),
            ("10.", "ten"),
            ("-4", "minus four"),
            ("50%", "fifty percent"),
            ("21st", "twenty first"),
            ("3rd", "third"),
            ("1984", "nineteen eighty four"),
            ("2005", "two thousand five"),
            ("1906", "nineteen oh six"),
            ("1900", "nineteen hundred"),
            ("1990s", "nineteen nineties"),
            ("90s", "nineties"),
            ("$3.50", "three dollars and fifty cents"),
            ("$1", "one dollar"),
            ("£0.99", "ninety nine pence"),
            ("€5.00", "five euros"),
            ("$1.5", "one point five dollars"),
            ("#7", "number seven"),
            ("007", "zero zero seven"),
            ("1.2.3", "one dot two dot three"),
            ("4K", "four K"),
            (
                "99999999999999999999",
                "nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine",
            ),
        ] {
            assert_eq!(words(written).as_deref(), Some(expected), "{written}");
        }
    }

    #[test]
    fn what_is_no_number_is_left() {
        for written in ["", "-", "$", "abc", ".5a", "#", "-x", "€"] {
            assert_eq!(words(written), None, "{written}");
        }
    }
}
