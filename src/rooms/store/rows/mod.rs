//! Rows as both databases hold them, and what they are in the domain.

mod changes;
mod characters;
mod chat;
mod claims;
mod entries;
mod interviews;
mod keys;
mod livekit_side;
mod participants;
mod passes;
mod prepared_rooms;
mod recordings;
mod roleplays;
mod rooms;
mod webhooks;
mod workers;

pub(super) use changes::{ChangeRow, Noted};
pub(super) use characters::{CharacterRow, parse_character, print_character};
pub(super) use chat::{ChatRoomRow, MemberRow, SeatRow, StandingRow, SummaryRow, counted};
pub(super) use claims::reason_name;
pub(super) use entries::EntryRow;
pub(super) use interviews::{InterviewRow, SELECT_INTERVIEW, display_name, print_project};
pub(super) use keys::KeyRow;
pub(super) use livekit_side::PlayedRow;
pub(super) use participants::ParticipantRow;
pub(super) use passes::PassRow;
pub(super) use prepared_rooms::NewRow;
pub(super) use recordings::{
    RecordingRow, StoredSegmentRow, TakeRow, TrackRow, compare, into_takes, kind_name, print_track,
};
pub(super) use roleplays::{RoleplayRow, SELECT_ROLEPLAY, print_premade};
pub(super) use rooms::{BeatRow, HeldRow, RoomRow};
pub(super) use webhooks::{DeliveryRow, WebhookRow, wants};
pub(super) use workers::Compared;

/// An unsigned count as the databases keep it; what does not fit is the largest that does.
pub(super) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The longest page is all of it.
pub(super) fn page(limit: Option<u32>) -> i64 {
    limit.map_or(i64::MAX, i64::from)
}
