//! How the answer that an entry holds came about, for whoever asks why it took so long.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a character spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TurnCue {
    /// To answer people.
    Answer,
    /// To go on after another character.
    GoOn,
    /// To open a scene.
    OpenScene,
    /// To re-open a talk that fell silent.
    Reopen,
    /// To say that something went wrong.
    Apology,
}

impl TurnCue {
    /// All of them, as on the wire.
    pub const WORDS: [&str; 5] = ["answer", "go_on", "open_scene", "reopen", "apology"];

    /// As on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::GoOn => "go_on",
            Self::OpenScene => "open_scene",
            Self::Reopen => "reopen",
            Self::Apology => "apology",
        }
    }
}

/// How a speech ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TurnEnd {
    /// By itself.
    Whole,
    /// It was cut.
    Cut,
}

impl TurnEnd {
    /// All of them, as on the wire.
    pub const WORDS: [&str; 2] = ["whole", "cut"];

    /// As on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Cut => "cut",
        }
    }
}

/// The trace of a character's turn and when its stages were reached. It begins with the last sound of the person that
/// is answered, or when the character was told to speak; a stage that was not passed through has no time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Turn {
    /// Names the trace: 32 hexadecimal digits.
    pub trace_id: String,
    /// When the turn began and what came then.
    pub stages: TurnStages,
}

/// When the stages of a turn were reached; ms since its begin where nothing else is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TurnStages {
    /// Why the character spoke.
    pub cue: TurnCue,
    /// How its speech ended.
    pub end: TurnEnd,
    /// When the turn began, ms since the room's start.
    pub began_at_ms: u64,
    /// The words of the person were there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript_ms: Option<u64>,
    /// The person's turn was taken to be over, and the answer might be heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_of_turn_ms: Option<u64>,
    /// The language model was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_ms: Option<u64>,
    /// It gave its first words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_token_ms: Option<u64>,
    /// The voice had its first sound ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voiced_ms: Option<u64>,
    /// The first sound was heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_sound_ms: Option<u64>,
    /// The speech ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_ms: Option<u64>,
}
