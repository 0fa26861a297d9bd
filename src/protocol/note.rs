//! What a worker has under way in a room: it dies without a word, and the next one has to know.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is under way in a room.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// Turns of people that were not answered to the end, oldest first.
    #[serde(default)]
    pub owed: Vec<OwedTurn>,
    /// What a character has begun to say.
    #[serde(default)]
    pub saying: Option<Saying>,
}

/// A person's turn that wants an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwedTurn {
    /// LiveKit identity of the person.
    pub identity: String,
    /// Their words.
    pub content: String,
    /// Whether it stands in the timeline.
    pub entered: bool,
    /// Who was about to answer.
    #[serde(default)]
    pub character_id: Option<String>,
}

/// What a character has begun to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Saying {
    /// Who speaks.
    pub character_id: String,
    /// The words up to the sentence that is being heard; how much of that one was heard nobody knows.
    pub content: String,
}

/// What is under way in one of a worker's rooms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoomNote {
    /// `room_…`.
    pub room_id: String,
    /// The claim's epoch; a note under a stale one is not kept.
    pub epoch: u64,
    /// What is under way.
    pub note: Note,
}
