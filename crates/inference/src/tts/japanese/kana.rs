//! From kana to the symbols that Kokoro's Japanese voices learnt.
//!
//! They were trained on a broad phonetic notation: palatalised consonants carry `ʲ`, *u* is `ɯ` and behind
//! `s`, `z`, `ts` and palatalised consonants `ɨ`, a long vowel is `ː`, a doubled consonant begins with `ʔ`,
//! and the moraic nasal takes the place of the consonant that follows. Vowels are never written as voiceless.

/// Five kana by their vowels, the consonant before *a, e, o*, and the one before *i* and `ャュョ`.
const ROWS: &[(&str, &str, &str)] = &[
    ("カキクケコ", "k", "kʲ"),
    ("ガギグゲゴ", "ɡ", "ɡʲ"),
    ("サシスセソ", "s", "ɕ"),
    ("ザジズゼゾ", "ʣ", "ʥ"),
    ("タチツテト", "t", "ʨ"),
    ("ダヂヅデド", "d", "ʥ"),
    ("ナニヌネノ", "n", "ɲ"),
    ("ハヒフヘホ", "h", "ç"),
    ("バビブベボ", "b", "bʲ"),
    ("パピプペポ", "p", "pʲ"),
    ("マミムメモ", "m", "mʲ"),
    ("ラリルレロ", "ɾ", "ɾʲ"),
    ("アイウエオ", "", ""),
];

/// What each column of [`ROWS`] ends in.
const VOWELS: [char; 5] = ['a', 'i', 'ɯ', 'e', 'o'];

/// Distance between the two syllabaries in Unicode, and the hiragana that have a katakana there.
const KATAKANA_OFFSET: u32 = 0x60;
const HIRAGANA: std::ops::RangeInclusive<char> = 'ぁ'..='ゖ';

/// The same text with katakana for its hiragana.
pub(super) fn to_katakana(text: &str) -> String {
    text.chars().map(katakana).collect()
}

fn katakana(kana: char) -> char {
    if HIRAGANA.contains(&kana) {
        char::from_u32(kana as u32 + KATAKANA_OFFSET).unwrap_or(kana)
    } else {
        kana
    }
}

