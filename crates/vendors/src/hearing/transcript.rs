//! What was said so far, out of pieces that a service corrects. Pure; time is an argument.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Transcript;
use crate::Word;

/// Pieces that are kept of one turn. More: the oldest go, since people end with what they want.
const SEGMENTS_MAX: usize = 1_024;

/// A piece of what was said, as the service has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Pieces in order; a later one of the same number takes the place of the former.
    pub(crate) number: u64,
    /// Its text.
    pub(crate) text: String,
    /// Its words with their times.
    pub(crate) words: Vec<Word>,
    /// Whether it stays so.
    pub(crate) is_final: bool,
    /// Whether the service has told everything that it was asked for.
    pub(crate) is_answer: bool,
}

/// What was said in the turn so far.
#[derive(Debug, Default)]
pub(crate) struct Said {
    segments: BTreeMap<u64, Segment>,
    /// Whether sound went out since all of it was told.
    is_open: bool,
    /// When everything was asked for, or something last came after that.
    quiet_since: Option<Duration>,
    is_answered: bool,
    /// The newest piece of what was last told in full.
    told: Option<u64>,
    /// The newest piece that is forgotten.
    forgotten: Option<u64>,
}

impl Said {
    /// Sound went out.
    pub(crate) fn sound(&mut self) {
        self.is_open = true;
    }

    /// Everything is asked for.
    pub(crate) fn ask(&mut self, now: Duration) {
        self.quiet_since = Some(now);
        self.is_answered = false;
    }

    /// Nobody waits for an answer any more.
    pub(crate) fn answered(&mut self) {
        self.quiet_since = None;
        self.is_open = false;
        self.told = self.segments.last_key_value().map(|(number, _)| *number);
    }

    /// Whether there is anything that was not told.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }

    /// A piece came.
    pub(crate) fn take_in(&mut self, segment: Segment, now: Duration) {
        if let Some(since) = &mut self.quiet_since {
            *since = now;
            self.is_answered |= segment.is_answer;
        }
        if self
            .forgotten
            .is_some_and(|forgotten| segment.number <= forgotten)
        {
            return;
        }
        self.segments.insert(segment.number, segment);
        if self.segments.len() > SEGMENTS_MAX {
            self.segments.pop_first();
        }
    }

    /// Whether all that was asked for is there: the service says so, or there is nothing that it could still correct
    /// and it has been silent for `quiet`.
    pub(crate) fn is_whole(&self, now: Duration, quiet: Duration) -> bool {
        let Some(since) = self.quiet_since else {
            return false;
        };
        self.is_answered || !self.is_open || (!self.is_pending() && since + quiet <= now)
    }

    /// When [`Self::is_whole`] may become true without a word.
    pub(crate) fn quiet_at(&self, quiet: Duration) -> Option<Duration> {
        self.quiet_since
            .filter(|_| !self.is_pending())
            .map(|since| since + quiet)
    }

    fn is_pending(&self) -> bool {
        self.segments.values().any(|segment| !segment.is_final)
    }

    /// All of it as it stands.
    pub(crate) fn text(&self) -> String {
        let texts = self.segments.values().map(|segment| segment.text.trim());
        let texts: Vec<_> = texts.filter(|text| !text.is_empty()).collect();
        texts.join(" ")
    }

    /// All of it with times.
    pub(crate) fn transcript(&self) -> Transcript {
        Transcript {
            text: self.text(),
            words: self
                .segments
                .values()
                .flat_map(|segment| segment.words.iter().cloned())
                .collect(),
        }
    }

    /// What was last told in full is gone; what came after it stays.
    pub(crate) fn forget(&mut self) {
        if let Some(told) = self.told {
            self.segments = self.segments.split_off(&(told + 1));
            self.forgotten = Some(told);
        }
    }

    /// A new connection counts from the beginning.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn segment(number: u64, text: &str, is_final: bool, is_answer: bool) -> Segment {
        Segment {
            number,
            text: text.to_owned(),
            words: Vec::new(),
            is_final,
            is_answer,
        }
    }

    #[test]
    fn pieces_are_corrected_and_joined() {
        let mut said = Said::default();
        said.sound();
        said.take_in(segment(0, "helo", false, false), ms(0));
        said.take_in(segment(0, "hello ", true, false), ms(1));
        said.take_in(segment(1, "", true, false), ms(2));
        said.take_in(segment(2, "you", false, false), ms(3));
        assert_eq!(said.text(), "hello you");
    }

    #[test]
    fn it_is_whole_when_the_service_says_so() {
        let mut said = Said::default();
        said.sound();
        said.take_in(segment(0, "hello", false, false), ms(0));
        assert!(!said.is_whole(ms(9_000), ms(800)), "nobody asked");
        said.ask(ms(100));
        assert!(!said.is_whole(ms(9_000), ms(800)), "a word may still change");
        said.take_in(segment(0, "hello", true, true), ms(200));
        assert!(said.is_whole(ms(200), ms(800)));
    }

    #[test]
    fn a_service_without_anything_to_add_may_be_silent() {
        let mut said = Said::default();
        said.sound();
        said.take_in(segment(0, "hello", true, false), ms(0));
        said.ask(ms(100));
        assert_eq!(said.quiet_at(ms(800)), Some(ms(900)));
        assert!(!said.is_whole(ms(899), ms(800)));
        assert!(said.is_whole(ms(900), ms(800)));
    }

    #[test]
    fn what_was_told_is_told_again_at_once_and_forgotten_alone() {
        let mut said = Said::default();
        said.sound();
        said.ask(ms(0));
        said.take_in(segment(0, "hello", true, true), ms(1));
        said.answered();
        said.ask(ms(2));
        assert!(said.is_whole(ms(2), ms(800)), "no sound came in between");
        said.answered();
        said.take_in(segment(1, "you", false, false), ms(3));
        said.forget();
        assert_eq!(said.text(), "you", "what came later stays");
        said.take_in(segment(0, "hello", true, true), ms(4));
        assert_eq!(said.text(), "you", "what is forgotten is not said again");
    }
}
