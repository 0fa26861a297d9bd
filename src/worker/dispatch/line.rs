//! The connection to LiveKit's dispatch: protobuf over a WebSocket at `/agent`.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use livekit_protocol::{
    AvailabilityResponse, JobStatus, JobType, RegisterWorkerRequest, ServerMessage, UpdateJobStatus,
    UpdateWorkerStatus, WorkerMessage, WorkerStatus, server_message, worker_message,
};
use livekit_token::{AccessToken, VideoGrants};
use prost::Message as _;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::DispatchError;
use crate::character::Character;
use crate::link::AGENT_PREFIX;

/// Time to connect.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// The token of a connection need only hold until it is made.
const TOKEN_TTL: Duration = Duration::from_secs(60);
/// The version of the worker protocol that is spoken.
const PROTOCOL: u32 = 1;

/// Where dispatch is, and whose key opens it.
#[derive(Clone)]
pub(super) struct Place {
    /// `ws` or `wss`.
    pub(super) livekit_url: String,
    pub(super) api_key: String,
    pub(super) api_secret: String,
    /// Empty: every new room.
    pub(super) agent_name: String,
}

/// One connection.
pub(super) struct Line(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Line {
    /// Connects and asks to be registered.
    pub(super) async fn open(place: &Place) -> Result<Self, DispatchError> {
        let token = AccessToken::with_api_key(&place.api_key, &place.api_secret)
            .with_ttl(TOKEN_TTL)
            .with_grants(VideoGrants {
                agent: true,
                ..VideoGrants::default()
            })
            .to_jwt()
            .map_err(|_| DispatchError::Credentials)?;
        let url = place.livekit_url.trim_end_matches('/');
        let url = match url.strip_prefix("http") {
            Some(rest) => format!("ws{rest}"),
            None => url.to_owned(),
        };
        let refused = |error: &dyn std::fmt::Display| DispatchError::Unreachable(error.to_string());
        let mut request = format!("{url}/agent?protocol={PROTOCOL}")
            .into_client_request()
            .map_err(|error| refused(&error))?;
        let bearer = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|error| refused(&error))?;
        request.headers_mut().insert(AUTHORIZATION, bearer);
        // At once, without Nagle's algorithm: an answer is not to wait until the message before is acknowledged.
        let connecting = tokio_tungstenite::connect_async_with_config(request, None, true);
        let (stream, _) = tokio::time::timeout(CONNECT_WITHIN, connecting)
            .await
            .map_err(|_| refused(&"no answer in time"))?
            .map_err(|error| match error {
                tokio_tungstenite::tungstenite::Error::Http(answer) if answer.status().as_u16() == 401 => {
                    DispatchError::Credentials
                }
                error => refused(&error),
            })?;
        let mut line = Self(stream);
        line.send(worker_message::Message::Register(RegisterWorkerRequest {
            r#type: JobType::JtRoom as i32,
            agent_name: place.agent_name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..RegisterWorkerRequest::default()
        }))
        .await?;
        Ok(line)
    }

    /// The next message; `None` when the connection is over.
    pub(super) async fn next(&mut self) -> Option<server_message::Message> {
        loop {
            match self.0.next().await? {
                Ok(Message::Binary(bytes)) => match ServerMessage::decode(bytes) {
                    Ok(ServerMessage {
                        message: Some(message),
                    }) => return Some(message),
                    // A message of a newer protocol.
                    Ok(_) => {}
                    Err(error) => tracing::warn!(%error, "read a message of LiveKit's dispatch"),
                },
                Ok(Message::Close(_)) => return None,
                // Pings are answered by the library.
                Ok(_) => {}
                Err(error) => {
                    tracing::debug!(%error, "read from LiveKit's dispatch");
                    return None;
                }
            }
        }
    }

    /// A job can be had, as this character, or not.
    pub(super) async fn answer(
        &mut self,
        job: String,
        as_whom: Option<&Character>,
    ) -> Result<(), DispatchError> {
        let answer = AvailabilityResponse {
            job_id: job,
            available: as_whom.is_some(),
            participant_identity: as_whom
                .map(|who| format!("{AGENT_PREFIX}{}", who.id))
                .unwrap_or_default(),
            participant_name: as_whom.map(|who| who.name.clone()).unwrap_or_default(),
            ..AvailabilityResponse::default()
        };
        self.send(worker_message::Message::Availability(answer)).await
    }

    pub(super) async fn status(
        &mut self,
        jobs: usize,
        jobs_max: usize,
        takes_more: bool,
    ) -> Result<(), DispatchError> {
        let status = match takes_more {
            true => WorkerStatus::WsAvailable,
            false => WorkerStatus::WsFull,
        };
        self.send(worker_message::Message::UpdateWorker(UpdateWorkerStatus {
            status: Some(status as i32),
            load: jobs as f32 / jobs_max.max(1) as f32,
            job_count: u32::try_from(jobs).unwrap_or(u32::MAX),
            ..UpdateWorkerStatus::default()
        }))
        .await
    }

    pub(super) async fn running(&mut self, job: String) -> Result<(), DispatchError> {
        self.job(job, JobStatus::JsRunning, String::new()).await
    }

    pub(super) async fn over(&mut self, job: String, failure: Option<String>) -> Result<(), DispatchError> {
        let status = match failure {
            None => JobStatus::JsSuccess,
            Some(_) => JobStatus::JsFailed,
        };
        self.job(job, status, failure.unwrap_or_default()).await
    }

    async fn job(&mut self, job_id: String, status: JobStatus, error: String) -> Result<(), DispatchError> {
        self.send(worker_message::Message::UpdateJob(UpdateJobStatus {
            job_id,
            status: status as i32,
            error,
        }))
        .await
    }

    async fn send(&mut self, message: worker_message::Message) -> Result<(), DispatchError> {
        let message = WorkerMessage {
            message: Some(message),
        };
        let sent = self.0.send(Message::Binary(message.encode_to_vec().into())).await;
        sent.map_err(|error| DispatchError::Unreachable(error.to_string()))
    }

    /// Says goodbye.
    pub(super) async fn close(mut self) {
        if let Err(error) = self.0.close(None).await {
            tracing::debug!(%error, "close the connection to LiveKit's dispatch");
        }
    }
}
