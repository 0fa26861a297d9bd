//! What a database must do for the domain: one trait a concern, and [`Rows`] over all of them.
//!
//! Every method is one transaction that keeps the domain's promises by itself. Times are the database's own.
//! `tests/it/store` holds both implementations to the same behaviour.

mod answers;
mod census;
mod changes;
mod characters;
mod chat_members;
mod chat_messages;
mod chat_rooms;
mod claims;
mod database;
mod deliveries;
mod entries;
mod interviews;
mod keys;
mod livekit_side;
mod operator;
mod outbox;
mod participants;
mod passes;
mod prepared;
mod recording_takes;
mod recordings;
mod reports;
mod roleplays;
mod rooms;
mod usage;
mod users;
mod webhooks;
mod workers;

pub use answers::{Answer, AnswerRows};
pub use census::{Census, CensusRows};
pub use changes::{ChangeRows, PendingChange};
pub use characters::{CharacterChange, CharacterRows};
pub use chat_members::ChatMemberRows;
pub use chat_messages::ChatMessageRows;
pub use chat_rooms::ChatRoomRows;
pub use claims::{Asking, ClaimRows, Claimed, ClaimsMade};
pub use database::Database;
pub use deliveries::{DeliveryRows, Due};
pub use entries::EntryRows;
pub use interviews::InterviewRows;
pub use keys::KeyRows;
pub use livekit_side::{LiveKitRows, PlayedIn};
pub use operator::{OperatorRows, Page, Standing};
pub use outbox::OutboxRows;
pub use participants::{Added, ParticipantRows, Removed};
pub use passes::PassRows;
pub use prepared::{Prepared, PreparedKind, PreparedRows};
pub use recording_takes::RecordingTakeRows;
pub use recordings::RecordingRows;
pub use reports::ReportRows;
pub use roleplays::RoleplayRows;
pub use rooms::{Ended, RoomRows, Started};
pub use usage::UsageRows;
pub use users::UserRows;
pub use webhooks::WebhookRows;
pub use workers::{Beaten, RoomNote, WorkerRows};

pub(super) use changes::CHANGES_MAX;
pub(super) use chat_members::MEMBERS_FULL;
pub(super) use claims::TIMELINE_MAX;
pub(super) use deliveries::not_of_webhook;
pub(super) use entries::{not_in_room, unseen};
pub(super) use interviews::not_an_interview;
pub(super) use operator::nowhere;
pub(super) use participants::ROOM_FULL;
pub(super) use recordings::not_a_recording;
pub(super) use rooms::{NO_PARTICIPANTS, not_a_room};
pub(super) use webhooks::TOO_MANY_WEBHOOKS;

/// All concerns of one database.
pub trait Rows:
    Database
    + AnswerRows
    + CensusRows
    + ChangeRows
    + CharacterRows
    + ChatMemberRows
    + ChatMessageRows
    + ChatRoomRows
    + ClaimRows
    + DeliveryRows
    + EntryRows
    + InterviewRows
    + KeyRows
    + OperatorRows
    + LiveKitRows
    + OutboxRows
    + ParticipantRows
    + PassRows
    + PreparedRows
    + RoleplayRows
    + RecordingRows
    + RecordingTakeRows
    + ReportRows
    + RoomRows
    + UsageRows
    + UserRows
    + WebhookRows
    + WorkerRows
{
}

impl<T> Rows for T where
    T: Database
        + AnswerRows
        + CensusRows
        + ChangeRows
        + CharacterRows
        + ChatMemberRows
        + ChatMessageRows
        + ChatRoomRows
        + ClaimRows
        + DeliveryRows
        + EntryRows
        + InterviewRows
        + KeyRows
        + OperatorRows
        + LiveKitRows
        + OutboxRows
        + ParticipantRows
        + PassRows
        + PreparedRows
        + RoleplayRows
        + RecordingRows
        + RecordingTakeRows
        + ReportRows
        + RoomRows
        + UsageRows
        + UserRows
        + WebhookRows
        + WorkerRows
{
}
