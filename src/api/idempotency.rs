//! `Idempotency-Key`: the same key and body gets the first answer again, another body a 409.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use subtle::ConstantTimeEq;

use super::error::ApiError;
use super::state::Api;
use crate::rooms::store::Answer;

/// Longest key, ASCII characters.
pub(super) const KEY_CHARS_MAX: usize = 255;
const KEY_HEADER: &str = "Idempotency-Key";

/// The requests under way, by scope and hashed key.
type Gates = HashMap<(String, [u8; 32]), Weak<tokio::sync::Mutex<()>>>;

/// Lets requests of one scope and key pass one by one, so that the second finds the first one's answer.
#[derive(Debug, Default)]
pub(super) struct Turnstile {
    gates: Mutex<Gates>,
}

impl Turnstile {
    fn gate(&self, scope: &str, key_hash: [u8; 32]) -> Arc<tokio::sync::Mutex<()>> {
        let mut gates = self.lock();
        gates.retain(|_, gate| gate.strong_count() > 0);
        let slot = gates.entry((scope.to_owned(), key_hash)).or_default();
        slot.upgrade().unwrap_or_else(|| {
            let gate = Arc::new(tokio::sync::Mutex::new(()));
            *slot = Arc::downgrade(&gate);
            gate
        })
    }

    fn lock(&self) -> MutexGuard<'_, Gates> {
        self.gates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who asks for what, as far as a repeated request must be the same.
pub(super) struct Attempt {
    /// The project and what is created where.
    pub(super) scope: String,
    /// The request's headers.
    pub(super) headers: HeaderMap,
    /// The request's body in one spelling.
    pub(super) body: String,
}

/// Runs `create` unless the request's key was answered before.
pub(super) async fn once<T: Serialize + Send + 'static>(
    api: &Api,
    attempt: Attempt,
    create: impl Future<Output = Result<(StatusCode, T), ApiError>> + Send + 'static,
) -> Result<Response, ApiError> {
    let Some(key) = attempt.headers.get(KEY_HEADER) else {
        let (status, answer) = create.await?;
        return Ok((status, axum::Json(answer)).into_response());
    };
    let key = key
        .to_str()
        .ok()
        .filter(|key| (1..=KEY_CHARS_MAX).contains(&key.len()) && !key.contains('\t'))
        .ok_or_else(|| {
            ApiError::invalid(
                KEY_HEADER,
                format!("must have 1 to {KEY_CHARS_MAX} ASCII characters and no control characters"),
            )
        })?;
    let once = Once {
        key_hash: api.secret.hash(&format!("{}\n{key}", attempt.scope)),
        body_hash: api.secret.hash(&attempt.body),
        scope: attempt.scope,
        api: api.clone(),
    };
    // A client that hangs up must find the answer when it comes back, so the work goes on without it.
    tokio::spawn(once.run(create))
        .await
        .unwrap_or_else(|_| Err(ApiError::unavailable("failed", "the request failed; try again")))
}

struct Once {
    api: Api,
    scope: String,
    key_hash: [u8; 32],
    body_hash: [u8; 32],
}

impl Once {
    async fn run<T: Serialize>(
        self,
        create: impl Future<Output = Result<(StatusCode, T), ApiError>>,
    ) -> Result<Response, ApiError> {
        let gate = self.api.turnstile.gate(&self.scope, self.key_hash);
        let _passing = gate.lock().await;
        let store = &self.api.rooms.store;
        if let Some(kept) = store.answer(&self.scope, &self.key_hash).await? {
            return replay(&self.api, &self.key_hash, &self.body_hash, kept);
        }
        let (status, answer) = create.await?;
        let plain = serde_json::to_vec(&answer)
            .map_err(|_| ApiError::unavailable("failed", "the answer can't be printed"))?;
        match self.api.secret.seal(&self.key_hash, &plain) {
            Some(sealed) => {
                let answer = Answer {
                    body_hash: self.body_hash.to_vec(),
                    status: i64::from(status.as_u16()),
                    sealed,
                };
                store.keep_answer(&self.scope, &self.key_hash, &answer).await?;
            }
            None => tracing::error!("seal an answer for its idempotency key"),
        }
        Ok(json(status, plain.into()))
    }
}

fn replay(api: &Api, key_hash: &[u8; 32], body_hash: &[u8; 32], kept: Answer) -> Result<Response, ApiError> {
    let same: bool = kept.body_hash.as_slice().ct_eq(body_hash).into();
    if !same {
        return Err(ApiError::conflict(
            "idempotency_key_reused",
            "this `Idempotency-Key` was used with another body; use a new one",
        ));
    }
    let answer = u16::try_from(kept.status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok())
        .zip(api.secret.open(key_hash, &kept.sealed));
    match answer {
        Some((status, plain)) => {
            let mut response = json(status, plain.into());
            response
                .headers_mut()
                .insert("idempotent-replayed", HeaderValue::from_static("true"));
            Ok(response)
        }
        // The server's secret changed since.
        None => Err(ApiError::conflict(
            "idempotency_key_reused",
            "the first answer to this `Idempotency-Key` can't be read any more; use a new one",
        )),
    }
}

fn json(status: StatusCode, body: Bytes) -> Response {
    let mut response = (status, Body::from(body)).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
