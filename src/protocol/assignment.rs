//! What a room is for, beyond talk.

use serde::{Deserialize, Serialize};

/// The task of a role-play's or an interview's room, with its manners of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// What is to be done.
    #[serde(flatten)]
    pub task: Task,
    /// Whether a character speaks first, as soon as a person is there.
    pub opens: bool,
    /// Time before the room's end at which the character is told that it is near, s; 0 never.
    pub warn_before_end_s: u64,
    /// Time before the room's end at which the character says goodbye, s; 0 never.
    pub close_before_end_s: u64,
}

/// What is to be done in the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Task {
    /// The character plays the other side of a scenario in which a person practises.
    Roleplay {
        /// The situation as the character knows it.
        scenario: String,
        /// What the person is called.
        person: String,
    },
    /// The character interviews a respondent.
    Interview {
        /// What the interview is to find out.
        goals: String,
        /// The questions, in order.
        guide: String,
        /// What the respondent was told beforehand.
        topics: Option<String>,
    },
}
