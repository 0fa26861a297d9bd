//! What a database must do for the domain: one trait a concern, and [`Rows`] over all of them.
//!
//! Every method is one transaction that keeps the domain's promises by itself. Times are the database's own.
//! `tests/it/store` holds both implementations to the same behaviour.

mod answers;
mod changes;
mod characters;
mod claims;
mod database;
mod entries;
mod keys;
mod participants;
mod recording_takes;
mod recordings;
mod rooms;
mod usage;
mod users;
mod workers;

pub use answers::{Answer, AnswerRows};
pub use changes::{ChangeRows, PendingChange};
pub use characters::{CharacterChange, CharacterRows};
pub use claims::{ClaimRows, Claimed, ClaimsMade};
pub use database::Database;
pub use entries::EntryRows;
pub use keys::KeyRows;
pub use participants::{Added, ParticipantRows, Removed};
pub use recording_takes::RecordingTakeRows;
pub use recordings::RecordingRows;
pub use rooms::{Ended, RoomRows, Started};
pub use usage::UsageRows;
pub use users::UserRows;
pub use workers::{Beaten, WorkerRows};

pub(super) use changes::CHANGES_MAX;
pub(super) use claims::TIMELINE_MAX;
pub(super) use entries::{not_in_room, unseen};
pub(super) use participants::ROOM_FULL;
pub(super) use recordings::not_a_recording;
pub(super) use rooms::{NO_PARTICIPANTS, not_a_room};

/// All concerns of one database.
pub trait Rows:
    Database
    + AnswerRows
    + ChangeRows
    + CharacterRows
    + ClaimRows
    + EntryRows
    + KeyRows
    + ParticipantRows
    + RecordingRows
    + RecordingTakeRows
    + RoomRows
    + UsageRows
    + UserRows
    + WorkerRows
{
}

impl<T> Rows for T where
    T: Database
        + AnswerRows
        + ChangeRows
        + CharacterRows
        + ClaimRows
        + EntryRows
        + KeyRows
        + ParticipantRows
        + RecordingRows
        + RecordingTakeRows
        + RoomRows
        + UsageRows
        + UserRows
        + WorkerRows
{
}
