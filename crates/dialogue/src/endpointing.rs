//! When a person's turn ends.

use std::time::Duration;

use crate::id::TakeId;
use crate::time::Time;
use crate::tuning::Tuning;

/// One person's turn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Turn {
    /// Says nothing.
    #[default]
    Idle,
    /// Is heard, since this moment.
    Voiced { since: Time },
    /// Paused; the words are being made out or known.
    Paused {
        last_voice: Time,
        take: TakeId,
        words: Words,
    },
}

/// What is known of a paused turn's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Words {
    /// Transcription is under way.
    Awaited,
    /// Made out.
    Known(String),
}

impl Turn {
    /// Whether the person holds the floor or may be about to.
    pub(crate) fn is_open(&self) -> bool {
        !matches!(self, Self::Idle)
    }

    /// When the silence so far becomes the end of the turn: not before the words are known.
    pub(crate) fn ends_at(&self, tuning: &Tuning) -> Option<Time> {
        match self {
            Self::Paused {
                last_voice,
                words: Words::Known(text),
                ..
            } => Some(*last_voice + delay_after(text, tuning)),
            _ => None,
        }
    }
}

/// Silence that ends a turn with these words: a question is answered soon, a fragment waited for.
fn delay_after(text: &str, tuning: &Tuning) -> Duration {
    match text
        .trim_end()
        .trim_end_matches(['"', '\'', ')', '”', '’'])
        .chars()
        .last()
    {
        Some('?' | '？') => tuning.end_of_question,
        Some('.' | '!' | '。' | '！') if !text.trim_end().ends_with("...") => tuning.end_of_sentence,
        _ => tuning.end_of_fragment,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: impl Fn(&Tuning) -> Duration) {
        let tuning = Tuning::default();
        assert_eq!(delay_after(text, &tuning), expect(&tuning), "{text:?}");
    }

    #[test]
    fn the_words_decide_how_long_silence_must_last() {
        check("How does it stay up?", |t| t.end_of_question);
        check("\"Who said 'no?'\"", |t| t.end_of_question);
        check("I think so. ", |t| t.end_of_sentence);
        check("My number is four one", |t| t.end_of_fragment);
        check("So I thought...", |t| t.end_of_fragment);
        check("", |t| t.end_of_fragment);
    }
}
