//! Numbers and what they count, as they are said: `三本` サンボン, `4時` ヨジ, `1,500円` センゴヒャクエン.

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

/// How the first sound of a counter changes behind some numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    Same,
    /// *h* becomes *b*.
    Voiced,
    /// *h* becomes *p*.
    Popped,
}

/// What a number's last sounds become before a counter, and what the counter's first sound does.
type Ending = (&'static str, &'static str, First);

/// Before *k*.
const BEFORE_K: &[Ending] = &[
    ("イチ", "イッ", First::Same),
    ("ロク", "ロッ", First::Same),
    ("ハチ", "ハッ", First::Same),
    ("ジュー", "ジュッ", First::Same),
    ("ャク", "ャッ", First::Same),
];
/// Before *s*, *sh*, *t* and *ch*.
const BEFORE_S: &[Ending] = &[
    ("イチ", "イッ", First::Same),
    ("ハチ", "ハッ", First::Same),
    ("ジュー", "ジュッ", First::Same),
];
/// Before *h*, as most counters have it: *sanbon*.
const BEFORE_H: &[Ending] = &[
    ("イチ", "イッ", First::Popped),
    ("ロク", "ロッ", First::Popped),
    ("ハチ", "ハッ", First::Popped),
    ("ジュー", "ジュッ", First::Popped),
    ("ャク", "ャッ", First::Popped),
    ("サン", "サン", First::Voiced),
    ("セン", "セン", First::Voiced),
    ("ゼン", "ゼン", First::Voiced),
    ("マン", "マン", First::Voiced),
];
/// Before *h*, as minutes and nights have it: *sanpun*, *yonpun*.
const BEFORE_F: &[Ending] = &[
    ("イチ", "イッ", First::Popped),
    ("ロク", "ロッ", First::Popped),
    ("ハチ", "ハッ", First::Popped),
    ("ジュー", "ジュッ", First::Popped),
    ("ャク", "ャッ", First::Popped),
    ("ン", "ン", First::Popped),
];
/// The short form of four.
const SHORT_FOUR: &[Ending] = &[("ヨン", "ヨ", First::Same)];
const HOURS: &[Ending] = &[
    ("ヨン", "ヨ", First::Same),
    ("ナナ", "シチ", First::Same),
    ("キュー", "ク", First::Same),
];
const MONTHS: &[Ending] = &[
    ("ヨン", "シ", First::Same),
    ("ナナ", "シチ", First::Same),
    ("キュー", "ク", First::Same),
];
const PLAIN: &[Ending] = &[];

/// Numbers that have a word of their own with a counter.
type Exact = &'static [(u64, &'static str)];

const NONE: Exact = &[];
const THINGS: Exact = &[
    (1, "ヒトツ"),
    (2, "フタツ"),
    (3, "ミッツ"),
    (4, "ヨッツ"),
    (5, "イツツ"),
    (6, "ムッツ"),
    (7, "ナナツ"),
    (8, "ヤッツ"),
    (9, "ココノツ"),
];
/// The first of a month has a word of its own only after the month's name.
const DAYS: Exact = &[
    (2, "フツカ"),
    (3, "ミッカ"),
    (4, "ヨッカ"),
    (5, "イツカ"),
    (6, "ムイカ"),
    (7, "ナノカ"),
    (8, "ヨーカ"),
    (9, "ココノカ"),
    (10, "トーカ"),
    (14, "ジューヨッカ"),
    (20, "ハツカ"),
    (24, "ニジューヨッカ"),
];
const PEOPLE: Exact = &[(1, "ヒトリ"), (2, "フタリ")];
const YEARS_OLD: Exact = &[(20, "ハタチ")];
const FLOORS: Exact = &[(3, "サンガイ")];

/// A word that counts.
#[derive(Debug)]
pub(super) struct Counter {
    written: &'static str,
    said: &'static str,
    endings: &'static [Ending],
    exact: Exact,
}

macro_rules! counters {
    ($($written:literal $said:literal $endings:ident $exact:ident),+ $(,)?) => {
        &[$(Counter { written: $written, said: $said, endings: $endings, exact: $exact }),+]
    };
}

