//! When a person's turn ends.
//!
//! All that is known of a pause is one number: the log odds that the turn is over, as if no silence had been
//! heard yet. Silence itself is evidence too, and it is worth the more the shorter this speaker's pauses
//! usually are. The turn ends when both together outweigh `patience`:
//!
//! ```text
//! delay = end_of_turn_min + doubt × habit × (patience − log odds), within the minimum and the maximum
//! ```
//!
//! so that a plain question is answered at once, and an unfinished thought is waited for.

mod habits;
mod weights;
mod words;

use std::time::Duration;

pub use habits::Habits;
pub use weights::{Weights, length, log_odds};
pub(crate) use words::words;
pub use words::{Ending, WordCues};

use crate::tuning::Tuning;

/// What is known of a turn at a pause.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence<'a> {
    /// What an audio model takes for the probability that the turn is over, 0.0–1.0, if one was asked.
    pub audio: Option<f32>,
    /// The words of the turn so far; empty if they are not known.
    pub words: &'a str,
    /// From the first sound of the turn to the last.
    pub spoken: Duration,
    /// Whether a character has just asked a question, which a few words may answer.
    pub answers_question: bool,
}

impl Evidence<'_> {
    /// The log odds that the turn is over.
    pub fn log_odds(&self, weights: &Weights) -> f32 {
        weights.log_odds(self)
    }

    /// How long silence must last, from the last sound on, to end the turn.
    pub fn delay(&self, habits: &Habits, tuning: &Tuning) -> Duration {
        delay_at(self.log_odds(&Weights::FITTED), habits, tuning)
    }
}

/// How long silence must last to end a turn whose log odds are these.
pub fn delay_at(log_odds: f32, habits: &Habits, tuning: &Tuning) -> Duration {
    let missing = (tuning.patience - log_odds).max(0.0);
    let stretch = habits.stretch().powf(tuning.habit_weight);
    let waited = tuning.doubt.mul_f32(missing.min(100.0) * stretch);
    (tuning.end_of_turn_min + waited).min(tuning.end_of_turn_max.max(tuning.end_of_turn_min))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delay(words: &str, audio: Option<f32>, answers_question: bool) -> Duration {
        let evidence = Evidence {
            audio,
            words,
            spoken: Duration::from_millis(350 * words.split_whitespace().count() as u64),
            answers_question,
        };
        evidence.delay(&Habits::default(), &Tuning::default())
    }

    #[test]
    fn a_plain_question_is_answered_at_once_and_a_fragment_is_waited_for() {
        let tuning = Tuning::default();
        let question = delay("How does it stay up?", Some(0.98), false);
        let sentence = delay("I went there.", Some(0.6), false);
        let fragment = delay("My number is four one", Some(0.02), false);
        assert!(
            question <= tuning.end_of_turn_min + Duration::from_millis(120),
            "{question:?}"
        );
        assert!(
            question < sentence && sentence < fragment,
            "{question:?} {sentence:?} {fragment:?}"
        );
        assert!(fragment >= Duration::from_millis(1200), "{fragment:?}");
    }

    #[test]
    fn the_audio_model_moves_the_same_words_both_ways() {
        let words = "I took the train to Leeds.";
        assert!(delay(words, Some(0.95), false) < delay(words, None, false));
        assert!(delay(words, None, false) < delay(words, Some(0.05), false));
    }

    #[test]
    fn an_answer_to_a_question_may_be_short() {
        assert!(delay("Yes", Some(0.5), true) < delay("Yes", Some(0.5), false));
        assert_eq!(delay("Um,", Some(0.5), true), delay("Um,", Some(0.5), false));
    }

    #[test]
    fn delays_stay_within_their_bounds_whatever_the_evidence() {
        let tuning = Tuning::default();
        for audio in [None, Some(0.0), Some(1.0), Some(f32::NAN), Some(-3.0), Some(7.0)] {
            for words in ["", "?", "a b c", "Well, and..."] {
                let delay = delay(words, audio, false);
                assert!(delay >= tuning.end_of_turn_min && delay <= tuning.end_of_turn_max);
            }
        }
    }

    #[test]
    fn a_hesitant_speaker_is_given_more_time() {
        let evidence = Evidence {
            audio: Some(0.3),
            words: "I was in Rome",
            spoken: Duration::from_millis(1400),
            answers_question: false,
        };
        let mut hesitant = Habits::default();
        let mut brisk = Habits::default();
        for _ in 0..4 {
            hesitant.paused(Duration::from_millis(1100));
            brisk.paused(Duration::from_millis(120));
        }
        let tuning = Tuning::default();
        let usual = evidence.delay(&Habits::default(), &tuning);
        assert!(evidence.delay(&brisk, &tuning) < usual);
        assert!(usual < evidence.delay(&hesitant, &tuning));
    }
}
