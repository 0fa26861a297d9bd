//! Wire types of the worker protocol (`/worker/v1/…`), shared by the API that answers and the worker that asks.

mod ambience;
mod assignment;
mod note;
mod recording;
mod turn;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::ambience::Ambience;
pub use self::assignment::{Assignment, Task};
pub use self::note::{Note, OwedTurn, RoomNote, Saying};
pub use self::recording::{
    RecordedTrack, RecordingFault, RecordingRequest, RecordingResponse, SegmentQuery, TrackKind,
};
pub use self::turn::{Turn, TurnCue, TurnEnd, TurnStages};
use crate::character::Character;

/// `freeform`: a conversation as it goes. `scripted`: the characters play a scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Characters answer people and each other.
    #[default]
    Freeform,
    /// Characters play the scene by themselves; people may cut in.
    Scripted,
}

/// Who said an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SpeakerType {
    /// A person.
    User,
    /// A character.
    Agent,
}

/// Body of `POST /worker/v1/claims`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClaimRequest {
    /// Names the worker process; made anew at each start.
    pub worker_id: String,
    /// The same id again answers the same claims, whatever happened to the first answer.
    pub request_id: String,
    /// Rooms that the worker has space for, 1–1000.
    pub capacity: u32,
    /// How long to wait for a room, 0–30 000 ms.
    pub wait_ms: u64,
}

/// Answer of `POST /worker/v1/claims`: empty when the wait ended without a room.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimResponse {
    /// Rooms that are the worker's from now on.
    pub claims: Vec<Claim>,
    /// Time that a claim holds without a heartbeat, ms by the API's clock.
    pub lease_ms: u64,
}

/// One claimed room, with everything the worker needs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// `room_…`.
    pub room_id: String,
    /// Refuses every older holder of this room.
    pub epoch: u64,
    /// The room's name, for prompts only.
    pub name: String,
    /// How the room plays.
    pub mode: Mode,
    /// The scene, if any.
    #[schema(required = true)]
    pub scene_prompt: Option<String>,
    /// What its place sounds like, if it does. Of a later version's word nothing is heard.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "ambience::known"
    )]
    pub ambience: Option<Ambience>,
    /// WebSocket address of the LiveKit server.
    pub livekit_url: String,
    /// The LiveKit room's name.
    pub livekit_room: String,
    /// The cast, in the order they were added.
    pub cast: Vec<CastMember>,
    /// What was said so far, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// Bounds of this room.
    pub limits: Limits,
    /// What the room is for; `None` where people and characters just talk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignment: Option<Assignment>,
    /// Whether everyone in it is recorded.
    #[serde(default)]
    pub record: bool,
    /// Time since the room's start when this answer was made, ms: where a recording begins.
    #[serde(default)]
    pub age_ms: u64,
    /// What the room's last worker had under way; `None` when that is known to be nothing, or not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

/// One character of a claimed room.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CastMember {
    /// `participant_…`.
    pub participant_id: String,
    /// `conv_…`: one character's memory of this room.
    pub conversation_id: String,
    /// LiveKit identity, `agent-<characterId>`.
    pub identity: String,
    /// LiveKit token of kind agent for this room, short-lived.
    pub token: String,
    /// Who it is.
    pub character: Character,
}

/// What the worker must keep to in one room.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// The room ends after this time, s.
    pub max_duration_s: u64,
    /// The room ends after this time without people (freeform), s.
    pub empty_timeout_s: u64,
}

/// An entry as the API stored it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// `entry_…`.
    pub id: String,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// Person or character.
    pub speaker_type: SpeakerType,
    /// The character, when one spoke.
    #[schema(required = true)]
    pub character_id: Option<String>,
    /// LiveKit identity of the speaker.
    #[schema(required = true)]
    pub speaker_identity: Option<String>,
    /// Name of the speaker.
    #[schema(required = true)]
    pub speaker_name: Option<String>,
    /// What was heard.
    pub content: String,
}