/// Those whose sounds change, or that are read otherwise than the dictionary does. Longer ones stand before
/// those that they begin with.
const COUNTERS: &[Counter] = counters![
    "時間" "ジカン" HOURS NONE,
    "時" "ジ" HOURS NONE,
    "分間" "フンカン" BEFORE_F NONE,
    "分" "フン" BEFORE_F NONE,
    "秒" "ビョー" PLAIN NONE,
    "年間" "ネンカン" SHORT_FOUR NONE,
    "年" "ネン" SHORT_FOUR NONE,
    "か月" "カゲツ" BEFORE_K NONE,
    "カ月" "カゲツ" BEFORE_K NONE,
    "ヵ月" "カゲツ" BEFORE_K NONE,
    "ヶ月" "カゲツ" BEFORE_K NONE,
    "ケ月" "カゲツ" BEFORE_K NONE,
    "月" "ガツ" MONTHS NONE,
    "週間" "シューカン" BEFORE_S NONE,
    "日" "ニチ" PLAIN DAYS,
    "人前" "ニンマエ" SHORT_FOUR NONE,
    "人" "ニン" SHORT_FOUR PEOPLE,
    "名" "メー" PLAIN NONE,
    "歳" "サイ" BEFORE_S YEARS_OLD,
    "才" "サイ" BEFORE_S NONE,
    "円" "エン" SHORT_FOUR NONE,
    "つ" "ツ" PLAIN THINGS,
    "個" "コ" BEFORE_K NONE,
    "回" "カイ" BEFORE_K NONE,
    "階" "カイ" BEFORE_K FLOORS,
    "件" "ケン" BEFORE_K NONE,
    "軒" "ケン" BEFORE_K NONE,
    "曲" "キョク" BEFORE_K NONE,
    "級" "キュー" BEFORE_K NONE,
    "本" "ホン" BEFORE_H NONE,
    "匹" "ヒキ" BEFORE_H NONE,
    "杯" "ハイ" BEFORE_H NONE,
    "泊" "ハク" BEFORE_F NONE,
    "冊" "サツ" BEFORE_S NONE,
    "点" "テン" BEFORE_S NONE,
    "頭" "トー" BEFORE_S NONE,
    "足" "ソク" BEFORE_S NONE,
    "着" "チャク" BEFORE_S NONE,
    "通" "ツー" BEFORE_S NONE,
    "章" "ショー" BEFORE_S NONE,
    "種類" "シュルイ" BEFORE_S NONE,
    "世紀" "セーキ" BEFORE_S NONE,
    "丁目" "チョーメ" BEFORE_S NONE,
    "枚" "マイ" PLAIN NONE,
    "台" "ダイ" PLAIN NONE,
    "番" "バン" PLAIN NONE,
    "度" "ド" PLAIN NONE,
    "羽" "ワ" PLAIN NONE,
    "倍" "バイ" PLAIN NONE,
    "割" "ワリ" PLAIN NONE,
    "位" "イ" PLAIN NONE,
    "号" "ゴー" PLAIN NONE,
    "%" "パーセント" PLAIN NONE,
    "°C" "ド" PLAIN NONE,
    "°" "ド" PLAIN NONE,
    "kg" "キログラム" PLAIN NONE,
    "km" "キロメートル" PLAIN NONE,
    "cm" "センチメートル" PLAIN NONE,
    "mm" "ミリメートル" PLAIN NONE,
    "ml" "ミリリットル" PLAIN NONE,
    "mL" "ミリリットル" PLAIN NONE,
    "m" "メートル" PLAIN NONE,
    "g" "グラム" PLAIN NONE,
    "L" "リットル" PLAIN NONE,
];
const YEN: &Counter = &Counter {
    written: "¥",
    said: "エン",
    endings: SHORT_FOUR,
    exact: NONE,
};
const DOLLARS: &Counter = &Counter {
    written: "$",
    said: "ドル",
    endings: PLAIN,
    exact: NONE,
};
const EUROS: &Counter = &Counter {
    written: "€",
    said: "ユーロ",
    endings: PLAIN,
    exact: NONE,
};

/// The counter that a text begins with, and its length in bytes.
pub(super) fn counter(text: &str) -> Option<(&'static Counter, usize)> {
    let counter = COUNTERS
        .iter()
        .find(|counter| text.starts_with(counter.written))?;
    let rest = text.get(counter.written.len()..)?;
    // `5m` is metres, `5mails` are not.
    let is_cut = counter
        .written
        .ends_with(|letter: char| letter.is_ascii_alphabetic())
        && rest.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    (!is_cut).then_some((counter, counter.written.len()))
}

/// A number with its counter.
pub(super) fn counted(number: u64, counter: &Counter) -> String {
    let exact = counter.exact.iter().find(|(exact, _)| *exact == number);
    exact.map_or_else(
        || with(&cardinal(number), counter),
        |(_, said)| (*said).to_owned(),
    )
}

/// A number that is said as `number` with its counter.
fn with(number: &str, counter: &Counter) -> String {
    for (ending, becomes, first) in counter.endings {
        if let Some(stem) = number.strip_suffix(ending) {
            return format!("{stem}{becomes}{}", changed(counter.said, *first));
        }
    }
    format!("{number}{}", counter.said)
}

fn changed(said: &str, first: First) -> String {
    // In Unicode the voiced and the popped form follow the plain one.
    let distance = match first {
        First::Same => 0,
        First::Voiced => 1,
        First::Popped => 2,
    };
    let mut letters = said.chars();
    let changed = letters
        .next()
        .and_then(|letter| char::from_u32(letter as u32 + distance));
    changed.into_iter().chain(letters).collect()
}

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
