//! Role-plays: a person practises a conversation with a character in a prepared scenario.

mod premade;

use serde::Serialize;

use super::Timestamp;

pub use premade::{
    CRITERIA_MAX, Criterion, MINUTES_DEFAULT, MINUTES_MAX, Premade, PremadeRecord, premade_builtins,
};

/// Team that people belong to who come through the role-play surface.
pub const INTEGRATION_TEAM: &str = "Integration";

/// Where a role-play stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = RoleplayStatus)]
pub enum Status {
    /// The character is called in; nobody has said anything yet.
    Created,
    /// The talk goes on.
    Started,
    /// It is over.
    Finished,
}

/// What a new role-play is made of.
#[derive(Debug, Clone)]
pub struct NewRoleplay {
    /// UUID.
    pub id: String,
    /// What is played, as it is now: later changes don't reach this role-play.
    pub premade: Premade,
    /// Id of the person in the caller's own system.
    pub user_external_id: String,
    /// What the person is called in this role-play.
    pub user_name: String,
}

/// A role-play as it is stored, beside its room.
#[derive(Debug, Clone)]
pub struct Roleplay {
    /// UUID, also of its room.
    pub id: String,
    /// What is played.
    pub premade: Premade,
    /// `usr_…`.
    pub user_id: String,
    /// Id of the person in the caller's own system.
    pub user_external_id: String,
    /// What the person is called in this role-play.
    pub user_name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its room ended.
    pub ended_at: Option<Timestamp>,
    /// The report by the rubric, as JSON; `None` until it exists.
    pub report: Option<String>,
}

impl Roleplay {
    /// What clients call the room.
    pub fn room_name(&self) -> String {
        room_name(&self.user_name, &self.id)
    }

    /// Where it stands; `spoken` says whether the timeline holds anything.
    pub fn status(&self, spoken: bool) -> Status {
        match (self.ended_at, spoken) {
            (Some(_), _) => Status::Finished,
            (None, true) => Status::Started,
            (None, false) => Status::Created,
        }
    }
}

/// What clients call the room of a role-play.
pub fn room_name(user_name: &str, roleplay_id: &str) -> String {
    format!("{user_name}::{roleplay_id}")
}