/// Body of `POST /worker/v1/rooms/{id}/entries`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EntriesRequest {
    /// The worker that holds the room.
    pub worker_id: String,
    /// The claim's epoch; a stale one is refused with 409 `stale_epoch`.
    pub epoch: u64,
    /// 1–100 entries in rising sequence.
    pub entries: Vec<NewEntry>,
    /// They were said while the worker held the room, and the claim is over: they are marked, and fence nobody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// What is under way behind them; without one the last note stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

/// An entry on its way to the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewEntry {
    /// Counts up from 1 within an epoch; a repeated one is answered and not stored again.
    pub sequence: u64,
    /// Person or character.
    pub speaker_type: SpeakerType,
    /// The character, when one spoke.
    #[serde(default)]
    pub character_id: Option<String>,
    /// LiveKit identity of the speaker.
    #[serde(default)]
    pub speaker_identity: Option<String>,
    /// Name of the speaker.
    #[serde(default)]
    pub speaker_name: Option<String>,
    /// What was heard.
    pub content: String,
    /// How it came about, when a character spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<Turn>,
}

/// Answer of `POST …/entries`: all entries up to this sequence are stored.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntriesResponse {
    /// Highest sequence stored in this epoch.
    pub acknowledged: u64,
}

/// A room and the epoch under which it is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Held {
    /// `room_…`.
    pub room_id: String,
    /// The claim's epoch.
    pub epoch: u64,
}

/// Body of `POST /worker/v1/heartbeat`: one per worker, not per room.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HeartbeatRequest {
    /// The worker.
    pub worker_id: String,
    /// Rooms that it holds.
    pub rooms: Vec<Held>,
    /// It takes no more rooms, and ignores the answer to a claim that may be on its way.
    pub draining: bool,
    /// Counts the worker's heartbeats from 1: one that was overtaken is not heeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beat: Option<u64>,
    /// What is under way in rooms in which that has changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<RoomNote>,
}

/// Answer of `POST /worker/v1/heartbeat`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeartbeatResponse {
    /// Rooms that are no longer this worker's: leave at once, post nothing.
    pub lost: Vec<String>,
    /// Time that the claims hold from now, ms.
    pub lease_ms: u64,
}

/// Body of `POST /worker/v1/changes`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangesRequest {
    /// The worker.
    pub worker_id: String,
    /// Position after the last change seen; 0 at first.
    pub cursor: u64,
    /// How long to wait for a change, 0–30 000 ms.
    pub wait_ms: u64,
}

/// Answer of `POST /worker/v1/changes`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangesResponse {
    /// Hand this to the next call.
    pub cursor: u64,
    /// What changed in the worker's rooms since, oldest first.
    pub changes: Vec<Change>,
}

/// One change of a held room.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// `room_…`.
    pub room_id: String,
    /// What happened.
    #[serde(flatten)]
    pub kind: ChangeKind,
}

/// What happened to a held room.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum ChangeKind {
    /// A character joins the cast.
    ParticipantAdded {
        /// The new member, token included.
        member: Box<CastMember>,
    },
    /// A character leaves the cast.
    ParticipantRemoved {
        /// Whose participant leaves.
        // By name: the document does not know of a rule for all fields of an enum.
        #[serde(rename = "characterId")]
        character_id: String,
    },
    /// The room is over.
    RoomEnded,
}

/// Why a worker lets go of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseReason {
    /// The API ended it.
    Ended,
    /// Nobody was in it for its empty timeout: the room is over.
    Empty,
    /// Its time is up: the room is over.
    MaxDuration,
    /// The worker shuts down: another may take it.
    Draining,
    /// It could not be played: another may try.
    Failed,
}

/// Body of `POST /worker/v1/rooms/{id}/release`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReleaseRequest {
    /// The worker.
    pub worker_id: String,
    /// The claim's epoch.
    pub epoch: u64,
    /// Why.
    pub reason: ReleaseReason,
    /// What failed, without speech, names or secrets.
    #[serde(default)]
    pub detail: Option<String>,
    /// What is left undone, for the next worker; without one the last note stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}