/// Whether it is written in kana, of either kind.
pub(super) fn is_kana(letter: char) -> bool {
    matches!(letter, 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー')
}

/// The sounds of a word in kana; what is no kana is left out.
pub(super) fn sounds(word: &str) -> String {
    let kana: Vec<char> = word.chars().map(katakana).collect();
    let mut out = String::with_capacity(word.len());
    let mut at = 0;
    while let Some(&letter) = kana.get(at) {
        let next = kana.get(at + 1).copied();
        at += 1;
        match letter {
            'ッ' => out.push('ʔ'),
            'ン' => out.push(nasal(next)),
            'ー' => {
                // A long mark lengthens a vowel; after anything else it is a stray line.
                if out.ends_with(['a', 'i', 'ɯ', 'ɨ', 'e', 'o']) {
                    out.push('ː');
                }
            }
            _ => {
                if let Some(joined) = next.and_then(|small| with_small(letter, small)) {
                    out.push_str(&joined);
                    at += 1;
                } else if let Some((onset, vowel)) = syllable(letter) {
                    out.push_str(onset);
                    out.push(vowel);
                }
            }
        }
    }
    out
}

/// The moraic nasal before `next`.
fn nasal(next: Option<char>) -> char {
    let onset = next.and_then(syllable).map_or("", |(onset, _)| onset);
    match onset.chars().next() {
        Some('m' | 'p' | 'b') => 'm',
        Some('k' | 'ɡ') => 'ŋ',
        Some('ɲ' | 'ʨ' | 'ʥ') => 'ɲ',
        Some('n' | 't' | 'd' | 'ɾ' | 'z') => 'n',
        _ => 'ɴ',
    }
}

/// Consonant and vowel of one kana.
fn syllable(kana: char) -> Option<(&'static str, char)> {
    Some(match kana {
        'ス' => ("s", 'ɨ'),
        'ズ' | 'ヅ' => ("z", 'ɨ'),
        'ツ' => ("ʦ", 'ɨ'),
        'フ' => ("ɸ", 'ɯ'),
        'ヤ' | 'ャ' => ("j", 'a'),
        'ユ' | 'ュ' => ("j", 'ɯ'),
        'ヨ' | 'ョ' => ("j", 'o'),
        'ワ' | 'ヮ' => ("β", 'a'),
        'ヴ' => ("v", 'ɯ'),
        'ヷ' => ("v", 'a'),
        'ヸ' => ("vʲ", 'i'),
        'ヹ' => ("v", 'e'),
        'ヺ' => ("v", 'o'),
        'ァ' => ("", 'a'),
        'ィ' | 'ヰ' => ("", 'i'),
        'ゥ' => ("", 'ɯ'),
        'ェ' | 'ヱ' => ("", 'e'),
        'ォ' | 'ヲ' => ("", 'o'),
        'ヵ' => ("k", 'a'),
        'ヶ' => ("k", 'e'),
        _ => {
            let (column, plain, palatal) = row(kana)?;
            let onset = if column == 1 { palatal } else { plain };
            (onset, *VOWELS.get(column)?)
        }
    })
}

/// Column of a kana in its row of [`ROWS`], and the row's consonants.
fn row(kana: char) -> Option<(usize, &'static str, &'static str)> {
    ROWS.iter().find_map(|(row, plain, palatal)| {
        let column = row.chars().position(|other| other == kana)?;
        Some((column, *plain, *palatal))
    })
}

/// A kana and the small one behind it that changes it: `キャ`, `ファ`, `ティ`; `None` if that is none.
fn with_small(kana: char, small: char) -> Option<String> {
    let column = row(kana).map(|(column, ..)| column);
    let palatal = row(kana).map_or("", |(_, _, palatal)| palatal);
    let vowel = match small {
        'ァ' | 'ャ' => 'a',
        'ィ' => 'i',
        'ゥ' => 'ɯ',
        'ュ' => 'ɨ',
        'ェ' => 'e',
        'ォ' | 'ョ' => 'o',
        'ヮ' if matches!(kana, 'ク' | 'グ') => 'a',
        _ => return None,
    };
    let is_glide = matches!(small, 'ャ' | 'ュ' | 'ョ');
    let onset = match kana {
        'イ' if small == 'ェ' => "j".to_owned(),
        'ウ' if !is_glide => "β".to_owned(),
        'ヴ' if is_glide => "bʲ".to_owned(),
        'ヴ' | 'フ' | 'ツ' | 'テ' | 'デ' => {
            let (onset, _) = syllable(kana)?;
            let is_soft = is_glide || small == 'ィ';
            format!("{onset}{}", if is_soft { "ʲ" } else { "" })
        }
        'ク' | 'グ' if !is_glide => format!("{}ᵝ", syllable(kana)?.0),
        _ if column == Some(1) && small != 'ィ' && !palatal.is_empty() => palatal.to_owned(),
        // Spellings of other languages' sounds: `スィ`, `トゥ`. The small kana gives the vowel.
        _ if !is_glide => syllable(kana)?.0.to_owned(),
        _ => return None,
    };
    Some(format!("{onset}{vowel}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kana_become_sounds() {
        for (kana, expected) in [
            ("アイウエオ", "aiɯeo"),
            ("かきくけこ", "kakʲikɯkeko"),
            ("サシスセソ", "saɕisɨseso"),
            ("ざじずぜぞ", "ʣaʥizɨʣeʣo"),
            ("タチツテト", "taʨiʦɨteto"),
            ("ダヂヅデド", "daʥizɨdedo"),
            ("なにぬねの", "naɲinɯneno"),
            ("ハヒフヘホ", "haçiɸɯheho"),
            ("まみむめも", "mamʲimɯmemo"),
            ("ヤユヨ", "jajɯjo"),
            ("らりるれろ", "ɾaɾʲiɾɯɾeɾo"),
            ("ワヲ", "βao"),
            // Long vowels, doubled consonants, and the nasal before each kind of sound.
            ("トーキョー", "toːkʲoː"),
            ("ガッコー", "ɡaʔkoː"),
            ("シンブン", "ɕimbɯɴ"),
            ("ニホンゴ", "ɲihoŋɡo"),
            ("コンニチワ", "koɲɲiʨiβa"),
            ("オンナ", "onna"),
            ("センセー", "seɴseː"),
            ("ホンヤ", "hoɴja"),
            // Two kana for one sound.
            ("キャキュキョ", "kʲakʲɨkʲo"),
            ("シャチュジョ", "ɕaʨɨʥo"),
            ("リョコー", "ɾʲokoː"),
            ("ファフィフェフォ", "ɸaɸʲiɸeɸo"),
            ("ティーデュ", "tʲiːdʲɨ"),
            ("トゥドゥ", "tɯdɯ"),
            ("ウィウェ", "βiβe"),
            ("クァグォ", "kᵝaɡᵝo"),
            ("ヴァイオリン", "vaioɾʲiɴ"),
            ("チェシェジェ", "ʨeɕeʥe"),
            ("ツァツィ", "ʦaʦʲi"),
            ("スィイェ", "sije"),
            // What makes no sense is passed over.
            ("ーア字!", "a"),
        ] {
            assert_eq!(sounds(kana), expected, "{kana}");
        }
    }

    #[test]
    fn hiragana_become_katakana() {
        assert_eq!(to_katakana("ゔぁとカ漢ー"), "ヴァトカ漢ー");
        assert!(is_kana('ー') && is_kana('ん') && !is_kana('字') && !is_kana('・'));
    }
}
