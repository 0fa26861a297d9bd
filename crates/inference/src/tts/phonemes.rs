//! From the dictionary's notation of sounds (Misaki, American English) to the International Phonetic Alphabet
//! as eSpeak writes it, which is what Piper's voices learnt.

/// The same sounds as eSpeak would write them.
pub(super) fn to_espeak(sounds: &str) -> String {
    let sounds: Vec<char> = sounds.chars().collect();
    let mut out = String::with_capacity(sounds.len() * 2);
    let mut at = 0;
    while let Some(&sound) = sounds.get(at) {
        let next = sounds.get(at + 1).copied();
        let after = sounds.get(at + 2).copied();
        at += 1;
        let is_stressed = out.ends_with(['ˈ', 'ˌ']);
        match (sound, next) {
            // R-coloured vowels keep their R only before another vowel.
            ('ɜ' | 'ə', Some('ɹ')) => {
                at += 1;
                out.push_str(match (sound, is_vowel(after)) {
                    ('ɜ', true) => "ɜːɹ",
                    ('ɜ', false) => "ɜː",
                    (_, true) => "əɹ",
                    (_, false) => "ɚ",
                });
            }
            ('t', Some('n')) if !is_vowel(after) && ends_in_vowel(&out) => out.push('ʔ'),
            ('i', next) => out.push_str(if is_stressed || next.is_some_and(is_consonant) {
                "iː"
            } else {
                "i"
            }),
            // Short in "off", "cost", "cloth".
            ('ɔ', Some('f' | 's' | 'θ')) => out.push('ɔ'),
            ('—' | '…' | ';' | ':', _) => out.push(','),
            ('(' | ')' | '“' | '”' | '"', _) => {}
            _ => match long_form(sound) {
                Some(form) => out.push_str(form),
                None => out.push(sound),
            },
        }
    }
    out
}

fn long_form(sound: char) -> Option<&'static str> {
    Some(match sound {
        'A' => "eɪ",
        'I' => "aɪ",
        'W' => "aʊ",
        'Y' => "ɔɪ",
        'O' | 'Q' => "oʊ",
        'ʤ' => "dʒ",
        'ʧ' => "tʃ",
        'T' => "ɾ",
        'ᵊ' => "ə",
        'u' => "uː",
        'ɑ' => "ɑː",
        'ɔ' => "ɔː",
        'g' => "ɡ",
        _ => return None,
    })
}

fn is_vowel(sound: Option<char>) -> bool {
    sound.is_some_and(|sound| "AIOWYQæɛɪiɑɔʌuəɜʊɐᵊᵻˈˌ".contains(sound))
}

fn is_consonant(sound: char) -> bool {
    sound.is_alphabetic() && !is_vowel(Some(sound))
}

fn ends_in_vowel(espeak: &str) -> bool {
    espeak
        .chars()
        .next_back()
        .is_some_and(|sound| "ɪʊæɛiɑɔʌuəɜɐː".contains(sound))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sounds_are_written_as_espeak_does() {
        for (misaki, espeak) in [
            ("həlˈO, hˌW ɑɹ ju tədˈA?", "həlˈoʊ, hˌaʊ ɑːɹ juː tədˈeɪ?"),
            ("bˈɛTəɹ fˈɑðəɹz", "bˈɛɾɚ fˈɑːðɚz"),
            ("nˈɜɹs fˈɜɹi", "nˈɜːs fˈɜːɹi"),
            ("wˈik hˈæpi ɹˈiᵊli", "wˈiːk hˈæpi ɹˈiːəli"),
            ("kˈɔfiz tˈɔk fɔɹ", "kˈɔfiːz tˈɔːk fɔːɹ"),
            ("ʤˈʌʤ ʧˈɜɹʧ", "dʒˈʌdʒ tʃˈɜːtʃ"),
            ("bˈʌtn", "bˈʌʔn"),
            ("“sˈɛd” (ˌOkˈA)", "sˈɛd ˌoʊkˈeɪ"),
        ] {
            assert_eq!(to_espeak(misaki), espeak);
        }
    }
}
