//! A turn as spans: names of attributes are OpenTelemetry's own (GenAI) where it has any.

use std::time::SystemTime;

use opentelemetry::Value;
use troupe_dialogue::Time;

use super::{Answer, Kind, Outcome, Stage, Turn, span};
use crate::traces::{Draft, Parent};

/// Whose turns they are, and when their times began.
#[derive(Debug, Clone)]
pub(in crate::worker) struct Place {
    pub(in crate::worker) room_id: String,
    pub(in crate::worker) began: SystemTime,
}

impl Place {
    fn at(&self, time: Time) -> SystemTime {
        self.began + time.since_start()
    }
}

/// The turn's root first, then its stages; ids of these are drawn from `chance`.
pub(in crate::worker) fn spans(turn: &Turn, place: &Place, mut chance: impl FnMut() -> u64) -> Vec<Draft> {
    let root = Draft::root(turn.trace, "turn", (place.at(turn.began), place.at(turn.ended)))
        .with("troupe.room.id", place.room_id.clone());
    let root = match &turn.answer {
        Answer::Spoken {
            character, cue, end, ..
        } => {
            let first_sound = turn.stages.iter().find(|stage| stage.kind == Kind::Playout);
            root.with("troupe.character.id", character.to_string())
                .with("troupe.turn.cue", cue.word())
                .with("troupe.turn.outcome", end.word())
                .with_known(
                    "troupe.turn.first_audio_delay",
                    first_sound.map(|stage| span(turn.began, stage.began).as_secs_f64()),
                )
        }
        Answer::None(reason) => root.with("troupe.turn.outcome", *reason),
    };
    let parent = Parent::root(turn.trace);
    let stages = turn
        .stages
        .iter()
        .map(|stage| child(stage, &parent, place, chance()));
    std::iter::once(root).chain(stages).collect()
}

fn child(stage: &Stage, parent: &Parent, place: &Place, chance: u64) -> Draft {
    let times = (place.at(stage.began), place.at(stage.ended));
    let draft =
        Draft::under(parent, name(stage.kind), times, chance).with("troupe.outcome", stage.outcome.word());
    let draft = match stage.kind {
        Kind::Stt | Kind::Llm | Kind::Tts => draft
            .client()
            .with_known("gen_ai.operation.name", operation(stage.kind))
            .with_known(
                "gen_ai.provider.name",
                model(stage, |spec| Some(spec.provider.clone())),
            )
            .with_known("gen_ai.request.model", model(stage, |spec| spec.model.clone())),
        Kind::Tool => draft.with_known("gen_ai.operation.name", operation(stage.kind)),
        Kind::EndOfTurn | Kind::Playout => draft,
    };
    let draft = match (first_result(stage.kind), stage.first) {
        (Some(event), Some(first)) => draft.event(event, place.at(first)).with(
            "troupe.first_result_delay",
            span(stage.began, first).as_secs_f64(),
        ),
        _ => draft,
    };
    match stage.outcome {
        Outcome::Failed => draft.failed("failed"),
        Outcome::Done | Outcome::Discarded | Outcome::Cut => draft,
    }
}

fn model(stage: &Stage, of: impl FnOnce(&crate::providers::spec::Spec) -> Option<String>) -> Option<Value> {
    stage.model.as_ref().and_then(of).map(Value::from)
}

const fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::EndOfTurn => "end_of_turn",
        Kind::Stt => "stt",
        Kind::Llm => "llm",
        Kind::Tts => "tts",
        Kind::Playout => "playout",
        Kind::Tool => "tool",
    }
}

/// What OpenTelemetry calls it, where it has a word for it.
const fn operation(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Llm => Some("chat"),
        Kind::Tool => Some("execute_tool"),
        Kind::EndOfTurn | Kind::Stt | Kind::Tts | Kind::Playout => None,
    }
}

const fn first_result(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Llm => Some("first_token"),
        Kind::Tts => Some("first_sound"),
        Kind::EndOfTurn | Kind::Stt | Kind::Playout | Kind::Tool => None,
    }
}
