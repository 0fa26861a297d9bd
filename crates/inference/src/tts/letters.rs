//! Says words that no dictionary has: names, mostly. Letter groups become sounds by rules, the longest group
//! first; what can't be said that way is spelt.
//!
//! Sounds are in the dictionary's notation: `A I O W Y` are the diphthongs of *day, my, go, now, boy*.

/// Letter groups and their sounds; longer groups come first. `^` and `$` are the ends of the word.
const RULES: &[(&str, &str)] = &[
    ("tion$", "ʃən"),
    ("sion$", "ʒən"),
    ("ough", "O"),
    ("augh", "ɔ"),
    ("eigh", "A"),
    ("tch", "ʧ"),
    ("sch", "ʃ"),
    ("igh", "I"),
    ("dge", "ʤ"),
    ("que$", "k"),
    ("eau", "O"),
    ("lyn$", "lɪn"),
    ("ine$", "in"),
    ("ate$", "At"),
    ("ake$", "Ak"),
    ("ame$", "Am"),
    ("ane$", "An"),
    ("ale$", "Al"),
    ("ade$", "Ad"),
    ("ide$", "Id"),
    ("ike$", "Ik"),
    ("ime$", "Im"),
    ("ite$", "It"),
    ("ile$", "Il"),
    ("ire$", "Iəɹ"),
    ("ode$", "Od"),
    ("oke$", "Ok"),
    ("ole$", "Ol"),
    ("ome$", "Om"),
    ("one$", "On"),
    ("ope$", "Op"),
    ("ose$", "Oz"),
    ("ote$", "Ot"),
    ("use$", "uz"),
    ("une$", "un"),
    ("ute$", "ut"),
    ("ere$", "ɪɹ"),
    ("are$", "ɛɹ"),
    ("ore$", "ɔɹ"),
    ("les$", "əlz"),
    ("ear", "ɪɹ"),
    ("eer", "ɪɹ"),
    ("air", "ɛɹ"),
    ("our", "ɔɹ"),
    ("^kn", "n"),
    ("^gn", "n"),
    ("^wr", "ɹ"),
    ("^ps", "s"),
    ("^x", "z"),
    ("^y", "j"),
    ("le$", "əl"),
    ("es$", "z"),
    ("ed$", "d"),
    ("er$", "əɹ"),
    ("ia$", "iə"),
    ("ie$", "i"),
    ("ey$", "i"),
    ("ay", "A"),
    ("ai", "A"),
    ("ae", "A"),
    ("au", "ɔ"),
    ("aw", "ɔ"),
    ("aa", "ɑ"),
    ("ah", "ɑ"),
    ("ee", "i"),
    ("ea", "i"),
    ("ei", "A"),
    ("eu", "u"),
    ("ew", "u"),
    ("ie", "i"),
    ("oa", "O"),
    ("oe", "O"),
    ("oi", "Y"),
    ("oy", "Y"),
    ("oo", "u"),
    ("ou", "W"),
    ("ow", "W"),
    ("oh", "O"),
    ("ue", "u"),
    ("ui", "u"),
    ("ar", "ɑɹ"),
    ("er", "ɜɹ"),
    ("ir", "ɜɹ"),
    ("ur", "ɜɹ"),
    ("yr", "ɪɹ"),
    ("or", "ɔɹ"),
    ("ph", "f"),
    ("sh", "ʃ"),
    ("ch", "ʧ"),
    ("th", "θ"),
    ("wh", "w"),
    ("gh", "ɡ"),
    ("ck", "k"),
    ("ng$", "ŋ"),
    ("ngs", "ŋz"),
    ("nk", "ŋk"),
    ("qu", "kw"),
    ("kh", "k"),
    ("zh", "ʒ"),
    ("bb", "b"),
    ("cc", "k"),
    ("dd", "d"),
    ("ff", "f"),
    ("gg", "ɡ"),
    ("ll", "l"),
    ("mm", "m"),
    ("nn", "n"),
    ("pp", "p"),
    ("rr", "ɹ"),
    ("ss", "s"),
    ("tt", "t"),
    ("zz", "z"),
    ("ce", "sɛ"),
    ("ci", "sɪ"),
    ("cy", "si"),
    ("ge$", "ʤ"),
    ("gi", "ʤɪ"),
    ("a$", "ə"),
    ("e$", ""),
    ("i$", "i"),
    ("o$", "O"),
    ("u$", "u"),
    ("y$", "i"),
    ("s$", "z"),
    ("a", "æ"),
    ("b", "b"),
    ("c", "k"),
    ("d", "d"),
    ("e", "ɛ"),
    ("f", "f"),
    ("g", "ɡ"),
    ("h", "h"),
    ("i", "ɪ"),
    ("j", "ʤ"),
    ("k", "k"),
    ("l", "l"),
    ("m", "m"),
    ("n", "n"),
    ("o", "ɑ"),
    ("p", "p"),
    ("q", "k"),
    ("r", "ɹ"),
    ("s", "s"),
    ("t", "t"),
    ("u", "ʌ"),
    ("v", "v"),
    ("w", "w"),
    ("x", "ks"),
    ("y", "ɪ"),
    ("z", "z"),
];

