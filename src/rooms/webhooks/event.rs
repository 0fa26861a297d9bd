//! What a project can be told.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::id::new_id;
use crate::rooms::recording::{Ready, Recording};
use crate::rooms::room::Room;
use crate::rooms::transcript::Entry;

/// Kind of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub enum EventKind {
    /// A room's characters were called in.
    #[serde(rename = "room.started")]
    RoomStarted,
    /// A room is over.
    #[serde(rename = "room.ended")]
    RoomEnded,
    /// Something was said.
    #[serde(rename = "entry.created")]
    EntryCreated,
    /// A recording can be fetched.
    #[serde(rename = "recording.ready")]
    RecordingReady,
    /// Somebody tries whether deliveries arrive.
    #[serde(rename = "webhook.test")]
    WebhookTest,
}

impl EventKind {
    /// Those that a webhook may ask for.
    pub const OFFERED: [Self; 4] = [
        Self::RoomStarted,
        Self::RoomEnded,
        Self::EntryCreated,
        Self::RecordingReady,
    ];

    /// As it is sent and stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RoomStarted => "room.started",
            Self::RoomEnded => "room.ended",
            Self::EntryCreated => "entry.created",
            Self::RecordingReady => "recording.ready",
            Self::WebhookTest => "webhook.test",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::OFFERED
            .into_iter()
            .chain([Self::WebhookTest])
            .find(|kind| kind.as_str() == name)
    }
}

/// Something that became true, without the project and time of it.
#[derive(Debug, Clone)]
pub struct Fact {
    kind: EventKind,
    data: Value,
}

/// An event as it waits in the outbox.
#[derive(Debug, Clone)]
pub struct Event {
    /// `evt_…`, the same in every delivery of it.
    pub id: String,
    /// What happened.
    pub kind: EventKind,
    /// What is sent: `{"id","type","createdAt","projectId","data"}`.
    pub body: String,
    /// When it happened.
    pub created_at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    id: &'a str,
    r#type: EventKind,
    created_at: Timestamp,
    project_id: &'a str,
    data: &'a Value,
}

impl Fact {
    /// A room's characters were called in; `data` is `{"room":…}`.
    ///
    /// # Errors
    /// When the room can't be printed.
    pub fn room_started(room: &Room) -> Result<Self, Error> {
        Self::of(EventKind::RoomStarted, "room", room)
    }

    /// A room is over; `data` is `{"room":…}`.
    ///
    /// # Errors
    /// When the room can't be printed.
    pub fn room_ended(room: &Room) -> Result<Self, Error> {
        Self::of(EventKind::RoomEnded, "room", room)
    }

    /// Something was said; `data` is `{"entry":…}`.
    ///
    /// # Errors
    /// When the entry can't be printed.
    pub fn entry_created(entry: &Entry) -> Result<Self, Error> {
        Self::of(EventKind::EntryCreated, "entry", entry)
    }

    /// A recording can be fetched; `data` is `{"recording":…}` with what the API shows of it, but for the link,
    /// which is made when it is asked for.
    ///
    /// # Errors
    /// When the recording can't be printed.
    pub fn recording_ready(recording: &Recording) -> Result<Self, Error> {
        Self::of(EventKind::RecordingReady, "recording", &Ready::from(recording))
    }

    /// A try; `data` is empty.
    pub fn test() -> Self {
        Self {
            kind: EventKind::WebhookTest,
            data: json!({}),
        }
    }

    /// Its kind.
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// The fact as an event of this project at this time.
    ///
    /// # Errors
    /// When it can't be printed.
    pub fn into_event(self, project_id: &str, at: Timestamp) -> Result<Event, Error> {
        let id = new_id("evt");
        let body = Body {
            id: &id,
            r#type: self.kind,
            created_at: at,
            project_id,
            data: &self.data,
        };
        let body = serde_json::to_string(&body).map_err(|_| UNPRINTABLE)?;
        Ok(Event {
            id,
            kind: self.kind,
            body,
            created_at: at,
        })
    }

    fn of(kind: EventKind, name: &str, object: &impl Serialize) -> Result<Self, Error> {
        let value = serde_json::to_value(object).map_err(|_| UNPRINTABLE)?;
        Ok(Self {
            kind,
            data: json!({ name: value }),
        })
    }
}

const UNPRINTABLE: Error = Error::Corrupt("event");
