//! What a LiveKit server tells by itself: signed with its API key, told once or twice or not at all.

use livekit_api::webhooks::{WebhookError, WebhookReceiver};
use livekit_protocol::WebhookEvent;
use livekit_protocol::participant_info::Kind;
use livekit_token::TokenVerifier;

/// Checks that a notice comes from the LiveKit server.
#[derive(Debug, Clone)]
pub struct NoticeReader(WebhookReceiver);

/// Why a notice was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// Its token is not ours, has expired, or belongs to another body.
    #[error("the token is not one of the LiveKit server for this body, or it has expired")]
    Unsigned,
    /// It is genuine, but this version can't read it.
    #[error("the body is not a webhook event of LiveKit")]
    Unreadable,
}

/// A notice of the LiveKit server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The event's own id, the same when it is told again.
    pub id: String,
    /// What happened.
    pub what: Happening,
}

/// What happened, as far as rooms care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A room was closed.
    RoomFinished {
        /// The LiveKit room's name.
        room: String,
        /// Which of the rooms that had this name, one after the other.
        sid: String,
    },
    /// A person came in.
    PersonJoined {
        /// The LiveKit room's name.
        room: String,
    },
    /// Anything else.
    Other,
}

impl NoticeReader {
    /// For notices signed with this key.
    pub fn new(api_key: &str, api_secret: &str) -> Self {
        Self(WebhookReceiver::new(TokenVerifier::with_api_key(
            api_key, api_secret,
        )))
    }

    /// Reads `body`, which came with `token`: a JWT of the server that has not expired and holds the body's
    /// SHA-256.
    ///
    /// # Errors
    /// When the token is not for this body, or the body is no event.
    pub fn read(&self, body: &str, token: &str) -> Result<Notice, NoticeError> {
        match self.0.receive(body, token) {
            Ok(event) => Ok(notice(event)),
            Err(WebhookError::InvalidData(_)) => Err(NoticeError::Unreadable),
            Err(_) => Err(NoticeError::Unsigned),
        }
    }
}

fn notice(event: WebhookEvent) -> Notice {
    let person = event
        .participant
        .as_ref()
        .is_some_and(|participant| participant.kind() == Kind::Standard);
    let what = match (event.event.as_str(), event.room) {
        ("room_finished", Some(room)) => Happening::RoomFinished {
            room: room.name,
            sid: room.sid,
        },
        ("participant_joined", Some(room)) if person => Happening::PersonJoined { room: room.name },
        _ => Happening::Other,
    };
    Notice { id: event.id, what }
}
