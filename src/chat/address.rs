//! Whom a typed message speaks to, as far as its words show: names called, names mentioned, everyone.
//!
//! A name is *called* when it stands where people put a vocative: before a comma at the start of a sentence,
//! after a comma at its end, behind a greeting or an `@`. Names that a comma or "and" joins to a called one are
//! called with it. Every other name is only *mentioned*.

use troupe_dialogue::named_in;

/// What a message says about who should answer it; numbers are places in the cast.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// Called by name, in the order of the names.
    pub(super) called: Vec<usize>,
    /// Named without being called, in the order of the names.
    pub(super) mentioned: Vec<usize>,
    /// All are spoken to, as in "you two" or "everyone".
    pub(super) everyone: bool,
}

/// Words that make a following name a vocative even without a comma.
const GREETINGS: &[&str] = &[
    "hey", "hi", "hello", "yo", "dear", "hallo", "hola", "salut", "bonjour", "ciao", "servus", "liebe",
    "lieber",
];
/// Words that may stand before a vocative at the start of a sentence.
const OPENERS: &[&str] = &[
    "ok", "okay", "so", "well", "and", "but", "now", "thanks", "please", "yes", "no", "oh", "ah", "und",
    "aber", "also", "danke", "ja", "nein", "et", "mais", "merci", "oui", "y", "pero", "gracias", "sí",
];
/// Words that join names.
const JOINERS: &[&str] = &["and", "or", "und", "oder", "et", "ou", "y", "o", "e"];
/// Ways to speak to all at once.
const EVERYONE: &[&[&str]] = &[
    &["everyone"],
    &["everybody"],
    &["all", "of", "you"],
    &["both", "of", "you"],
    &["each", "of", "you"],
    &["you", "all"],
    &["y", "all"],
    &["you", "both"],
    &["you", "two"],
    &["you", "three"],
    &["you", "guys"],
    &["ihr", "alle"],
    &["ihr", "beide"],
    &["ihr", "beiden"],
    &["ihr", "zwei"],
    &["alle", "zusammen"],
    &["tout", "le", "monde"],
    &["vous", "tous"],
    &["vous", "deux"],
    &["todos", "ustedes"],
    &["todos", "vosotros"],
    &["ustedes", "dos"],
    &["vosotros", "dos"],
];

/// A run of letters and digits, as [`named_in`] counts them.
struct Word<'a> {
    text: String,
    /// What stands between the word before and this one.
    gap: &'a str,
    /// Where it ends, bytes.
    end: usize,
}

/// The words of a message and what follows the last one.
struct Words<'a> {
    words: Vec<Word<'a>>,
    tail: &'a str,
}

/// A name within the message, by its first and last word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    first: usize,
    last: usize,
    who: usize,
}

/// Reads a message for a cast, of which each has a name and perhaps others.
pub(super) fn read(message: &str, names: &[&[String]]) -> Reading {
    let words = Words::of(message);
    let mut reading = Reading {
        everyone: words.speak_to_everyone(),
        ..Reading::default()
    };
    let places = places(message, &words, names);
    for chain in places.chunk_by(|before, after| words.joined(*before, *after)) {
        let called = words.call(chain);
        for place in chain {
            let list = if called {
                &mut reading.called
            } else {
                &mut reading.mentioned
            };
            if !list.contains(&place.who) {
                list.push(place.who);
            }
        }
    }
    reading.mentioned.retain(|who| !reading.called.contains(who));
    reading
}

/// Where the names stand, in order; a name within a longer one does not count.
fn places(message: &str, words: &Words<'_>, names: &[&[String]]) -> Vec<Place> {
    let mut places = Vec::new();
    for (who, names) in names.iter().enumerate() {
        for name in *names {
            let length = Words::of(name).words.len();
            let (mut from, mut seen) = (0, 0);
            while length > 0
                && let Some(rest) = message.get(from..)
                && let Some(at) = named_in(rest, std::slice::from_ref(name))
                && let Some(word) = words.words.get(seen + at + length - 1)
            {
                places.push(Place {
                    first: seen + at,
                    last: seen + at + length - 1,
                    who,
                });
                (from, seen) = (word.end, seen + at + length);
            }
        }
    }
    places.sort_by_key(|place| (place.first, std::cmp::Reverse(place.last), place.who));
    places.dedup();
    let mut kept: Vec<Place> = Vec::new();
    for place in places {
        let fits = kept.last().is_none_or(|last| {
            place.first > last.last || (place.first, place.last) == (last.first, last.last)
        });
        if fits {
            kept.push(place);
        }
    }
    kept
}

impl<'a> Words<'a> {
    fn of(text: &'a str) -> Self {
        let mut words: Vec<Word<'a>> = Vec::new();
        let mut done = 0;
        let mut begun: Option<usize> = None;
        let marks = text.char_indices().map(|(at, c)| (at, c.is_alphanumeric()));
        for (at, inside) in marks.chain([(text.len(), false)]) {
            match (begun, inside) {
                (None, true) => begun = Some(at),
                (Some(start), false) => {
                    words.push(Word {
                        text: text.get(start..at).unwrap_or_default().to_lowercase(),
                        gap: text.get(done..start).unwrap_or_default(),
                        end: at,
                    });
                    (begun, done) = (None, at);
                }
                _ => {}
            }
        }
        Self {
            words,
            tail: text.get(done..).unwrap_or_default(),
        }
    }

    fn text(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }

    /// What stands before the word `at`, or after the last one.
    fn gap(&self, at: usize) -> &str {
        self.words.get(at).map_or(self.tail, |word| word.gap)
    }

