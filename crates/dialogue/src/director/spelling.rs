//! Names as those in the room are called, where a recogniser spelled them as it knows them.

use super::names::{comma_before, split};
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
    let spoken = split(words);
    let is_of_the_room = |word: &str| names.iter().flat_map(|name| split(name)).any(|name| name == word);
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    for (at, word) in spoken.iter().enumerate() {
        let begin = rest.find(char::is_alphanumeric).unwrap_or(rest.len());
        let (gap, from) = rest.split_at(begin);
        let end = from.find(|c: char| !c.is_alphanumeric()).unwrap_or(from.len());
        let (written, after) = from.split_at(end);
        out.push_str(gap);
        let is_set_off =
            comma_before(words, at) || comma_before(words, at + 1) || is_called_with(&spoken, words, at);
        let is_capital = written.starts_with(char::is_uppercase);
        let name = (is_set_off && is_capital && !is_of_the_room(word))
            .then(|| {
                let sound = Sound::of(word);
                known.iter().find(|(_, known)| known.is_like(&sound))
            })
            .flatten();
        out.push_str(name.map_or(written, |(name, _)| name));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// "Hannah and Felix, what now?": the first of two who are called.
fn is_called_with(spoken: &[String], words: &str, at: usize) -> bool {
    at == 0 && spoken.get(1).is_some_and(|word| word == "and") && comma_before(words, 3)
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
