//! Phrases that no character says, and names before lines.

use std::sync::LazyLock;

use super::lexicon::{
    DENIALS, EN_ADVERB, EN_SELF, EN_THING, OF_ITSELF, OF_SERVICE, OPENINGS, OTHER_LABELS, OWN_LABELS,
};
use super::{Drift, Rules, plain_words};

/// What the held words are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    /// A forbidden phrase.
    Forbidden(Drift),
    /// From this word on they could become one; the length of the words when they can't.
    Holds(usize),
}

/// Whose name stands before a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    /// The character's.
    Own,
    /// Somebody else's.
    Other,
}

/// Words of a said-before line that make an answer its echo, if the line has as many.
const ECHO_WORDS: usize = 6;
/// Shorter lines, such as "Good morning.", may be said again.
const ECHO_WORDS_MIN: usize = 4;

#[derive(Debug, Clone)]
struct Phrase {
    words: Vec<String>,
    drift: Drift,
    /// Only at the very beginning of the answer.
    first: bool,
}

impl Phrase {
    fn new(text: &str, drift: Drift) -> Self {
        Self {
            words: plain_words(text),
            drift,
            first: false,
        }
    }
}

/// For every answer.
static ALWAYS: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    let service = OF_SERVICE.iter().map(|text| Phrase::new(text, Drift::Assistant));
    let openings = OPENINGS.iter().map(|text| Phrase {
        first: true,
        ..Phrase::new(text, Drift::Assistant)
    });
    service.chain(openings).collect()
});
/// Unless somebody asked for the truth.
static IN_CHARACTER: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    let subjects = EN_SELF
        .iter()
        .flat_map(|who| EN_ADVERB.iter().map(move |adverb| format!("{who} {adverb}")));
    let english = subjects.flat_map(|subject| EN_THING.iter().map(move |thing| format!("{subject}{thing}")));
    let others = OF_ITSELF.iter().map(|&text| text.to_owned());
    english
        .chain(others)
        .map(|text| Phrase::new(&text, Drift::Assistant))
        .collect()
});
/// When somebody asked for the truth.
static TRUTHFUL: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    DENIALS
        .iter()
        .map(|text| Phrase::new(text, Drift::Denial))
        .collect()
});

/// All that is watched for in one answer.
#[derive(Debug)]
pub(super) struct Phrases {
    /// The same for many answers.
    shared: [&'static [Phrase]; 2],
    /// Of this room and this moment.
    forbidden: Vec<Phrase>,
    labels: Vec<(Vec<String>, Speaker)>,
}

impl Phrases {
    pub(super) fn new(rules: &Rules) -> Self {
        let mut forbidden = Vec::new();
        for name in rules
            .other_names
            .iter()
            .filter(|name| !plain_words(name).is_empty())
        {
            for claim in ["i'm", "i am", "my name is"] {
                forbidden.push(Phrase::new(&format!("{claim} {name}"), Drift::OtherSpeaker));
            }
        }
        for line in &rules.said_before {
            let mut words = plain_words(line);
            if words.len() >= ECHO_WORDS_MIN {
                words.truncate(ECHO_WORDS);
                forbidden.push(Phrase {
                    words,
                    drift: Drift::Repetition,
                    first: true,
                });
            }
        }
        let own = rules
            .own_names
            .iter()
            .map(String::as_str)
            .chain(OWN_LABELS.iter().copied());
        let other = rules
            .other_names
            .iter()
            .map(String::as_str)
            .chain(OTHER_LABELS.iter().copied());
        let own = own.map(|name| (plain_words(name), Speaker::Own));
        let labels = own.chain(other.map(|name| (plain_words(name), Speaker::Other)));
        let shared = [
            &ALWAYS[..],
            if rules.truth_asked {
                &TRUTHFUL[..]
            } else {
                &IN_CHARACTER[..]
            },
        ];
        Self {
            shared,
            forbidden,
            labels: labels.filter(|(words, _)| !words.is_empty()).collect(),
        }
    }

    /// Judges held `words`, each with whether it opens a line or sentence. `begun`: others were passed on before.
    pub(super) fn check(&self, words: &[(&str, bool)], begun: bool) -> Match {
        let mut holds = words.len();
        for start in 0..words.len() {
            let rest = words.get(start..).unwrap_or_default();
            for phrase in self.shared.into_iter().flatten().chain(&self.forbidden) {
                if phrase.first && (begun || start > 0) {
                    continue;
                }
                match overlap(&phrase.words, rest) {
                    Overlap::Whole => return Match::Forbidden(phrase.drift),
                    Overlap::Beginning => holds = holds.min(start),
                    Overlap::None => {}
                }
            }
            let label = |(label, _): &(Vec<String>, Speaker)| overlap_all(label, rest);
            if rest.first().is_some_and(|(_, opens)| *opens) && self.labels.iter().any(label) {
                holds = holds.min(start);
            }
        }
        Match::Holds(holds)
    }

    /// Whose label `words` are, all of them.
    pub(super) fn speaker<'w>(&self, words: impl Iterator<Item = &'w str>) -> Option<Speaker> {
        let words: Vec<&str> = words.collect();
        let is_label =
            |(label, _): &&(Vec<String>, Speaker)| label.iter().map(String::as_str).eq(words.iter().copied());
        self.labels.iter().find(is_label).map(|(_, speaker)| *speaker)
    }
}

enum Overlap {
    /// The words begin with the phrase.
    Whole,
    /// The phrase begins with all of the words.
    Beginning,
    None,
}

fn overlap(phrase: &[String], words: &[(&str, bool)]) -> Overlap {
    if !phrase
        .iter()
        .zip(words)
        .all(|(expected, (word, _))| expected == word)
    {
        Overlap::None
    } else if words.len() >= phrase.len() {
        Overlap::Whole
    } else {
        Overlap::Beginning
    }
}

/// A label is held while its words come, and until what follows them shows whether it is one.
fn overlap_all(label: &[String], words: &[(&str, bool)]) -> bool {
    words.len() <= label.len()
        && label
            .iter()
            .zip(words)
            .all(|(expected, (word, _))| expected == word)
}
