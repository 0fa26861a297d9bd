//! Numbers and what they count, as they are said: `三本` サンボン, `4時` ヨジ, `1,500円` センゴヒャクエン.

use super::counters::{BEFORE_K, BEFORE_S, Counter, DOLLARS, EUROS, PLAIN, YEN, counted, counter, with};

/// Digits of a number that is said as one; longer ones are read digit by digit.
const DIGITS_MAX: usize = 16;

const DIGITS: [&str; 10] = [
    "ゼロ",
    "イチ",
    "ニ",
    "サン",
    "ヨン",
    "ゴ",
    "ロク",
    "ナナ",
    "ハチ",
    "キュー",
];
/// Powers of ten thousand.
const GROUPS: [(char, &str); 5] = [
    ('一', ""),
    ('万', "マン"),
    ('億', "オク"),
    ('兆', "チョー"),
    ('京', "ケイ"),
];

/// A whole number.
pub(super) fn cardinal(number: u64) -> String {
    if number == 0 {
        return "ゼロ".to_owned();
    }
    let mut out = String::new();
    for (power, (_, group)) in GROUPS.iter().enumerate().rev() {
        let part = number / 10_000_u64.pow(power as u32) % 10_000;
        if part > 0 {
            out.push_str(&grouped(&thousands(part), group));
        }
    }
    out
}

/// A part of a number and its power of ten thousand.
fn grouped(part: &str, group: &str) -> String {
    let doubles = match group {
        "チョー" => BEFORE_S,
        "ケイ" => BEFORE_K,
        _ => PLAIN,
    };
    for (ending, becomes, _) in doubles {
        if let Some(stem) = part.strip_suffix(ending) {
            return format!("{stem}{becomes}{group}");
        }
    }
    // A thousand of something is said with its one.
    match part {
        "セン" if !group.is_empty() => format!("イッセン{group}"),
        _ => format!("{part}{group}"),
    }
}

fn thousands(number: u64) -> String {
    let digit = |power: u32| (number / 10_u64.pow(power) % 10) as usize;
    let plain = |digit: usize| DIGITS.get(digit).copied().unwrap_or_default();
    let mut out = String::new();
    match digit(3) {
        0 => {}
        1 => out.push_str("セン"),
        3 => out.push_str("サンゼン"),
        8 => out.push_str("ハッセン"),
        other => out.extend([plain(other), "セン"]),
    }
    match digit(2) {
        0 => {}
        1 => out.push_str("ヒャク"),
        3 => out.push_str("サンビャク"),
        6 => out.push_str("ロッピャク"),
        8 => out.push_str("ハッピャク"),
        other => out.extend([plain(other), "ヒャク"]),
    }
    match digit(1) {
        0 => {}
        1 => out.push_str("ジュー"),
        other => out.extend([plain(other), "ジュー"]),
    }
    match digit(0) {
        0 => {}
        other => out.push_str(plain(other)),
    }
    out
}

/// Digits one by one.
fn spelled(digits: &str) -> String {
    digits
        .chars()
        .filter_map(|digit| DIGITS.get(digit.to_digit(10)? as usize).copied())
        .collect()
}

/// The number that is written in kanji, `二千二十六` or `二〇二六`; `None` if it is none or too large.
pub(super) fn from_kanji(text: &str) -> Option<u64> {
    let (mut total, mut group, mut digits): (u64, u64, Option<u64>) = (0, 0, None);
    for letter in text.chars() {
        let digit = "〇一二三四五六七八九".chars().position(|digit| digit == letter);
        if let Some(digit) = digit {
            digits = Some(digits.unwrap_or(0).checked_mul(10)?.checked_add(digit as u64)?);
            continue;
        }
        let ten = match letter {
            '十' => Some(10),
            '百' => Some(100),
            '千' => Some(1_000),
            _ => None,
        };
        if let Some(ten) = ten {
            group = digits.take().unwrap_or(1).checked_mul(ten)?.checked_add(group)?;
            continue;
        }
        let power = GROUPS.iter().skip(1).position(|(group, _)| *group == letter)? + 1;
        group = group.checked_add(digits.take().unwrap_or(0))?.max(1);
        total = group
            .checked_mul(10_000_u64.pow(power as u32))?
            .checked_add(total)?;
        group = 0;
    }
    let sum = total.checked_add(group)?.checked_add(digits.unwrap_or(0))?;
    (!text.is_empty() && sum < 10_u64.pow(DIGITS_MAX as u32)).then_some(sum)
}