    fn speak_to_everyone(&self) -> bool {
        let phrases = EVERYONE.iter().any(|phrase| {
            self.words.windows(phrase.len()).any(|window| {
                window
                    .iter()
                    .map(|word| word.text.as_str())
                    .eq(phrase.iter().copied())
            })
        });
        phrases
            || self
                .words
                .iter()
                .any(|word| word.text == "all" && word.gap.ends_with('@'))
    }

    /// Whether only a comma or a joining word stands between two names.
    fn joined(&self, before: Place, after: Place) -> bool {
        if before.first == after.first {
            return true;
        }
        let next = before.last + 1;
        let between = next..after.first;
        between.len() <= 1
            && between.clone().all(|at| JOINERS.contains(&self.text(at)))
            && (next..=after.first).all(|at| !ends_sentence(self.gap(at)) && !self.gap(at).contains(':'))
            && (!between.is_empty() || self.gap(after.first).contains([',', '&', '/', '+', '@']))
    }

    /// Whether these names, which belong together, stand as a vocative.
    fn call(&self, chain: &[Place]) -> bool {
        let (Some(first), Some(last)) = (
            chain.first().map(|place| place.first),
            chain.iter().map(|place| place.last).max(),
        ) else {
            return false;
        };
        let before = self.gap(first);
        let after = self.gap(last + 1);
        let is_last = last + 1 == self.words.len();
        let closed = pauses(after) || (is_last && after.trim().is_empty());
        before.ends_with('@')
            || self.greeted(first)
            || (closed && (before.trim_end().ends_with([',', '，', '、']) || self.opens(first)))
    }

    fn greeted(&self, first: usize) -> bool {
        first
            .checked_sub(1)
            .is_some_and(|at| GREETINGS.contains(&self.text(at)) && !ends_sentence(self.gap(first)))
    }

    /// Whether the word `first` begins a sentence, small words before it aside.
    fn opens(&self, first: usize) -> bool {
        let mut at = first;
        while at > 0 && !ends_sentence(self.gap(at)) {
            at -= 1;
            if !OPENERS.contains(&self.text(at)) {
                return false;
            }
        }
        true
    }
}

fn ends_sentence(gap: &str) -> bool {
    gap.contains(['.', '!', '?', '…', '\n', '。', '！', '？'])
}

/// Whether a pause follows a word: punctuation at once, or a dash that stands by itself.
fn pauses(gap: &str) -> bool {
    let dash = gap.starts_with(char::is_whitespace) && gap.trim().starts_with(['-', '–', '—']);
    dash || gap.starts_with([
        ',', ':', ';', '?', '!', '.', '…', '—', '–', '\n', '，', '、', '。', '？', '！', '：',
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(message: &str) -> (Vec<usize>, Vec<usize>, bool) {
        let names: Vec<Vec<String>> = [&["Atlas"][..], &["Nova", "Nova Starr"], &["Mary Ann", "Mary"]]
            .iter()
            .map(|names| names.iter().map(|&name| name.to_owned()).collect())
            .collect();
        let names: Vec<&[String]> = names.iter().map(Vec::as_slice).collect();
        let reading = read(message, &names);
        (reading.called, reading.mentioned, reading.everyone)
    }

    #[test]
    fn vocatives_are_called() {
        for (message, called) in [
            ("Atlas, what do you think?", vec![0]),
            ("What do you think, Nova?", vec![1]),
            ("thanks, nova starr!", vec![1]),
            ("Ok Atlas: go on.", vec![0]),
            ("hey atlas how are you", vec![0]),
            ("I asked @Nova already", vec![1]),
            ("ATLAS?", vec![0]),
            ("Fine.\nMary Ann - your turn", vec![2]),
            ("Atlas and Nova, what now?", vec![0, 1]),
            ("So, Nova, Mary Ann & Atlas: agreed?", vec![1, 2, 0]),
            ("Nova, do you agree with Atlas?", vec![1]),
            ("Nova、どう思う？", vec![1]),
            ("It is raining. Atlas, is it?", vec![0]),
        ] {
            assert_eq!(reading(message).0, called, "{message}");
        }
    }

    #[test]
    fn other_names_are_mentioned() {
        for (message, mentioned) in [
            ("I agree with Atlas.", vec![0]),
            ("Atlas is a fine name", vec![0]),
            ("I like Nova, Atlas and Mary.", vec![1, 0, 2]),
            ("Atlas's idea was good", vec![0]),
            ("Nova-like stars", vec![1]),
            ("Nova, do you agree with Atlas?", vec![0]),
            ("The atlases are novas.", vec![]),
            ("", vec![]),
            ("…?!", vec![]),
        ] {
            assert_eq!(reading(message).1, mentioned, "{message}");
        }
    }

    #[test]
    fn a_later_call_counts_more_than_an_earlier_mention() {
        assert_eq!(reading("Atlas is right. Atlas, go on!"), (vec![0], vec![], false));
    }

    #[test]
    fn all_can_be_spoken_to_at_once() {
        for message in [
            "What do you two think about our strategy?",
            "Good morning, everyone",
            "@all please vote",
            "Was meint ihr beiden?",
        ] {
            assert!(reading(message).2, "{message}");
        }
        assert!(!reading("What do you think of it all?").2);
    }

    #[test]
    fn one_name_of_two_calls_both() {
        let one = ["Ada".to_owned()];
        let read = read("Ada, hello", &[&one, &one]);
        assert_eq!(read.called, [0, 1]);
    }
}
