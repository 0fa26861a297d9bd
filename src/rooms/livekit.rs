//! The part of LiveKit's RoomService that rooms need, behind a trait so that tests need no server.

use std::time::Duration;

use async_trait::async_trait;
use livekit_token::{AccessToken, VideoGrants};
use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};

/// Longest wait for one answer of LiveKit.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// Time that the token of one request is valid.
const TOKEN_TTL: Duration = Duration::from_secs(60);

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

/// A real LiveKit server, asked in Twirp's JSON: `POST /twirp/livekit.RoomService/<method>`.
pub struct LiveKitServer {
    client: Client,
    /// `http` or `https`, without a trailing slash.
    base: String,
    api_key: String,
    api_secret: String,
}

/// What Twirp answers when it refuses. Its message may name hosts and stays unread.
#[derive(Deserialize)]
struct Refusal {
    code: String,
}

impl LiveKitServer {
    /// Talks to the server at `url` (`ws`, `wss`, `http` or `https`).
    pub fn new(url: &str, api_key: &str, api_secret: &str) -> Self {
        let url = url.trim_end_matches('/');
        // Signalling and RoomService are one port.
        let base = match url.strip_prefix("ws") {
            Some(rest) => format!("http{rest}"),
            None => url.to_owned(),
        };
        Self {
            client: Client::new(),
            base,
            api_key: api_key.to_owned(),
            api_secret: api_secret.to_owned(),
        }
    }

    async fn call(&self, method: &str, grants: VideoGrants, body: Value) -> Result<(), LiveKitError> {
        let token = AccessToken::with_api_key(&self.api_key, &self.api_secret)
            .with_ttl(TOKEN_TTL)
            .with_grants(grants)
            .to_jwt()
            .map_err(|_| LiveKitError::Credentials)?;
        let request = self
            .client
            .post(format!("{}/twirp/livekit.RoomService/{method}", self.base));
        let request = request.bearer_auth(token).timeout(REQUEST_TIMEOUT).json(&body);
        let response = request.send().await.map_err(|error| match error.is_timeout() {
            true => LiveKitError::Timeout,
            false => LiveKitError::Unreachable,
        })?;
        if response.status().is_success() {
            return Ok(());
        }
        match response.json::<Refusal>().await {
            Ok(refusal) => Err(refused(&refusal.code)),
            Err(error) if error.is_timeout() => Err(LiveKitError::Timeout),
            Err(_) => Err(LiveKitError::Refused("an unreadable error".into())),
        }
    }
}

fn refused(code: &str) -> LiveKitError {
    match code {
        "unauthenticated" | "permission_denied" => LiveKitError::Credentials,
        // Codes are words of a closed list; anything else would be somebody's text.
        _ => LiveKitError::Refused(
            code.chars()
                .filter(|c| c.is_ascii_lowercase() || *c == '_')
                .collect(),
        ),
    }
}

fn forgive_missing(result: Result<(), LiveKitError>) -> Result<(), LiveKitError> {
    match result {
        Err(LiveKitError::Refused(code)) if code == "not_found" => Ok(()),
        other => other,
    }
}

#[async_trait]
impl RoomService for LiveKitServer {
    async fn create_room(&self, room: &str, timeouts: RoomTimeouts) -> Result<(), LiveKitError> {
        let grants = VideoGrants {
            room_create: true,
            ..VideoGrants::default()
        };
        let body = json!({
            "name": room,
            "emptyTimeout": timeouts.empty_s,
            "departureTimeout": timeouts.departure_s,
        });
        self.call("CreateRoom", grants, body).await
    }

    async fn delete_room(&self, room: &str) -> Result<(), LiveKitError> {
        let grants = VideoGrants {
            room_create: true,
            ..VideoGrants::default()
        };
        forgive_missing(self.call("DeleteRoom", grants, json!({ "room": room })).await)
    }

    async fn remove_participant(&self, room: &str, identity: &str) -> Result<(), LiveKitError> {
        let grants = VideoGrants {
            room_admin: true,
            room: room.to_owned(),
            ..VideoGrants::default()
        };
        let body = json!({ "room": room, "identity": identity });
        forgive_missing(self.call("RemoveParticipant", grants, body).await)
    }
}
