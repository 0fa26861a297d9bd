//! The characters that are present.

use crate::id::CharacterId;
use crate::tuning::Overrides;

/// A character's part in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SceneRole {
    /// One of the cast.
    #[default]
    Member,
    /// Opens scenes, re-opens talks, and answers when nobody else would: a host or interviewer.
    Lead,
}

/// What the director knows of a character.
#[derive(Debug, Clone, PartialEq)]
pub struct CastMember {
    /// Which character.
    pub id: CharacterId,
    /// What it is called: the name first, then aliases.
    pub names: Vec<String>,
    /// 0.0 speaks only when addressed, 1.0 takes every chance.
    pub talkativeness: f32,
    /// Its part.
    pub role: SceneRole,
    /// Thresholds of its own.
    pub tuning: Overrides,
}

impl CastMember {
    /// A member of the cast with the room's thresholds.
    pub fn new(id: CharacterId, names: Vec<String>, talkativeness: f32) -> Self {
        Self {
            id,
            names,
            talkativeness,
            role: SceneRole::default(),
            tuning: Overrides::default(),
        }
    }
}
