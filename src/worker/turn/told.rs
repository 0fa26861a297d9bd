//! A turn as the Rooms API is told of it.

use troupe_dialogue::Time;

use super::{Answer, Kind, Outcome, Stage, Turn, span};
use crate::protocol::{self, TurnStages};

/// The stages of a spoken turn, in a room that was `age_ms` old when the session's time began.
pub(in crate::worker) fn told(turn: &Turn, age_ms: u64) -> Option<protocol::Turn> {
    let Answer::Spoken {
        cue, end, released, ..
    } = &turn.answer
    else {
        return None;
    };
    let since = |at: Time| ms(span(turn.began, at));
    // The one that counted comes last: those before it were in vain.
    let last = |kind: Kind| -> Option<&Stage> {
        let is_it = |stage: &&Stage| stage.kind == kind && stage.outcome != Outcome::Discarded;
        turn.stages.iter().rfind(is_it)
    };
    let (llm, tts, playout) = (last(Kind::Llm), last(Kind::Tts), last(Kind::Playout));
    Some(protocol::Turn {
        trace_id: turn.trace.to_string(),
        stages: TurnStages {
            cue: *cue,
            end: *end,
            began_at_ms: age_ms.saturating_add(ms(turn.began.since_start())),
            transcript_ms: last(Kind::Stt).map(|stage| since(stage.ended)),
            end_of_turn_ms: released.map(since),
            asked_ms: llm.map(|stage| since(stage.began)),
            first_token_ms: llm.and_then(|stage| stage.first).map(since),
            voiced_ms: tts.and_then(|stage| stage.first).map(since),
            first_sound_ms: playout.map(|stage| since(stage.began)),
            ended_ms: Some(since(turn.ended)),
        },
    })
}

fn ms(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
