//! LiveKit tokens for the participants of one room.

use std::time::Duration;

use livekit_protocol::RoomConfiguration;
use livekit_token::{AccessToken, VideoGrants};

use super::livekit::webhook::NoticeReader;
use super::livekit::{LiveKitError, RoomTimeouts};

/// Time within which a character's token must be used, s; a claim mints a fresh one each time.
pub const AGENT_TTL_S: u64 = 60;
/// Time within which a person's token must be used, s; LiveKit renews it for those connected.
pub const HUMAN_TTL_S: u64 = 15 * 60;

/// Signs tokens with the LiveKit server's key.
#[derive(Clone)]
pub struct TokenMint {
    api_key: String,
    api_secret: String,
    timeouts: RoomTimeouts,
}

impl std::fmt::Debug for TokenMint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenMint(…)")
    }
}

impl TokenMint {
    /// `timeouts` go into tokens of rooms that are played, for LiveKit makes a room that is missing when someone joins.
    pub fn new(api_key: &str, api_secret: &str, timeouts: RoomTimeouts) -> Self {
        Self {
            api_key: api_key.to_owned(),
            api_secret: api_secret.to_owned(),
            timeouts,
        }
    }

    /// A person's token.
    ///
    /// # Errors
    /// When it can't be signed.
    pub fn human(&self, room: &str, identity: &str, name: &str) -> Result<String, LiveKitError> {
        self.sign(self.token(identity, name, HUMAN_TTL_S).with_grants(VideoGrants {
            can_publish_data: Some(true),
            ..join(room)
        }))
    }

    /// A person's token for a room that nobody plays: when the room is missing, LiveKit makes it with timeouts
    /// of its own.
    ///
    /// # Errors
    /// When it can't be signed.
    pub fn visitor(&self, room: &str, identity: &str, name: &str) -> Result<String, LiveKitError> {
        self.sign(self.bare(identity, name, HUMAN_TTL_S).with_grants(VideoGrants {
            can_publish_data: Some(true),
            ..join(room)
        }))
    }

    /// Reads what the LiveKit server tells by itself, which it signs with the same key.
    pub fn notice_reader(&self) -> NoticeReader {
        NoticeReader::new(&self.api_key, &self.api_secret)
    }

    /// A character's token.
    ///
    /// # Errors
    /// When it can't be signed.
    pub fn agent(&self, room: &str, identity: &str, name: &str) -> Result<String, LiveKitError> {
        self.sign(
            self.token(identity, name, AGENT_TTL_S)
                .with_kind("agent")
                .with_grants(VideoGrants {
                    can_publish_data: Some(true),
                    can_update_own_metadata: Some(true),
                    agent: true,
                    ..join(room)
                }),
        )
    }

    fn token(&self, identity: &str, name: &str, ttl_s: u64) -> AccessToken {
        self.bare(identity, name, ttl_s)
            .with_room_config(RoomConfiguration {
                empty_timeout: self.timeouts.empty_s,
                departure_timeout: self.timeouts.departure_s,
                ..RoomConfiguration::default()
            })
    }

    fn bare(&self, identity: &str, name: &str, ttl_s: u64) -> AccessToken {
        AccessToken::with_api_key(&self.api_key, &self.api_secret)
            .with_ttl(Duration::from_secs(ttl_s))
            .with_identity(identity)
            .with_name(name)
    }

    fn sign(&self, token: AccessToken) -> Result<String, LiveKitError> {
        token.to_jwt().map_err(|_| LiveKitError::Credentials)
    }
}

fn join(room: &str) -> VideoGrants {
    VideoGrants {
        room_join: true,
        room: room.to_owned(),
        can_publish: Some(true),
        can_subscribe: Some(true),
        ..VideoGrants::default()
    }
}
