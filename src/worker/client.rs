//! The worker's side of the worker protocol.

use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::opus_file;
use crate::protocol::{
    ChangesRequest, ChangesResponse, ClaimRequest, ClaimResponse, EntriesRequest, EntriesResponse,
    HeartbeatRequest, HeartbeatResponse, RecordingRequest, RecordingResponse, ReleaseRequest, SegmentQuery,
};
use crate::traces::{TRACEPARENT, TraceName};

/// Time to answer beyond the wait that was asked for.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// Time to open a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);

/// Why the API did not do what the worker asked.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// No answer; the same call may succeed later.
    #[error("the Rooms API at {url} can't be reached: {detail}")]
    Unreachable {
        /// Its address.
        url: String,
        /// What the connection said.
        detail: String,
    },
    /// The key was refused.
    #[error(
        "the Rooms API refused the worker's key ({status}); set TROUPE_API_KEY to a key of kind `worker`"
    )]
    Unauthorized {
        /// HTTP status.
        status: u16,
    },
    /// The room is somebody else's by now.
    #[error("the room is no longer held under this epoch")]
    Stale,
    /// Any other refusal.
    #[error("the Rooms API answered {status} to {path}: {detail}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Which call.
        path: String,
        /// The error's code and message.
        detail: String,
    },
}

impl ApiError {
    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { status, .. } => *status == 429 || *status >= 500,
            Self::Unauthorized { .. } | Self::Stale => false,
        }
    }

    /// Whether there was an answer, and it says nothing that this version understands.
    pub fn is_unreadable(&self) -> bool {
        matches!(self, Self::Refused { status, .. } if *status < 300)
    }
}

/// Speaks to the Rooms API; clones share connections.
#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    key: SecretString,
    is_traced: bool,
}

