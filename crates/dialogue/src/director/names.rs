//! Names in spoken words.

/// How a name stands in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mention {
    /// It calls: "Ada, is it?", "what do you say, Ada?".
    Vocative,
    /// It is spoken of: "the Ada thing".
    Mentioned,
}

/// Words after which a name at the beginning still calls.
const OPENERS: &[&str] = &[
    "ah", "and", "but", "dear", "good", "hello", "hey", "hi", "morning", "no", "oh", "ok", "okay", "please",
    "right", "so", "sorry", "thanks", "well", "yeah", "yes",
];
/// Words after which a name at the end is spoken of.
const BEFORE_OBJECTS: &[&str] = &[
    "about", "and", "as", "asked", "at", "by", "for", "from", "is", "know", "knew", "like", "met", "not",
    "of", "on", "or", "than", "the", "to", "with",
];
/// Words between names that are called together.
const JOINERS: &[&str] = &["and", "or"];

/// Where `words` first mention one of `names` as whole words, case ignored: the index of the word.
///
/// ```
/// use troupe_dialogue::named_in;
/// assert_eq!(named_in("What do you say, Ada?", &["Ada".into()]), Some(4));
/// assert_eq!(named_in("The adage is old.", &["Ada".into()]), None);
/// ```
pub fn named_in(words: &str, names: &[String]) -> Option<usize> {
    positions(&split(words), names).map(|(at, _)| at).min()
}

/// The strongest mention of one of `names`, and the index of its word.
pub(super) fn mention(text: &str, names: &[String]) -> Option<(Mention, usize)> {
    let spoken = split(text);
    positions(&spoken, names)
        .map(|(at, length)| (kind(text, &spoken, at, length), at))
        .min()
}

fn kind(text: &str, spoken: &[String], at: usize, length: usize) -> Mention {
    let before = spoken.get(..at).unwrap_or_default();
    let is_first = before
        .iter()
        .all(|word| OPENERS.contains(&word.as_str()) || JOINERS.contains(&word.as_str()));
    let is_last = at + length == spoken.len();
    let after_you = before.last().is_some_and(|word| word == "you");
    // "Ada's idea" at the beginning speaks of her; "Ada is late" can't be told from a call, which costs little.
    let is_owner = spoken.get(at + length).is_some_and(|next| next == "s") && is_possessive(text);
    let speaks_to = before.iter().any(|word| word == "you" || word == "your");
    let is_object = before
        .last()
        .is_some_and(|word| BEFORE_OBJECTS.contains(&word.as_str()));
    let ends_call = before.is_empty() || comma_before(text, at) || speaks_to && !is_object;
    if is_first && !is_owner || after_you || is_last && ends_call {
        Mention::Vocative
    } else {
        Mention::Mentioned
    }
}

fn is_possessive(text: &str) -> bool {
    text.contains("'s") || text.contains("’s")
}

/// Whether a comma stands right before the word of this index.
fn comma_before(text: &str, at: usize) -> bool {
    let gaps = text.split(char::is_alphanumeric).collect::<Vec<_>>();
    // Between the letters of one word nothing stands; what is left are the gaps around words.
    let mut inside = gaps.into_iter().filter(|gap| !gap.is_empty());
    let starts_with_gap = text.starts_with(|c: char| !c.is_alphanumeric());
    let index = if starts_with_gap {
        Some(at)
    } else {
        at.checked_sub(1)
    };
    index
        .and_then(|index| inside.nth(index))
        .is_some_and(|gap| gap.contains(','))
}

/// Index and number of words of each place where one of `names` stands.
fn positions(spoken: &[String], names: &[String]) -> impl Iterator<Item = (usize, usize)> {
    names.iter().flat_map(move |name| {
        let name = split(name);
        let length = name.len();
        let places = (0..spoken.len()).filter(move |at| {
            length > 0
                && spoken
                    .get(*at..at + length)
                    .is_some_and(|window| window == name.as_slice())
        });
        places.map(move |at| (at, length)).collect::<Vec<_>>()
    })
}

pub(super) fn split(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        // A possessive names its owner: "Ada's" is Ada and s.
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<Mention>) {
        let names = ["Ada".to_owned(), "Mary Ann".to_owned()];
        assert_eq!(mention(text, &names).map(|(kind, _)| kind), expect, "{text:?}");
    }

    #[test]
    fn a_call_is_told_from_a_mention() {
        for called in [
            "Ada, is it raining?",
            "So Ada what now",
            "What do you say, Ada?",
            "what about you Mary Ann",
            "And you, Ada, what did you see?",
            "Bo and Ada, come here",
        ] {
            check(
                called,
                if called.starts_with("Bo") {
                    Some(Mention::Mentioned)
                } else {
                    Some(Mention::Vocative)
                },
            );
        }
        for mentioned in ["I met Ada there.", "Ada's idea was good", "The Ada thing"] {
            check(mentioned, Some(Mention::Mentioned));
        }
        check("The adage is old.", None);
    }
}
