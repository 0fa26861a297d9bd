//! What a sound over a character's speech means.
//!
//! A voice pauses the speech quickly, which costs nothing if it was a cough: it goes on where it stopped. Only
//! words decide whether it stops for good.

mod backchannel;
mod echo;

use std::time::Duration;

pub(crate) use backchannel::is_backchannel;
pub(crate) use echo::{is_echo, may_become_echo};

use crate::event::Overlap;
use crate::time::Time;
use crate::tuning::Tuning;

/// Backchannels that make a person's voice pause a speech later.
const BACKCHANNELS_COUNTED_MAX: u32 = 3;

/// When a voice that began at `since` pauses a speech heard since `speaking`.
///
/// Voice from before the speech counts from its first sound: whoever was already talking did not react to it
/// yet. `backchannels` are the person's latest in a row.
pub(crate) fn pauses_at(since: Time, speaking: Time, backchannels: u32, tuning: &Tuning) -> Time {
    let step = tuning.overlap_pause_step * backchannels.min(BACKCHANNELS_COUNTED_MAX);
    since.max(speaking) + tuning.overlap_pause + step
}

/// What is known of an overlap when its words are there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances<'a> {
    /// What the character said up to the pause, and a little further.
    pub(crate) spoken: &'a str,
    /// The speech ends in a question, and this began within so much of its end.
    pub(crate) before_end_of_question: Option<Duration>,
    /// The words name another person and no character.
    pub(crate) is_to_a_person: bool,
}

/// Decides by the words.
pub(crate) fn resolve(text: &str, circumstances: Circumstances<'_>, tuning: &Tuning) -> Overlap {
    if !text.chars().any(char::is_alphanumeric) {
        return Overlap::Noise;
    }
    let answers = circumstances
        .before_end_of_question
        .is_some_and(|lead| lead <= tuning.answer_lead);
    if is_backchannel(text) && !answers {
        return Overlap::Backchannel;
    }
    if is_echo(text, circumstances.spoken) {
        return Overlap::Echo;
    }
    if circumstances.is_to_a_person {
        return Overlap::SideTalk;
    }
    Overlap::Interruption
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPOKEN: &str = "The bridge was built in nineteen hundred and two, and it took four years.";

    fn check(text: &str, expect: Overlap) {
        let circumstances = Circumstances {
            spoken: SPOKEN,
            before_end_of_question: None,
            is_to_a_person: false,
        };
        assert_eq!(
            resolve(text, circumstances, &Tuning::default()),
            expect,
            "{text:?}"
        );
    }

    #[test]
    fn words_decide_what_an_overlap_was() {
        check("Mm-hmm.", Overlap::Backchannel);
        check("Yeah, right.", Overlap::Backchannel);
        check("...", Overlap::Noise);
        check("Wait.", Overlap::Interruption);
        check("Yeah, but who paid for it?", Overlap::Interruption);
        check("Built in nineteen hundred", Overlap::Echo);
        check("No.", Overlap::Interruption);
    }

    #[test]
    fn a_short_word_at_the_end_of_a_question_answers_it() {
        let mut circumstances = Circumstances {
            spoken: "Shall I go on?",
            before_end_of_question: Some(Duration::from_millis(300)),
            is_to_a_person: false,
        };
        let tuning = Tuning::default();
        assert_eq!(resolve("Yeah.", circumstances, &tuning), Overlap::Interruption);
        circumstances.before_end_of_question = Some(Duration::from_secs(5));
        assert_eq!(resolve("Yeah.", circumstances, &tuning), Overlap::Backchannel);
    }

    #[test]
    fn who_often_says_mhm_pauses_a_speech_later() {
        let tuning = Tuning::default();
        let at = |ms| Time::after_start(Duration::from_millis(ms));
        assert_eq!(pauses_at(at(900), at(1000), 0, &tuning), at(1100));
        assert_eq!(pauses_at(at(2000), at(1000), 2, &tuning), at(2340));
        assert_eq!(
            pauses_at(at(2000), at(1000), 9, &tuning),
            pauses_at(at(2000), at(1000), 3, &tuning)
        );
    }
}
