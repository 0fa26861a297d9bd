//! Where the wait for an answer went, as whoever answered wrote it down.

use std::collections::BTreeMap;

use super::Summary;
use crate::protocol::{TurnCue, TurnStages};

/// A part of the wait: its key in files, what it is called, and its length, ms.
type Part = (&'static str, &'static str, fn(&TurnStages) -> Option<u64>);

/// The parts, in the order in which they are passed through. Some pass at the same time: the end of the turn is still
/// being confirmed while the answer is made.
pub const PARTS: [Part; 6] = [
    ("words", "last sound until its words are there", |turn| {
        turn.transcript_ms
    }),
    (
        "released",
        "last sound until the turn is taken to be over",
        |turn| turn.end_of_turn_ms,
    ),
    ("asked", "last sound until the language model is asked", |turn| {
        turn.asked_ms
    }),
    ("first_words", "its first words", |turn| {
        turn.first_token_ms?.checked_sub(turn.asked_ms?)
    }),
    (
        "first_clause",
        "first words until their sound is made: the rest of the clause, and the voice",
        |turn| turn.voiced_ms?.checked_sub(turn.first_token_ms?),
    ),
    ("sound", "sound made and turn over until it is sent", |turn| {
        let ready = turn.voiced_ms?.max(turn.end_of_turn_ms.unwrap_or(0));
        turn.first_sound_ms?.checked_sub(ready)
    }),
];

/// Each part's summary over the turns that answer people, ms.
pub fn parts<'a>(turns: impl Iterator<Item = &'a TurnStages> + Clone) -> BTreeMap<&'static str, Summary> {
    let answers = turns.filter(|turn| turn.cue == TurnCue::Answer);
    PARTS
        .into_iter()
        .map(|(key, _, part)| {
            (
                key,
                Summary::of(answers.clone().filter_map(part).map(|ms| ms as f64)),
            )
        })
        .filter(|(_, summary)| summary.n > 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::TurnEnd;

    #[test]
    fn the_wait_is_laid_out() {
        let turn = TurnStages {
            cue: TurnCue::Answer,
            end: TurnEnd::Whole,
            began_at_ms: 9_000,
            transcript_ms: Some(200),
            end_of_turn_ms: Some(450),
            asked_ms: Some(210),
            first_token_ms: Some(330),
            voiced_ms: Some(700),
            first_sound_ms: Some(705),
            ended_ms: None,
        };
        let opened = TurnStages {
            cue: TurnCue::OpenScene,
            ..turn.clone()
        };
        let parts = parts([&turn, &opened].into_iter());
        let medians: Vec<(&str, f64)> = parts
            .iter()
            .map(|(key, summary)| (*key, summary.median.unwrap_or_default()))
            .collect();
        assert_eq!(
            medians,
            [
                ("asked", 210.0),
                ("first_clause", 370.0),
                ("first_words", 120.0),
                ("released", 450.0),
                ("sound", 5.0),
                ("words", 200.0)
            ]
        );
        assert!(parts.values().all(|summary| summary.n == 1));
    }
}