impl Client {
    /// A client for the API at `base`, such as `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// When TLS can't be set up.
    pub(super) fn new(base: &str, key: SecretString) -> Result<Self, ApiError> {
        let base = base.trim_end_matches('/').to_owned();
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_WITHIN)
            // One stream a connection: a long poll never holds up a heartbeat.
            .http1_only()
            .tcp_nodelay(true)
            .build()
            .map_err(|error| ApiError::Unreachable {
                url: base.clone(),
                detail: error.to_string(),
            })?;
        Ok(Self {
            http,
            base,
            key,
            is_traced: false,
        })
    }

    /// The same; with `is_traced`, what is handed in says to which trace it belongs.
    #[must_use]
    pub(super) fn traced(self, is_traced: bool) -> Self {
        Self { is_traced, ..self }
    }

    /// Waits for rooms.
    pub(super) async fn claim(&self, request: &ClaimRequest) -> Result<ClaimResponse, ApiError> {
        self.post(
            "/worker/v1/claims",
            request,
            Duration::from_millis(request.wait_ms),
        )
        .await
    }

    /// Keeps what is held.
    pub(super) async fn heartbeat(&self, request: &HeartbeatRequest) -> Result<HeartbeatResponse, ApiError> {
        self.post("/worker/v1/heartbeat", request, Duration::ZERO).await
    }

    /// Waits for changes of held rooms.
    pub(super) async fn changes(&self, request: &ChangesRequest) -> Result<ChangesResponse, ApiError> {
        self.post(
            "/worker/v1/changes",
            request,
            Duration::from_millis(request.wait_ms),
        )
        .await
    }

    /// Hands in what was said.
    pub(super) async fn entries(
        &self,
        room_id: &str,
        request: &EntriesRequest,
    ) -> Result<EntriesResponse, ApiError> {
        let path = format!("/worker/v1/rooms/{room_id}/entries");
        let mut post = self.http.post(format!("{}{path}", self.base)).json(request);
        // One request has one place: that of its latest turn.
        let turn = request.entries.iter().rev().find_map(|entry| entry.turn.as_ref());
        let trace = turn
            .filter(|_| self.is_traced)
            .and_then(|turn| TraceName::parse(&turn.trace_id));
        if let Some(trace) = trace {
            post = post.header(TRACEPARENT, trace.traceparent());
        }
        self.send(&path, post, Duration::ZERO).await
    }

    /// Lets a room go.
    pub(super) async fn release(&self, room_id: &str, request: &ReleaseRequest) -> Result<(), ApiError> {
        let path = format!("/worker/v1/rooms/{room_id}/release");
        let _: serde_json::Value = self.post(&path, request, Duration::ZERO).await?;
        Ok(())
    }

    /// Tells which tracks a recording has.
    pub(super) async fn recording(&self, room_id: &str, request: &RecordingRequest) -> Result<(), ApiError> {
        let path = format!("/worker/v1/rooms/{room_id}/recordings");
        let _: RecordingResponse = self.post(&path, request, Duration::ZERO).await?;
        Ok(())
    }

    /// Hands in a recorded segment: (epoch, track, sequence) is its place.
    pub(super) async fn segment(
        &self,
        room_id: &str,
        (epoch, track, sequence): (u64, u32, u32),
        query: &SegmentQuery,
        file: Bytes,
    ) -> Result<(), ApiError> {
        let path = format!("/worker/v1/rooms/{room_id}/recordings/{epoch}/{track}/{sequence}");
        // Letters and digits alone: nothing is to be escaped.
        let SegmentQuery {
            worker_id,
            start_ms,
            blake3,
        } = query;
        let query = format!("workerId={worker_id}&startMs={start_ms}&blake3={blake3}");
        let request = self
            .http
            .put(format!("{}{path}?{query}", self.base))
            .header(CONTENT_TYPE, opus_file::CONTENT_TYPE)
            .body(file);
        let _: RecordingResponse = self.send(&path, request, Duration::ZERO).await?;
        Ok(())
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        wait: Duration,
    ) -> Result<T, ApiError> {
        let request = self.http.post(format!("{}{path}", self.base)).json(body);
        self.send(path, request, wait).await
    }

    /// Sends a request to `path` with the worker's key and reads the answer.
    async fn send<T: DeserializeOwned>(
        &self,
        path: &str,
        request: reqwest::RequestBuilder,
        wait: Duration,
    ) -> Result<T, ApiError> {
        let unreachable = |error: reqwest::Error| ApiError::Unreachable {
            url: self.base.clone(),
            detail: innermost(&error.without_url()),
        };
        let response = request
            .bearer_auth(self.key.expose_secret())
            .timeout(wait + ANSWER_WITHIN)
            .send()
            .await
            .map_err(unreachable)?;
        let status = response.status();
        let text = response.text().await.map_err(unreachable)?;
        let refused = |detail: String| ApiError::Refused {
            status: status.as_u16(),
            path: path.to_owned(),
            detail,
        };
        if status.is_success() {
            let text = if text.is_empty() { "null" } else { &text };
            return serde_json::from_str(text)
                .map_err(|error| refused(format!("an answer that can't be read: {error}")));
        }
        let error: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let code = error["error"]["code"].as_str().unwrap_or_default();
        Err(match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ApiError::Unauthorized {
                status: status.as_u16(),
            },
            StatusCode::CONFLICT if code == "stale_epoch" => ApiError::Stale,
            _ => refused(format!(
                "{code} {}",
                error["error"]["message"].as_str().unwrap_or("without a reason")
            )),
        })
    }
}

/// Asks whether the API at `base` is there and takes a worker's key, without taking or keeping anything.
///
/// # Errors
/// When it is not there or does not.
pub async fn probe(base: &str, key: SecretString) -> Result<(), ApiError> {
    let request = ChangesRequest {
        worker_id: format!("probe_{:032x}", rand::random::<u128>()),
        cursor: 0,
        wait_ms: 0,
    };
    Client::new(base, key)?.changes(&request).await.map(drop)
}

/// The cause at the bottom of an error, which says most.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
