//! RoomService of a real server, asked in Twirp's protobuf: `POST /twirp/livekit.RoomService/<method>`.

use std::time::Duration;

use async_trait::async_trait;
use livekit_protocol::{
    CreateRoomRequest, DeleteRoomRequest, DeleteRoomResponse, ListParticipantsRequest,
    ListParticipantsResponse, ListRoomsRequest, ListRoomsResponse, ParticipantInfo, ParticipantPermission,
    RemoveParticipantResponse, Room as LiveRoom, RoomParticipantIdentity, UpdateParticipantRequest,
};
use livekit_token::{AccessToken, VideoGrants};
use prost::Message;
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;

use super::{LiveKitError, RoomService};

/// Longest wait for one answer of LiveKit.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// Time that the token of one request is valid.
const TOKEN_TTL: Duration = Duration::from_secs(60);

/// A real LiveKit server.
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

    async fn call<A: Message + Default>(
        &self,
        method: &str,
        grants: VideoGrants,
        request: &impl Message,
    ) -> Result<A, LiveKitError> {
        let token = AccessToken::with_api_key(&self.api_key, &self.api_secret)
            .with_ttl(TOKEN_TTL)
            .with_grants(grants)
            .to_jwt()
            .map_err(|_| LiveKitError::Credentials)?;
        let response = self
            .client
            .post(format!("{}/twirp/livekit.RoomService/{method}", self.base))
            .bearer_auth(token)
            .timeout(REQUEST_TIMEOUT)
            .header(CONTENT_TYPE, "application/protobuf")
            .body(request.encode_to_vec())
            .send()
            .await
            .map_err(|error| unanswered(&error))?;
        let done = response.status().is_success();
        let body = response.bytes().await.map_err(|error| unanswered(&error))?;
        if !done {
            // Twirp's errors are JSON whatever the request was.
            let refusal = serde_json::from_slice(&body).map(|Refusal { code }| refused(&code));
            return Err(refusal.unwrap_or_else(|_| LiveKitError::Refused("an unreadable error".into())));
        }
        A::decode(body).map_err(|_| LiveKitError::Refused("an unreadable message".into()))
    }
}

fn unanswered(error: &reqwest::Error) -> LiveKitError {
    if error.is_timeout() {
        LiveKitError::Timeout
    } else {
        LiveKitError::Unreachable
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

/// `None` for what is not there.
fn if_present<T>(result: Result<T, LiveKitError>) -> Result<Option<T>, LiveKitError> {
    match result {
        Ok(answer) => Ok(Some(answer)),
        Err(LiveKitError::Refused(code)) if code == "not_found" => Ok(None),
        Err(error) => Err(error),
    }
}

fn may_create() -> VideoGrants {
    VideoGrants {
        room_create: true,
        ..VideoGrants::default()
    }
}

fn may_administer(room: &str) -> VideoGrants {
    VideoGrants {
        room_admin: true,
        room: room.to_owned(),
        ..VideoGrants::default()
    }
}

#[async_trait]
impl RoomService for LiveKitServer {
    async fn open_room(&self, request: CreateRoomRequest) -> Result<LiveRoom, LiveKitError> {
        let grants = VideoGrants {
            room_record: request.egress.is_some(),
            ..may_create()
        };
        self.call("CreateRoom", grants, &request).await
    }

    async fn list_rooms(&self, names: Vec<String>) -> Result<Vec<LiveRoom>, LiveKitError> {
        let grants = VideoGrants {
            room_list: true,
            ..VideoGrants::default()
        };
        let answer: ListRoomsResponse = self
            .call("ListRooms", grants, &ListRoomsRequest { names })
            .await?;
        Ok(answer.rooms)
    }

    async fn participants(&self, room: &str) -> Result<Option<Vec<ParticipantInfo>>, LiveKitError> {
        let request = ListParticipantsRequest {
            room: room.to_owned(),
        };
        let answer = self
            .call::<ListParticipantsResponse>("ListParticipants", may_administer(room), &request)
            .await;
        Ok(if_present(answer)?.map(|answer| answer.participants))
    }

    async fn delete_room(&self, room: &str) -> Result<(), LiveKitError> {
        let request = DeleteRoomRequest {
            room: room.to_owned(),
        };
        let answer = self
            .call::<DeleteRoomResponse>("DeleteRoom", may_create(), &request)
            .await;
        if_present(answer).map(drop)
    }

    async fn silence(&self, room: &str, participant: &ParticipantInfo) -> Result<(), LiveKitError> {
        let request = UpdateParticipantRequest {
            room: room.to_owned(),
            identity: participant.identity.clone(),
            permission: Some(ParticipantPermission {
                can_publish: false,
                can_publish_sources: Vec::new(),
                ..participant.permission.clone().unwrap_or_default()
            }),
            ..UpdateParticipantRequest::default()
        };
        let answer = self
            .call::<ParticipantInfo>("UpdateParticipant", may_administer(room), &request)
            .await;
        if_present(answer).map(drop)
    }

    async fn remove_participant(&self, room: &str, identity: &str) -> Result<bool, LiveKitError> {
        let request = RoomParticipantIdentity {
            room: room.to_owned(),
            identity: identity.to_owned(),
            ..RoomParticipantIdentity::default()
        };
        let answer = self
            .call::<RemoveParticipantResponse>("RemoveParticipant", may_administer(room), &request)
            .await;
        Ok(if_present(answer)?.is_some())
    }
}
