//! The operations on rooms: what every surface calls.

mod assignments;
mod characters;
mod chat;
mod interviews;
mod live;
mod playing;
mod reconcile;
mod recordings;
mod research;
mod roleplays;
mod rooms;
mod sweep;

use std::sync::Arc;

use super::allowance::Allowance;
use super::character_record::BuiltIns;
use super::library::Library;
use super::livekit::{RoomService, RoomTimeouts, VideoFolder};
use super::recording::Objects;
use super::store::Store;
use super::token::TokenMint;
use super::wakeups::Wakeups;
use crate::outbound::Destinations;

pub use interviews::{InterviewWish, RespondentJoin};
pub use playing::Found;
pub use reconcile::Noted;
pub use roleplays::{RoleplayJoin, RoleplayWish};
pub use rooms::JoinToken;

/// Bounds of every room, s, and of every project.
#[derive(Debug, Clone, Copy)]
pub struct RoomBounds {
    /// A room ends this long after its start.
    pub max_duration_s: u64,
    /// A freeform room ends after this time without people.
    pub empty_timeout_s: u64,
    /// What one project may have going on.
    pub project: Allowance,
}

impl Default for RoomBounds {
    fn default() -> Self {
        Self {
            max_duration_s: 4 * 3600,
            empty_timeout_s: 300,
            project: Allowance::default(),
        }
    }
}

impl RoomBounds {
    /// Participants of kind agent do not keep a LiveKit room open, so LiveKit itself waits as long as a room
    /// may last; the worker decides when it is over.
    pub fn livekit_timeouts(self) -> RoomTimeouts {
        let whole_s = u32::try_from(self.max_duration_s).unwrap_or(u32::MAX);
        RoomTimeouts {
            empty_s: whole_s,
            departure_s: whole_s,
        }
    }
}

/// How recordings are kept.
#[derive(Clone)]
pub struct RecordingSettings {
    /// Where their files are.
    pub objects: Arc<dyn Objects>,
    /// Days after which they are removed; `None` keeps them.
    pub retention_days: Option<u32>,
    /// Where LiveKit's Egress keeps videos; without one none are made.
    pub videos: Option<VideoFolder>,
}

/// Everything that operations need.
pub struct Rooms {
    /// The rows.
    pub store: Store,
    /// The LiveKit server's room management.
    pub livekit: Arc<dyn RoomService>,
    /// Signs join tokens.
    pub tokens: TokenMint,
    /// Address of LiveKit for workers.
    pub livekit_url: String,
    /// Address of LiveKit for clients.
    pub livekit_public_url: String,
    /// The deployment's own characters.
    pub built_ins: BuiltIns,
    /// The deployment's premade role-plays and research projects.
    pub library: Library,
    /// Bounds of every room.
    pub bounds: RoomBounds,
    /// Where projects may have webhooks sent.
    pub destinations: Destinations,
    /// Where tools of characters may be.
    pub tool_destinations: Destinations,
    /// Where recorded files are kept, and for how long.
    pub recordings: RecordingSettings,
    /// Who waits for news.
    pub wakeups: Wakeups,
}