/// What a text says that begins with digits, after at most a currency, and how many bytes that is; `None` if it
/// doesn't begin so.
pub(super) fn scan(text: &str) -> Option<(String, usize)> {
    let currency = match text.chars().next()? {
        '¥' => Some(YEN),
        '$' => Some(DOLLARS),
        '€' => Some(EUROS),
        _ => None,
    };
    let start = currency.map_or(0, |currency| currency.written.len());
    let (number, len) = number(text.get(start..)?)?;
    let end = start + len;
    let rest = text.get(end..)?;
    if let Some(currency) = currency {
        return Some((number.with(currency), end));
    }
    if let Some((said, len)) = clock(&number, rest).or_else(|| fraction(&number, rest)) {
        return Some((said, end + len));
    }
    match counter(rest) {
        Some((counter, len)) => Some((number.with(counter), end + len)),
        None => Some((number.said, end)),
    }
}

/// A number as it is said, and which it is if it is a whole one.
struct Number {
    said: String,
    whole: Option<u64>,
}

impl Number {
    fn with(&self, counter: &Counter) -> String {
        match self.whole {
            Some(whole) => counted(whole, counter),
            None => with(&self.said, counter),
        }
    }
}

/// `1,500`, `3.14`, `090`, `5万`, `1億2000万`.
fn number(text: &str) -> Option<(Number, usize)> {
    let (mut said, mut len) = (String::new(), 0);
    let (mut whole, mut is_grouped) = (None, false);
    loop {
        let rest = text.get(len..)?;
        let Some(digits) = digits(rest) else { break };
        let plain: String = rest.chars().take(digits).filter(char::is_ascii_digit).collect();
        len += digits;
        let value = plain
            .parse()
            .ok()
            .filter(|_| plain.len() <= DIGITS_MAX && (plain.len() == 1 || !plain.starts_with('0')));
        let mut part = value.map_or_else(|| spelled(&plain), cardinal);
        whole = value.filter(|_| !is_grouped);
        if let Some(after) = text.get(len..)?.strip_prefix('.') {
            let count = after.bytes().take_while(u8::is_ascii_digit).count();
            if count > 0 {
                let point = if plain == "0" { "レーテン" } else { "テン" };
                part = if plain == "0" { String::new() } else { part };
                part.extend([point, &spelled(after.get(..count)?)]);
                len += 1 + count;
                whole = None;
            }
        }
        let group = text.get(len..)?.chars().next();
        let group = group.and_then(|next| GROUPS.iter().skip(1).find(|(group, _)| *group == next));
        let Some((letter, group)) = group else {
            said.push_str(&part);
            break;
        };
        said.push_str(&grouped(&part, group));
        len += letter.len_utf8();
        (whole, is_grouped) = (None, true);
    }
    (len > 0).then_some((Number { said, whole }, len))
}

/// Length of the digits that a text begins with; commas between groups of three belong to them.
fn digits(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut len = 0;
    while is_digit(len)
        || (len > 0
            && bytes.get(len) == Some(&b',')
            && (1..=3).all(|more| is_digit(len + more))
            && !is_digit(len + 4))
    {
        len += 1;
    }
    (len > 0).then_some(len)
}

