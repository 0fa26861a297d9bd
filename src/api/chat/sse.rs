//! Answers to a message as server-sent events.
//!
//! | event | data | when |
//! |---|---|---|
//! | `message` | the user's message, as the history shows it | once, first |
//! | `reply.started` | `replr_id`, `replr_name` | a REPLR begins to answer |
//! | `reply.delta` | `replr_id`, `text` | the next piece of its answer |
//! | `reply.completed` | the answer, as `replr_responses` shows it | its answer is stored |
//! | `reply.failed` | as `errors` shows it | there will be no answer; its pieces count for nothing |
//! | `done` | what the request answers without streaming | last |
//! | `error` | `error`, as every refusal | last, when the exchange could not go on |
//!
//! A refusal before the message is stored has its usual status and body. A request that is repeated with its
//! `Idempotency-Key` gets `done` alone. A client that reads too slowly may miss pieces, never `done`.

use std::convert::Infallible;

use axum::http::StatusCode;
use axum::response::sse::{Event as Sent, KeepAlive};
use axum::response::{IntoResponse, Response, Sse};
use futures::stream::{self, StreamExt};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::super::error::ApiError;
use super::messages::whole;
use super::wire::{MessageAnswer, MissedAnswer, ReplyAnswer};
use crate::chat::Event;

/// Largest final answer, bytes: a message and ten replies of a few hundred words.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Streams what happens until `task` has the whole answer.
///
/// # Errors
/// What refused the message before it was stored.
pub(super) async fn answer(
    mut events: mpsc::Receiver<Event>,
    task: JoinHandle<Result<Response, ApiError>>,
) -> Result<Response, ApiError> {
    let Some(first) = events.recv().await else {
        // Over before anything happened: refused, or answered before.
        let last = last(whole(task).await?).await;
        return Ok(streamed(stream::iter([Ok(last)])));
    };
    let rest = stream::unfold((events, Some(task)), |(mut events, mut task)| async move {
        if let Some(event) = events.recv().await {
            return Some((sent(event), (events, task)));
        }
        let answer = whole(task.take()?).await.into_response();
        Some((last(answer).await, (events, None)))
    });
    Ok(streamed(stream::once(async { sent(first) }).chain(rest).map(Ok)))
}

fn streamed(events: impl stream::Stream<Item = Result<Sent, Infallible>> + Send + 'static) -> Response {
    let events = Sse::new(events).keep_alive(KeepAlive::default());
    (StatusCode::CREATED, events).into_response()
}

#[derive(Serialize)]
struct Started {
    replr_id: String,
    replr_name: String,
}

#[derive(Serialize)]
struct Delta {
    replr_id: String,
    text: String,
}

fn sent(event: Event) -> Sent {
    match event {
        Event::Message(entry) => named("message", &MessageAnswer::from(entry)),
        Event::Started { character_id, name } => named(
            "reply.started",
            &Started {
                replr_id: character_id,
                replr_name: name,
            },
        ),
        Event::Delta { character_id, text } => named(
            "reply.delta",
            &Delta {
                replr_id: character_id,
                text,
            },
        ),
        Event::Replied(entry) => named("reply.completed", &ReplyAnswer::from(entry)),
        Event::Failed(missed) => named("reply.failed", &MissedAnswer::from(missed)),
    }
}

fn named(name: &str, data: &impl Serialize) -> Sent {
    let event = Sent::default().event(name);
    // Plain structs always print.
    event.json_data(data).unwrap_or_default()
}

/// The whole answer, or what went wrong, as the last event.
async fn last(answer: Response) -> Sent {
    let name = if answer.status().is_success() {
        "done"
    } else {
        "error"
    };
    let body = axum::body::to_bytes(answer.into_body(), ANSWER_BYTES_MAX)
        .await
        .unwrap_or_default();
    // JSON in one line: it holds no line break that an event could not carry.
    Sent::default().event(name).data(String::from_utf8_lossy(&body))
}