/// Names of the letters a to z.
const NAMES: [&str; 26] = [
    "ˈA",
    "bˈi",
    "sˈi",
    "dˈi",
    "ˈi",
    "ˈɛf",
    "ʤˈi",
    "ˈAʧ",
    "ˈI",
    "ʤˈA",
    "kˈA",
    "ˈɛl",
    "ˈɛm",
    "ˈɛn",
    "ˈO",
    "pˈi",
    "kjˈu",
    "ˈɑɹ",
    "ˈɛs",
    "tˈi",
    "jˈu",
    "vˈi",
    "dˈʌbəlju",
    "ˈɛks",
    "wˈI",
    "zˈi",
];

const VOWELS: &str = "AIOWYæɛɪiɑɔʌuəɜʊ";

/// The sounds of a word; `None` if it has no letter that we know.
pub(super) fn say(word: &str) -> Option<String> {
    let lower: String = word
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_lowercase)
        .collect();
    if lower.is_empty() {
        return None;
    }
    let has_vowel = lower.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    let is_initials = word.chars().count() < 5 && word.chars().all(char::is_uppercase);
    if !has_vowel || is_initials {
        let names = lower
            .bytes()
            .filter_map(|byte| NAMES.get(usize::from(byte - b'a')));
        return Some(names.copied().collect::<Vec<_>>().join(" "));
    }
    Some(stressed(&sounds(&lower)))
}

fn sounds(word: &str) -> String {
    let mut sounds = String::new();
    let mut rest = word;
    while !rest.is_empty() {
        let is_start = rest.len() == word.len();
        let rule = RULES.iter().find_map(|(group, sound)| {
            let (at_start, group) = group
                .strip_prefix('^')
                .map_or((false, *group), |group| (true, group));
            let (at_end, group) = group
                .strip_suffix('$')
                .map_or((false, group), |group| (true, group));
            let left = rest.strip_prefix(group)?;
            // An ending alone is no word: "es$" must not swallow "Es".
            let fits = (!at_start || is_start) && (!at_end || (left.is_empty() && !is_start));
            fits.then_some((left, *sound))
        });
        let Some((left, sound)) = rule else { break };
        sounds.push_str(sound);
        rest = left;
    }
    sounds
}

/// Puts the stress on the first full vowel, as English names mostly have it.
fn stressed(sounds: &str) -> String {
    let full = |sound: char| VOWELS.contains(sound) && sound != 'ə';
    match sounds
        .find(full)
        .or_else(|| sounds.find(|sound| VOWELS.contains(sound)))
    {
        Some(at) => {
            let (head, tail) = sounds.split_at(at);
            format!("{head}ˈ{tail}")
        }
        None => sounds.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_said_by_rule() {
        for (word, expected) in [
            ("Kaelyn", "kˈAlɪn"),
            ("Zyxeltron", "zˈɪksɛltɹɑn"),
            ("Fi", "fˈi"),
            ("Wi", "wˈi"),
            ("Brandtley", "bɹˈændtli"),
            ("Knoxville", "nˈɑksvɪl"),
            ("Es", "ˈɛz"),
        ] {
            assert_eq!(say(word).as_deref(), Some(expected), "{word}");
        }
    }

    #[test]
    fn what_has_no_vowel_is_spelt() {
        assert_eq!(say("kg").as_deref(), Some("kˈA ʤˈi"));
        assert_eq!(say("AEU").as_deref(), Some("ˈA ˈi jˈu"));
    }

    #[test]
    fn what_has_no_letter_is_not_said() {
        assert_eq!(say("你好"), None);
        assert_eq!(say(""), None);
    }

    #[test]
    fn every_letter_has_a_sound() {
        for letter in 'a'..='z' {
            let pair = format!("{letter}{letter}a");
            assert!(say(&pair).is_some_and(|said| said.contains('ˈ')), "{pair}");
        }
    }
}
