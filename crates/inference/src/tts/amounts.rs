//! How much of what: `5kg`, `5 kg`, `$3.5 million`, `£2k`, `10-15`, `1/2`.

/// Short form, one, several.
const UNITS: &[(&str, &str, &str)] = &[
    ("km", "kilometer", "kilometers"),
    ("cm", "centimeter", "centimeters"),
    ("mm", "millimeter", "millimeters"),
    ("kg", "kilogram", "kilograms"),
    ("mg", "milligram", "milligrams"),
    ("ms", "millisecond", "milliseconds"),
    ("min", "minute", "minutes"),
    ("hrs", "hour", "hours"),
    ("kb", "kilobyte", "kilobytes"),
    ("mb", "megabyte", "megabytes"),
    ("gb", "gigabyte", "gigabytes"),
    ("tb", "terabyte", "terabytes"),
    ("hz", "hertz", "hertz"),
    ("khz", "kilohertz", "kilohertz"),
    ("mhz", "megahertz", "megahertz"),
    ("ghz", "gigahertz", "gigahertz"),
    ("kw", "kilowatt", "kilowatts"),
    ("kwh", "kilowatt hour", "kilowatt hours"),
    ("ml", "milliliter", "milliliters"),
    ("ft", "foot", "feet"),
    ("lb", "pound", "pounds"),
    ("lbs", "pound", "pounds"),
    ("oz", "ounce", "ounces"),
    ("mi", "mile", "miles"),
    ("mph", "mile per hour", "miles per hour"),
    ("km/h", "kilometer per hour", "kilometers per hour"),
    ("°c", "degree celsius", "degrees celsius"),
    ("°f", "degree fahrenheit", "degrees fahrenheit"),
    ("°", "degree", "degrees"),
];

/// Units of one letter stand right behind their number, or they are something else.
const LETTERS: &[(&str, &str, &str)] = &[
    ("m", "meter", "meters"),
    ("g", "gram", "grams"),
    ("s", "second", "seconds"),
    ("h", "hour", "hours"),
    ("l", "liter", "liters"),
];

/// Steps by thousands as they are written behind money.
const MAGNITUDES: &[(&str, &str)] = &[
    ("k", "thousand"),
    ("m", "million"),
    ("mn", "million"),
    ("bn", "billion"),
    ("b", "billion"),
    ("tn", "trillion"),
];

/// The same as words.
const MAGNITUDE_WORDS: [&str; 4] = ["thousand", "million", "billion", "trillion"];

const FRACTIONS: &[(&str, &str)] = &[
    ("1/2", "one half"),
    ("1/3", "one third"),
    ("2/3", "two thirds"),
    ("1/4", "one quarter"),
    ("3/4", "three quarters"),
];

/// `5kg`, `20°C`.
pub(super) fn measure(word: &str) -> Option<String> {
    let (number, unit) = number(word)?;
    unit_of(number, unit, &[UNITS, LETTERS])
}

/// `5` and `kg`; `$3.5` and `million`.
pub(super) fn pair(word: &str, next: &str) -> Option<String> {
    if let Some((currency, rest)) = currency(word)
        && let (number, "") = number(rest)?
    {
        let magnitude = MAGNITUDE_WORDS
            .iter()
            .find(|known| next.eq_ignore_ascii_case(known))?;
        return Some(format!("{number} {magnitude} {currency}"));
    }
    match number(word)? {
        (number, "") => unit_of(number, next, &[UNITS]),
        _ => None,
    }
}

/// `$2bn`, `£5k`.
pub(super) fn money(word: &str) -> Option<String> {
    let (currency, rest) = currency(word)?;
    let (number, suffix) = number(rest)?;
    let suffix = suffix.to_lowercase();
    let (_, magnitude) = MAGNITUDES.iter().find(|(short, _)| *short == suffix)?;
    Some(format!("{number} {magnitude} {currency}"))
}

/// `10-15`, `1990-1995`: numbers of one or two digits, or years. Anything else may be a telephone's.
pub(super) fn range(word: &str) -> Option<String> {
    let (from, to) = word.split_once(['-', '—'])?;
    let is_number = |part: &str| part.bytes().all(|digit| digit.is_ascii_digit());
    let fits = matches!((from.len(), to.len()), (1 | 2, 1 | 2) | (4, 4));
    (fits && is_number(from) && is_number(to)).then(|| format!("{from} to {to}"))
}

/// `1/2`.
pub(super) fn fraction(word: &str) -> Option<String> {
    let (_, said) = FRACTIONS.iter().find(|(written, _)| *written == word)?;
    Some((*said).to_owned())
}

fn unit_of(number: &str, unit: &str, known: &[&[(&str, &str, &str)]]) -> Option<String> {
    let unit = unit.to_lowercase();
    let (_, one, several) = known
        .iter()
        .copied()
        .flatten()
        .find(|(short, ..)| *short == unit)?;
    let name = if number == "1" { one } else { several };
    Some(format!("{number} {name}"))
}

/// A word that begins with a number, and what stands behind it.
fn number(word: &str) -> Option<(&str, &str)> {
    let end = word
        .find(|mark: char| !mark.is_ascii_digit() && mark != '.' && mark != ',')
        .unwrap_or(word.len());
    let (number, rest) = word.split_at(end);
    let is_number = number.starts_with(|mark: char| mark.is_ascii_digit())
        && number.ends_with(|mark: char| mark.is_ascii_digit());
    is_number.then_some((number, rest))
}

/// The currency in front of an amount, and the amount.
fn currency(word: &str) -> Option<(&'static str, &str)> {
    [('$', "dollars"), ('£', "pounds"), ('€', "euros")]
        .into_iter()
        .find_map(|(mark, name)| Some((name, word.strip_prefix(mark)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_said_with_their_unit() {
        for (written, expected) in [
            ("1kg", Some("1 kilogram")),
            ("1,500km", Some("1,500 kilometers")),
            ("6ft", Some("6 feet")),
            ("5m", Some("5 meters")),
            ("5x", None),
            ("kg", None),
        ] {
            assert_eq!(measure(written).as_deref(), expected, "{written}");
        }
        for (word, next, expected) in [
            ("2", "GHz", Some("2 gigahertz")),
            ("5", "m", None),
            ("5", "people", None),
            ("$3.5", "million", Some("3.5 million dollars")),
            ("$3", "men", None),
        ] {
            assert_eq!(pair(word, next).as_deref(), expected, "{word} {next}");
        }
        assert_eq!(money("€2.5k").as_deref(), Some("2.5 thousand euros"));
        assert_eq!(money("$4"), None);
        assert_eq!(range("10-15").as_deref(), Some("10 to 15"));
        assert_eq!(range("555-1234"), None);
        assert_eq!(fraction("3/4").as_deref(), Some("three quarters"));
    }
}
