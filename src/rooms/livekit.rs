//! The part of LiveKit's RoomService that rooms need, behind a trait so that tests need no server.

use std::time::Duration;

use async_trait::async_trait;
use livekit_api::services::room::{CreateRoomOptions, RoomClient};
use livekit_api::services::{ServerError, ServerErrorCode, ServiceError};

/// Longest wait for one answer of LiveKit.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// Why LiveKit did not do it. Says nothing about its address or key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LiveKitError {
    /// Nobody answers.
    #[error("LiveKit can't be reached")]
    Unreachable,
    /// No answer in time.
    #[error("LiveKit did not answer in time")]
    Timeout,
    /// It refuses our key.
    #[error("LiveKit refuses the server's API key")]
    Credentials,
    /// It answered with this error code.
    #[error("LiveKit answered {0}")]
    Refused(String),
}

/// When LiveKit closes a room by itself, s.
#[derive(Debug, Clone, Copy)]
pub struct RoomTimeouts {
    /// Nobody ever came.
    pub empty_s: u32,
    /// The last one left.
    pub departure_s: u32,
}

/// RoomService, as far as rooms use it.
#[async_trait]
pub trait RoomService: Send + Sync {
    /// Makes a room, or answers the one of this name.
    async fn create_room(&self, room: &str, timeouts: RoomTimeouts) -> Result<(), LiveKitError>;
    /// Disconnects everyone and closes the room; a missing one is no failure.
    async fn delete_room(&self, room: &str) -> Result<(), LiveKitError>;
    /// Disconnects one participant; a missing one is no failure.
    async fn remove_participant(&self, room: &str, identity: &str) -> Result<(), LiveKitError>;
}

/// A real LiveKit server.
#[derive(Debug)]
pub struct LiveKitServer {
    client: RoomClient,
}

impl LiveKitServer {
    /// Talks to the server at `url` (`ws`, `wss`, `http` or `https`).
    pub fn new(url: &str, api_key: &str, api_secret: &str) -> Self {
        Self {
            client: RoomClient::with_api_key(url, api_key, api_secret).with_request_timeout(REQUEST_TIMEOUT),
        }
    }
}

#[async_trait]
impl RoomService for LiveKitServer {
    async fn create_room(&self, room: &str, timeouts: RoomTimeouts) -> Result<(), LiveKitError> {
        let options = CreateRoomOptions {
            empty_timeout: timeouts.empty_s,
            departure_timeout: timeouts.departure_s,
            ..CreateRoomOptions::default()
        };
        self.client
            .create_room(room, options)
            .await
            .map(drop)
            .map_err(translate)
    }

    async fn delete_room(&self, room: &str) -> Result<(), LiveKitError> {
        forgive_missing(self.client.delete_room(room).await)
    }

    async fn remove_participant(&self, room: &str, identity: &str) -> Result<(), LiveKitError> {
        forgive_missing(self.client.remove_participant(room, identity).await)
    }
}

fn forgive_missing(result: Result<(), ServiceError>) -> Result<(), LiveKitError> {
    match result {
        Err(ServiceError::Twirp(ServerError::Twirp(error))) if error.code == ServerErrorCode::NOT_FOUND => {
            Ok(())
        }
        other => other.map_err(translate),
    }
}

fn translate(error: ServiceError) -> LiveKitError {
    match error {
        ServiceError::Env(_) | ServiceError::AccessToken(_) => LiveKitError::Credentials,
        ServiceError::Twirp(ServerError::Twirp(error)) => match error.code.as_str() {
            ServerErrorCode::UNAUTHENTICATED | ServerErrorCode::PERMISSION_DENIED => {
                LiveKitError::Credentials
            }
            // The code is one of a closed list; the message may name hosts.
            _ => LiveKitError::Refused(
                error
                    .code
                    .chars()
                    .filter(|c| c.is_ascii_lowercase() || *c == '_')
                    .collect(),
            ),
        },
        ServiceError::Twirp(ServerError::Request(error)) if error.is_timeout() => LiveKitError::Timeout,
        ServiceError::Twirp(ServerError::Request(error)) if error.is_decode() => {
            LiveKitError::Refused("an unreadable error".into())
        }
        ServiceError::Twirp(_) => LiveKitError::Unreachable,
    }
}
