//! To whom words are spoken.

use super::names::{Mention, mention, split};

/// What the words themselves say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address<Id> {
    /// These are named, in order; the words call them.
    Called(Vec<Id>),
    /// This one is spoken of.
    Mentioned(Id),
    /// All of them.
    Everyone,
    /// Whoever they have been speaking with: "you", "why?".
    FollowUp,
    /// Nobody in particular.
    Open,
}

/// Phrases that mean all who are there.
const EVERYONE: &[&[&str]] = &[
    &["all", "of", "you"],
    &["both", "of", "you"],
    &["each", "of", "you"],
    &["everybody"],
    &["everyone"],
    &["you", "all"],
    &["you", "both"],
    &["you", "guys"],
    &["you", "lot"],
    &["you", "three"],
    &["you", "two"],
];
/// Beginnings of a follow-up.
const FOLLOWS: &[&str] = &[
    "why", "how", "really", "what", "when", "where", "who", "go", "tell", "and",
];
/// Longest follow-up that is known by its beginning alone, words.
const FOLLOW_UP_WORDS_MAX: usize = 4;

/// Reads the address from words; `candidates` are ids with their names.
pub(super) fn of<'a, Id: Clone + 'a>(
    text: &str,
    candidates: impl Iterator<Item = (&'a Id, &'a [String])>,
) -> Address<Id> {
    let mut named: Vec<(Mention, usize, Id)> = candidates
        .filter_map(|(id, names)| mention(text, names).map(|(kind, at)| (kind, at, id.clone())))
        .collect();
    named.sort_by_key(|(kind, at, _)| (*kind, *at));
    let spoken = split(text);
    match named.first() {
        Some((Mention::Vocative, ..)) => {
            let is_called = |kind: &Mention, at: usize| *kind == Mention::Vocative || is_joined(&spoken, at);
            Address::Called(
                named
                    .into_iter()
                    .filter(|(kind, at, _)| is_called(kind, *at))
                    .map(|(.., id)| id)
                    .collect(),
            )
        }
        _ if is_everyone(&spoken) => Address::Everyone,
        Some((Mention::Mentioned, _, id)) => Address::Mentioned(id.clone()),
        None if is_follow_up(&spoken) => Address::FollowUp,
        None => Address::Open,
    }
}

/// "Ada and Boris": the second is called with the first.
fn is_joined(spoken: &[String], at: usize) -> bool {
    at == 2 && spoken.get(1).is_some_and(|word| word == "and")
}

fn is_everyone(spoken: &[String]) -> bool {
    EVERYONE.iter().any(|phrase| {
        spoken
            .windows(phrase.len())
            .any(|window| window.iter().zip(*phrase).all(|(a, b)| a == b))
    })
}

fn is_follow_up(spoken: &[String]) -> bool {
    let speaks_to = spoken
        .iter()
        .any(|word| matches!(word.as_str(), "you" | "your" | "yours"));
    let asks_on = spoken.len() <= FOLLOW_UP_WORDS_MAX
        && spoken
            .first()
            .is_some_and(|first| FOLLOWS.contains(&first.as_str()));
    speaks_to || asks_on
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &Address<&str>) {
        let cast = [
            ("ada", vec!["Ada".to_owned()]),
            ("boris", vec!["Boris".to_owned(), "Bo".to_owned()]),
        ];
        let found = of(text, cast.iter().map(|(id, names)| (id, names.as_slice())));
        assert_eq!(found, *expect, "{text:?}");
    }

    #[test]
    fn words_name_whom_they_are_for() {
        check("Boris, is it raining?", &Address::Called(vec!["boris"]));
        check(
            "I asked Ada about it, what do you think, Boris?",
            &Address::Called(vec!["boris"]),
        );
        check(
            "Ada and Boris, come here.",
            &Address::Called(vec!["ada", "boris"]),
        );
        check("I met Boris there.", &Address::Mentioned("boris"));
        check("What do you both think of Ada?", &Address::Everyone);
        check("Hello everyone!", &Address::Everyone);
        check("Is that what you meant?", &Address::FollowUp);
        check("Why?", &Address::FollowUp);
        check("It is a fine day for a walk by the sea.", &Address::Open);
    }
}
