//! Names as those in the room are called, where a recogniser spelled them as it knows them.

use super::names::split;
use super::sound::Sound;

/// Shorter names are known by their spelling alone: too many words sound like them.
const LETTERS_MIN: usize = 4;

/// `words` with the names of those in the room spelled as they are: Hana where Hannah was written. Only a word with
/// a capital is taken for a name, and a comma or the end must set it off, as it does when somebody is called;
/// ordinary words, and people who are spoken of, stay as they are.
///
/// ```
/// use troupe_dialogue::spelled;
/// let names = ["Hana".to_owned()];
/// assert_eq!(spelled("Hannah, is it raining?", &names), "Hana, is it raining?");
/// assert_eq!(spelled("I met Hannah there.", &names), "I met Hannah there.");
/// ```
pub fn spelled(words: &str, names: &[String]) -> String {
    let known: Vec<(&String, Sound)> = names
        .iter()
        .filter(|name| name.chars().count() >= LETTERS_MIN && name.chars().all(char::is_alphanumeric))
        .map(|name| (name, Sound::of(&name.to_lowercase())))
        .collect();
    let parts = parts(words);
    let comma_before = |at: usize| parts.get(at).is_some_and(|(gap, _)| gap.contains(','));
    // "Hannah and Felix, what now?": the first of two who are called.
    let calls_two = parts
        .get(1)
        .is_some_and(|(_, word)| word.eq_ignore_ascii_case("and"))
        && comma_before(3);
    let is_of_the_room = |word: &str| names.iter().flat_map(|name| split(name)).any(|name| name == word);
    let name_of = |at: usize, written: &str| {
        let is_set_off = comma_before(at) || comma_before(at + 1) || at == 0 && calls_two;
        if !is_set_off || !written.starts_with(char::is_uppercase) {
            return None;
        }
        let word = written.to_lowercase();
        let sound = Sound::of(&word);
        let (name, _) = known.iter().find(|(_, known)| known.is_like(&sound))?;
        (!is_of_the_room(&word)).then_some(name.as_str())
    };
    let spelled = parts
        .iter()
        .enumerate()
        .flat_map(|(at, (gap, written))| [*gap, name_of(at, written).unwrap_or(written)]);
    spelled.collect()
}

/// What stands before each word, and the word; at last what stands after all of them, and nothing.
fn parts(words: &str) -> Vec<(&str, &str)> {
    let mut parts = Vec::new();
    let mut rest = words;
    while let Some(begin) = rest.find(char::is_alphanumeric) {
        let (gap, from) = rest.split_at(begin);
        let end = from.find(|c: char| !c.is_alphanumeric()).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        parts.push((gap, word));
        rest = after;
    }
    parts.push((rest, ""));
    parts
}

#[cfg(test)]
mod tests {
    use super::spelled;

    fn check(words: &str, expect: &str) {
        let names = ["Dorothea", "Hana", "Theo", "Bruno", "Steve", "Mary Ann"].map(str::to_owned);
        assert_eq!(spelled(words, &names), expect);
    }

    #[test]
    fn whoever_is_called_is_spelled_as_they_are() {
        for (words, expect) in [
            ("Dorothy, what do you like?", "Dorothea, what do you like?"),
            ("Felix and Dorothy, what now?", "Felix and Dorothea, what now?"),
            ("Hannah and Steve, what now?", "Hana and Steve, what now?"),
            ("And you, Brono,, what of it?", "And you, Bruno,, what of it?"),
            (
                "Wait a moment, Brono, who was that",
                "Wait a moment, Bruno, who was that",
            ),
            ("  Thank you, Hannah.", "  Thank you, Hana."),
        ] {
            check(words, expect);
        }
    }

    #[test]
    fn everything_else_stays() {
        for words in [
            "",
            "...",
            "I met Dorothy there.",
            "Dorothy is late",
            "Though, I think, it rains.",
            "He gave it to Hannah and left",
            "Steve, brown, as he is, says: Mary Ann, hen, stay",
            "Ünïcode, naïve, — «Ärger», 7",
        ] {
            check(words, words);
        }
    }
}
