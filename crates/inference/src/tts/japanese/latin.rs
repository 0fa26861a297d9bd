//! Latin letters within Japanese: words by the sounds that Japanese has for them, abbreviations letter by letter.
//!
//! An English word is looked up as English, and each of its syllables is moved to the nearest kana, as loanwords
//! are: consonants that end a syllable get a vowel, *l* and *r* are one, *th* is *s* or *z*.

use crate::tts::dictionary::Dictionary;

/// Names of the letters.
const LETTERS: [&str; 26] = [
    "エー",
    "ビー",
    "シー",
    "ディー",
    "イー",
    "エフ",
    "ジー",
    "エイチ",
    "アイ",
    "ジェー",
    "ケー",
    "エル",
    "エム",
    "エヌ",
    "オー",
    "ピー",
    "キュー",
    "アール",
    "エス",
    "ティー",
    "ユー",
    "ブイ",
    "ダブリュー",
    "エックス",
    "ワイ",
    "ゼット",
];

/// Consonants of the English notation with the kana of *a, i, u, e, o*, what is said with a *y* between, and
/// what stands at the end of a syllable.
const ROWS: &[(&str, [&str; 5], &str, &str)] = &[
    ("b", ["バ", "ビ", "ブ", "ベ", "ボ"], "ビ", "ブ"),
    ("d", ["ダ", "ディ", "ドゥ", "デ", "ド"], "デ", "ド"),
    ("f", ["ファ", "フィ", "フ", "フェ", "フォ"], "フ", "フ"),
    ("h", ["ハ", "ヒ", "フ", "ヘ", "ホ"], "ヒ", ""),
    ("j", ["ヤ", "イ", "ユ", "イェ", "ヨ"], "", ""),
    ("k", ["カ", "キ", "ク", "ケ", "コ"], "キ", "ク"),
    ("lɹ", ["ラ", "リ", "ル", "レ", "ロ"], "リ", "ル"),
    ("m", ["マ", "ミ", "ム", "メ", "モ"], "ミ", "ム"),
    ("n", ["ナ", "ニ", "ヌ", "ネ", "ノ"], "ニ", "ン"),
    ("p", ["パ", "ピ", "プ", "ペ", "ポ"], "ピ", "プ"),
    ("sθ", ["サ", "シ", "ス", "セ", "ソ"], "シ", "ス"),
    ("tT", ["タ", "ティ", "トゥ", "テ", "ト"], "チ", "ト"),
    ("v", ["バ", "ビ", "ブ", "ベ", "ボ"], "ビ", "ブ"),
    ("w", ["ワ", "ウィ", "ウ", "ウェ", "ウォ"], "", ""),
    ("zð", ["ザ", "ジ", "ズ", "ゼ", "ゾ"], "ジ", "ズ"),
    ("ɡ", ["ガ", "ギ", "グ", "ゲ", "ゴ"], "ギ", "グ"),
    ("ŋ", ["ンガ", "ンギ", "ング", "ンゲ", "ンゴ"], "", "ング"),
    ("ʃ", ["シャ", "シ", "シュ", "シェ", "ショ"], "", "シュ"),
    ("ʒʤ", ["ジャ", "ジ", "ジュ", "ジェ", "ジョ"], "", "ジ"),
    ("ʧ", ["チャ", "チ", "チュ", "チェ", "チョ"], "", "チ"),
];
/// The vowels alone.
const ALONE: [&str; 5] = ["ア", "イ", "ウ", "エ", "オ"];
/// What stands for them behind a *y*.
const GLIDES: [&str; 5] = ["ャ", "ィ", "ュ", "ェ", "ョ"];

/// A run of Latin letters as it is said, in katakana.
pub(super) fn kana(english: &Dictionary, word: &str) -> String {
    let is_abbreviation = word.chars().all(char::is_uppercase);
    let said = if is_abbreviation {
        String::new()
    } else {
        loan(&english.read(word))
    };
    if said.is_empty() { spelled(word) } else { said }
}

fn spelled(word: &str) -> String {
    word.chars()
        .filter_map(|letter| LETTERS.get((letter.to_ascii_uppercase() as usize).checked_sub('A' as usize)?))
        .copied()
        .collect()
}

/// How a vowel is said.
#[derive(Debug, Clone, Copy)]
struct Vowel {
    /// Column of its kana in [`ROWS`].
    column: usize,
    /// What follows that kana.
    tail: &'static str,
    /// Whether it is short enough to double a stop that ends the word.
    is_short: bool,
}

