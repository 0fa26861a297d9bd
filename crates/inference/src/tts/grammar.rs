//! Guesses a word's part of speech from its neighbours, for the few hundred English spellings whose sounds
//! depend on it (*to use* and *the use*, *I record* and *a record*).

const SUBJECTS: &[&str] = &["i", "you", "we", "they", "he", "she", "it", "who"];
const DETERMINERS: &[&str] = &[
    "a", "an", "the", "this", "these", "those", "every", "each", "some", "any", "no", "my", "your", "his",
    "her", "its", "our", "their", "what", "which", "whose", "another", "one",
];
const PREPOSITIONS: &[&str] = &[
    "of", "in", "on", "at", "for", "with", "from", "by", "about", "into", "under", "over", "without",
];
/// A verb in its bare form follows.
const BEFORE_VERB: &[&str] = &[
    "to",
    "can",
    "could",
    "will",
    "would",
    "shall",
    "should",
    "may",
    "might",
    "must",
    "do",
    "does",
    "did",
    "don't",
    "doesn't",
    "didn't",
    "can't",
    "couldn't",
    "won't",
    "wouldn't",
    "shouldn't",
    "let's",
    "please",
    "i'll",
    "you'll",
    "we'll",
    "they'll",
    "he'll",
    "she'll",
    "it'll",
    "not",
    "never",
    "always",
];
/// What has been done follows.
const BEFORE_PARTICIPLE: &[&str] = &[
    "have", "has", "had", "i've", "you've", "we've", "they've", "been", "was", "were", "is", "are", "be",
];
/// May open the object of a verb.
const OBJECTS: &[&str] = &["me", "him", "them", "us", "it", "that", "yourself"];

/// The Penn Treebank's abbreviation of the part of speech; empty when nothing speaks for any.
///
/// `before` and `after` are the neighbours in the same clause. All words are in lower case.
pub(super) fn tag(before: Option<&str>, word: &str, after: Option<&str>) -> &'static str {
    let is = |list: &[&str], neighbour: Option<&str>| neighbour.is_some_and(|word| list.contains(&word));
    match word {
        "i" => "PRP",
        "a" | "an" | "the" | "this" | "these" | "those" => "DT",
        "to" => "TO",
        "in" | "by" if after.is_none() => "RP",
        "in" | "by" | "vs" => "IN",
        "that" => match before {
            None if after != Some("i") => "DT",
            _ if after.is_none() => "DT",
            _ => "IN",
        },
        "used" if after == Some("to") && !is(BEFORE_PARTICIPLE, before) => "VBD",
        "read" if is(BEFORE_PARTICIPLE, before) || matches!(before, Some("he" | "she")) => "VBN",
        _ if is(BEFORE_VERB, before) => "VB",
        _ if is(DETERMINERS, before) || is(PREPOSITIONS, before) => "NN",
        _ if is(SUBJECTS, before) => "VBP",
        _ if before.is_none() && (is(DETERMINERS, after) || is(OBJECTS, after)) => "VB",
        _ if word.ends_with("ly") => "RB",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_tell_nouns_from_verbs() {
        for (before, word, after, expected) in [
            (Some("to"), "use", Some("it"), "VB"),
            (Some("the"), "use", Some("of"), "NN"),
            (Some("i"), "record", None, "VBP"),
            (Some("a"), "record", None, "NN"),
            (None, "close", Some("the"), "VB"),
            (Some("have"), "read", Some("it"), "VBN"),
            (Some("i"), "used", Some("to"), "VBD"),
            (Some("was"), "used", Some("to"), ""),
            (Some("come"), "in", None, "RP"),
            (Some("live"), "in", Some("london"), "IN"),
            (None, "that", Some("is"), "DT"),
            (Some("say"), "that", Some("it"), "IN"),
            (Some("bright"), "cat", Some("sat"), ""),
        ] {
            assert_eq!(tag(before, word, after), expected, "{before:?} {word} {after:?}");
        }
    }
}
