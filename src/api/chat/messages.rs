//! `/chat/v1/rooms/{id}/messages`: the history, and new messages with the answers to them.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use tokio::task::JoinHandle;

use super::super::body::JsonBody;
use super::super::error::ApiError;
use super::super::fields::NAME_CHARS_MAX;
use super::super::idempotency::{Attempt, once};
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use super::caller::ChatUser;
use super::rooms::page;
use super::sse;
use super::wire::{ExchangeAnswer, MessageAnswer, PageAnswer};
use crate::chat::Follower;
use crate::rooms::Timestamp;
use crate::rooms::chat::answers_scope;

/// Longest message.
const CONTENT_CHARS_MAX: usize = 4_000;
const LIMIT_DEFAULT: u32 = 50;
const LIMIT_MAX: u32 = 200;

/// Messages, newest first: all, or those before a time.
pub(super) async fn list(
    State(api): State<Api>,
    user: ChatUser,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Json<PageAnswer<MessageAnswer>>, ApiError> {
    let page = page(&mut params, LIMIT_DEFAULT, LIMIT_MAX)?;
    let before = params
        .text("before", NAME_CHARS_MAX)?
        .map(|text| {
            Timestamp::from_iso8601(&text).ok_or_else(|| {
                ApiError::invalid(
                    "before",
                    "must be an ISO 8601 time such as `2026-03-09T15:08:33Z`",
                )
            })
        })
        .transpose()?;
    params.finish()?;
    let (entries, total) = api
        .rooms
        .store
        .chat_messages(user.in_room(&id), before, page)
        .await?;
    Ok(Json(PageAnswer {
        data: entries.into_iter().map(Into::into).collect(),
        total,
        limit: page.limit,
        offset: page.offset,
    }))
}

/// Keeps a message and lets the room's REPLRs answer: all answers at once, or with `Accept: text/event-stream`
/// as they form.
pub(super) async fn send(
    State(api): State<Api>,
    user: ChatUser,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let mut fields = body.fields;
    let content = fields.required_text("content", CONTENT_CHARS_MAX)?;
    fields.finish()?;
    let (follower, events) = if wants_events(&headers) {
        let (follower, events) = Follower::new();
        (follower, Some(events))
    } else {
        (Follower::none(), None)
    };
    let attempt = Attempt {
        scope: format!(
            "{}messages {}",
            answers_scope(&user.project_id, &id),
            user.user_id
        ),
        headers,
        body: body.canonical,
    };
    // A client that hangs up loses its answer, but the room does not lose the replies.
    let task = tokio::spawn(async move {
        let exchange = {
            let api = api.clone();
            async move {
                let exchange = api
                    .chat
                    .exchange(&api.rooms, user.in_room(&id), &content, follower)
                    .await?;
                Ok((StatusCode::CREATED, ExchangeAnswer::from(exchange)))
            }
        };
        once(&api, attempt, exchange).await
    });
    match events {
        None => whole(task).await,
        Some(events) => sse::answer(events, task).await,
    }
}

/// The answer of a task that may have failed.
pub(super) async fn whole(task: JoinHandle<Result<Response, ApiError>>) -> Result<Response, ApiError> {
    task.await
        .unwrap_or_else(|_| Err(ApiError::unavailable("failed", "the request failed; try again")))
}

fn wants_events(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|range| range.split(';').next())
        .any(|kind| kind.trim().eq_ignore_ascii_case("text/event-stream"))
}