/// The vowel at a place among the sounds; `None` if there is none.
fn vowel(sounds: &[char], at: usize) -> Option<Vowel> {
    let next_is = |ahead: usize, is: fn(char) -> bool| sounds.get(at + ahead).is_some_and(|next| is(*next));
    // An *r* that ends the syllable makes these vowels long.
    let is_before_r = next_is(1, |next| next == 'ɹ') && !next_is(2, |after| plain_vowel(after).is_some());
    let sound = *sounds.get(at)?;
    let (column, tail, is_short) = match sound {
        'ɑ' | 'ə' | 'ɜ' if is_before_r => (0, "ー", false),
        _ => plain_vowel(sound)?,
    };
    Some(Vowel {
        column,
        tail,
        is_short,
    })
}

/// The fields of a [`Vowel`] for one with nothing special behind it.
fn plain_vowel(sound: char) -> Option<(usize, &'static str, bool)> {
    Some(match sound {
        'æ' | 'ʌ' => (0, "", true),
        'ə' | 'a' | 'ɐ' => (0, "", false),
        'ɜ' => (0, "ー", false),
        'ɪ' | 'ᵻ' => (1, "", true),
        'i' => (1, "ー", false),
        'ʊ' => (2, "", true),
        'u' => (2, "ー", false),
        'ɛ' => (3, "", true),
        'ɑ' => (4, "", true),
        'ɔ' | 'O' | 'Q' => (4, "ー", false),
        'A' => (3, "イ", false),
        'I' => (0, "イ", false),
        'W' => (0, "ウ", false),
        'Y' => (4, "イ", false),
        _ => return None,
    })
}

/// From the English dictionary's notation to katakana.
fn loan(sounds: &str) -> String {
    let is_said = |sound: &char| !matches!(sound, 'ˈ' | 'ˌ' | 'ᵊ');
    let sounds: Vec<char> = sounds.chars().filter(is_said).collect();
    let mut out = String::new();
    let mut at = 0;
    // Whether the vowel before doubles a stop.
    let mut is_short = false;
    while let Some(&sound) = sounds.get(at) {
        let Some((_, open, glide, close)) = ROWS.iter().find(|(consonants, ..)| consonants.contains(sound))
        else {
            // A vowel without a consonant, or a mark, which is passed over.
            if let Some(vowel) = vowel(&sounds, at) {
                out.extend([kana_of(&ALONE, vowel), vowel.tail]);
                is_short = vowel.is_short;
            }
            at += 1;
            continue;
        };
        let has_glide = sounds.get(at + 1) == Some(&'j') && !glide.is_empty();
        if let Some(vowel) = vowel(&sounds, at + 2).filter(|_| has_glide) {
            out.extend([*glide, kana_of(&GLIDES, vowel), vowel.tail]);
            is_short = false;
            at += 3;
        } else if let Some(vowel) = vowel(&sounds, at + 1) {
            out.extend([kana_of(open, vowel), vowel.tail]);
            is_short = vowel.is_short;
            at += 2;
        } else {
            let next = sounds.get(at + 1).copied();
            match (sound, next) {
                // It is in the long vowel already, or is a vowel itself.
                ('ɹ', _) if out.ends_with(['ー', 'ア']) => {}
                ('ɹ', _) if !out.is_empty() => out.push('ア'),
                ('m', Some('p' | 'b')) | ('ŋ', Some('k' | 'ɡ')) => out.push('ン'),
                ('p' | 't' | 'k' | 'd' | 'ʧ' | 'ʤ', None) if is_short => out.extend(["ッ", close]),
                _ => out.push_str(close),
            }
            is_short = false;
            at += 1;
        }
    }
    out
}

fn kana_of(row: &[&'static str; 5], vowel: Vowel) -> &'static str {
    row.get(vowel.column).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loanwords_have_japanese_sounds() {
        for (sounds, expected) in [
            ("kəmpjˈuTəɹ", "カンピューター"),
            ("ˈɪntəɹnˌɛt", "インターネット"),
            ("zˈum", "ズーム"),
            ("ʧˈæt", "チャット"),
            ("tˈɛst", "テスト"),
            ("stˈɑɹt", "スタート"),
            ("ɡˈuɡᵊl", "グーグル"),
            ("sˈɪŋk", "シンク"),
            ("mˈjuzɪk", "ミュージック"),
            ("θˈæŋks", "サンクス"),
            ("nˈIs", "ナイス"),
            ("hˈɪɹ", "ヒア"),
            ("fˈɔɹmæt", "フォーマット"),
            ("kˈæləndəɹz", "カランダーズ"),
            ("", ""),
        ] {
            assert_eq!(loan(sounds), expected, "{sounds}");
        }
    }

    #[test]
    fn letters_have_names() {
        assert_eq!(spelled("AI"), "エーアイ");
        assert_eq!(spelled("é!"), "");
    }
}