/// `10:30`, whose hour is read already.
fn clock(hour: &Number, rest: &str) -> Option<(String, usize)> {
    let minutes = rest.strip_prefix(':')?;
    let is_time = minutes.bytes().take_while(u8::is_ascii_digit).count() == 2;
    let minutes: u64 = minutes.get(..2)?.parse().ok()?;
    let hour = hour.whole.filter(|hour| *hour < 25 && minutes < 60 && is_time)?;
    let (hours, _) = counter("時")?;
    let mut said = counted(hour, hours);
    if minutes > 0 {
        let (counter, _) = counter("分")?;
        said.push_str(&counted(minutes, counter));
    }
    Some((said, 3))
}

/// `1/2`, whose first number is read already.
fn fraction(above: &Number, rest: &str) -> Option<(String, usize)> {
    let (below, len) = number(rest.strip_prefix('/')?)?;
    let is_more = rest.get(1 + len..)?.starts_with('/');
    let (above, below) = (above.whole?, below.whole?);
    (!is_more && below > 0).then(|| (format!("{}ブンノ{}", cardinal(below), cardinal(above)), 1 + len))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said() {
        for (number, expected) in [
            (0, "ゼロ"),
            (10, "ジュー"),
            (47, "ヨンジューナナ"),
            (300, "サンビャク"),
            (618, "ロッピャクジューハチ"),
            (1_984, "センキューヒャクハチジューヨン"),
            (3_800, "サンゼンハッピャク"),
            (10_000, "イチマン"),
            (10_001_000, "イッセンマンセン"),
            (1_000_000_000_000, "イッチョー"),
        ] {
            assert_eq!(cardinal(number), expected, "{number}");
        }
    }

    #[test]
    fn what_begins_with_digits_is_said() {
        for (text, expected) in [
            ("3本", "サンボン"),
            ("10本の", "ジュッポン"),
            ("1人", "ヒトリ"),
            ("4人", "ヨニン"),
            ("12人", "ジューニニン"),
            ("9時", "クジ"),
            ("15分", "ジューゴフン"),
            ("24分間", "ニジューヨンプンカン"),
            ("7月", "シチガツ"),
            ("20日", "ハツカ"),
            ("11日", "ジューイチニチ"),
            ("8歳", "ハッサイ"),
            ("3階", "サンガイ"),
            ("13階", "ジューサンカイ"),
            ("6個", "ロッコ"),
            ("100回", "ヒャッカイ"),
            ("3つ", "ミッツ"),
            ("3ヶ月", "サンカゲツ"),
            ("1,500円", "センゴヒャクエン"),
            ("¥980", "キューヒャクハチジューエン"),
            ("$4", "ヨンドル"),
            ("5万円", "ゴマンエン"),
            ("1億2000万人", "イチオクニセンマンニン"),
            ("3.14", "サンテンイチヨン"),
            ("0.5%", "レーテンゴパーセント"),
            ("10:30", "ジュージサンジュップン"),
            ("1/2", "ニブンノイチ"),
            ("5km", "ゴキロメートル"),
            ("5kmx", "ゴ"),
            ("090", "ゼロキューゼロ"),
            ("20℃", "ニジュー"),
        ] {
            assert_eq!(scan(text).unwrap().0, expected, "{text}");
        }
        assert!(scan("三").is_none() && scan("").is_none() && scan("¥").is_none());
        let long = "9".repeat(400);
        assert_eq!(scan(&long).unwrap().1, 400);
    }

    #[test]
    fn kanji_are_numbers() {
        for (text, expected) in [
            ("二千二十六", Some(2_026)),
            ("二〇二六", Some(2_026)),
            ("十", Some(10)),
            ("万", Some(10_000)),
            ("一億二千万", Some(120_000_000)),
            ("三百五", Some(305)),
            ("数", None),
            ("", None),
            ("京京", None),
            ("九千九百京九千九百京九千九百京", None),
        ] {
            assert_eq!(from_kanji(text), expected, "{text}");
        }
    }
}
