//! Words that count, and how they and the number before them sound together: `三本` サンボン, `一人` ヒトリ.

use super::numbers::cardinal;

/// How the first sound of a counter changes behind some numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    Same,
    /// *h* becomes *b*.
    Voiced,
    /// *h* becomes *p*.
    Popped,
}

/// What a number's last sounds become before a counter, and what the counter's first sound does.
pub(super) type Ending = (&'static str, &'static str, First);

/// Before *k*.
pub(super) const BEFORE_K: &[Ending] = &[
    ("イチ", "イッ", First::Same),
    ("ロク", "ロッ", First::Same),
    ("ハチ", "ハッ", First::Same),
    ("ジュー", "ジュッ", First::Same),
    ("ャク", "ャッ", First::Same),
];
/// Before *s*, *sh*, *t* and *ch*.
pub(super) const BEFORE_S: &[Ending] = &[
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
pub(super) const PLAIN: &[Ending] = &[];

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
    pub(super) written: &'static str,
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
pub(super) const YEN: &Counter = &Counter {
    written: "¥",
    said: "エン",
    endings: SHORT_FOUR,
    exact: NONE,
};
pub(super) const DOLLARS: &Counter = &Counter {
    written: "$",
    said: "ドル",
    endings: PLAIN,
    exact: NONE,
};
pub(super) const EUROS: &Counter = &Counter {
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
pub(super) fn with(number: &str, counter: &Counter) -> String {
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
