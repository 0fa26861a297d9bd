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
use super::super::openapi::params::IdempotencyKey;
use super::super::openapi::refusals::{BadBody, Conflicting, Invalid, NoSuch, Refused};
use super::super::openapi::schema::{self, Body, described};
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use super::TAG;
use super::caller::ChatUser;
use super::params::{History, TroupeUser};
use super::rooms::page;
use super::sse;
use super::wire::{ExchangeAnswer, MessageAnswer, PageAnswer};
use crate::chat::Follower;
use crate::rooms::Timestamp;
use crate::rooms::chat::answers_scope;

/// Longest message.
const CONTENT_CHARS_MAX: usize = 4_000;
/// Messages of an answer when nothing is said.
pub(super) const LIMIT_DEFAULT: u32 = 50;
/// Most messages of an answer.
pub(super) const LIMIT_MAX: u32 = 200;

/// Read a room's history, newest first.
#[utoipa::path(
    get,
    path = "/chat/v1/rooms/{room_id}/messages",
    operation_id = "listChatMessages",
    tag = TAG,
    security(("secret_key" = []), ("user_key" = [])),
    params(("room_id" = String, Path, description = "The room."), TroupeUser, History),
    responses(
        (status = 200, description = "A part of the history.", body = PageAnswer<MessageAnswer>),
        Refused,
        NoSuch,
        Invalid,
    )
)]
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

described!(
    /// See [`send`].
    NewMessageBody,
    Body::new("A message to send.").needs("content", "Its text.", schema::filled(CONTENT_CHARS_MAX))
);

/// Send a message and let the room's REPLRs answer.
///
/// The message is kept whatever the models do; a REPLR whose model fails is left out and listed in `errors`. With
/// `Accept: text/event-stream` the answers come as they form, in the events `message`, `reply.started`,
/// `reply.delta`, `reply.completed`, `reply.failed`, and last `done` with the whole answer, or `error`.
#[utoipa::path(
    post,
    path = "/chat/v1/rooms/{room_id}/messages",
    operation_id = "sendChatMessage",
    tag = TAG,
    security(("secret_key" = []), ("user_key" = [])),
    params(("room_id" = String, Path, description = "The room."), TroupeUser, IdempotencyKey),
    request_body = NewMessageBody,
    responses(
        (status = 201, description = "The message with the answers to it.", content(
            (ExchangeAnswer = "application/json"),
            (String = "text/event-stream"),
        )),
        Refused,
        NoSuch,
        BadBody,
        Conflicting,
    )
)]
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
