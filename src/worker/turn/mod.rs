//! Turns as they came about, for traces and for whoever asks why one took so long.
//!
//! [`Turns`] is told what happens and when, and decides which turn it belongs to: pure, with times and chance as
//! arguments. [`Turn`] is one that is over; [`spans()`] and [`told()`] say it to the collector and to the Rooms API.

mod record;
mod spans;
mod told;

use std::time::Duration;

use troupe_dialogue::{CharacterId, Fate, Time};

pub(super) use self::record::{Turns, cue_of};
pub(super) use self::spans::{Place, spans};
pub(super) use self::told::told;
use crate::protocol::{TurnCue, TurnEnd};
use crate::providers::spec::Spec;
use crate::traces::TraceName;

/// A turn that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) trace: TraceName,
    /// The last sound of the person that is answered, or when the character was told to speak.
    pub(super) began: Time,
    pub(super) ended: Time,
    pub(super) answer: Answer,
    /// In the order of their begin.
    pub(super) stages: Vec<Stage>,
}

/// What came of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// Somebody spoke.
    Spoken {
        character: CharacterId,
        cue: TurnCue,
        end: TurnEnd,
        /// When it was released to be heard.
        released: Option<Time>,
    },
    /// Nobody did, for this reason.
    None(&'static str),
}

/// One part of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stage {
    pub(super) kind: Kind,
    pub(super) began: Time,
    pub(super) ended: Time,
    /// When it gave its first result.
    pub(super) first: Option<Time>,
    /// Which model.
    pub(super) model: Option<Spec>,
    pub(super) outcome: Outcome,
}

/// Which part of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// From the last sound to the decision that the turn is over.
    EndOfTurn,
    /// Speech to text.
    Stt,
    /// The language model.
    Llm,
    /// Text to speech.
    Tts,
    /// What was heard.
    Playout,
    /// A tool of the character.
    Tool,
}

/// How a stage ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// As it should.
    Done,
    /// It failed.
    Failed,
    /// Nobody wanted it any more.
    Discarded,
    /// It was cut.
    Cut,
}

impl Outcome {
    const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Discarded => "discarded",
            Self::Cut => "cut",
        }
    }
}

/// What traces and metrics call the way in which people's turn was closed.
pub(super) const fn fate_word(fate: Fate) -> &'static str {
    match fate {
        Fate::Answered(_) => "answered",
        Fate::BetweenPeople => "between_people",
        Fate::NoCharacter => "no_character",
        Fate::AnswerFailed => "answer_failed",
        Fate::Crowded => "crowded",
        Fate::NotUnderstood => "not_understood",
        Fate::Left => "left",
    }
}

fn span(from: Time, to: Time) -> Duration {
    to.since_start().saturating_sub(from.since_start())
}
