//! `/v1/rooms/{roomId}/events`: the transcript as server-sent events.
//!
//! `entry` events carry what the transcript shows, with the entry's id as event id; `end` closes the stream
//! of a room that is over. `Last-Event-ID` goes on after that entry; without it the stream begins with the
//! first entry.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::stream::{self, Stream};
use tokio::sync::{Notify, OwnedSemaphorePermit};
use utoipa::ToSchema;
use utoipa::openapi::schema::ObjectBuilder;

use super::super::auth::Host;
use super::super::error::ApiError;
use super::super::openapi::refusals::{Invalid, NoSuch, Refused};
use super::super::openapi::schema::choice;
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use super::TAG;
use crate::rooms::list::After;
use crate::rooms::transcript::Entry;
use crate::rooms::wakeups::Topic;

const LAST_EVENT_ID: &str = "Last-Event-ID";
/// Entries read from the database at once.
const BATCH: u32 = 100;

/// One event of the stream.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows what `Follower` sends")]
pub(super) struct TimelineEvent {
    /// `entry`: something was said. `end`: the room is over and the stream with it.
    #[schema(schema_with = event_names)]
    event: &'static str,
    /// Of an `entry`, its id, for `Last-Event-ID`.
    #[schema(nullable = false)]
    id: Option<String>,
    /// The entry as the transcript shows it, as JSON; an empty object at the end.
    data: String,
}

fn event_names() -> ObjectBuilder {
    choice(["entry", "end"])
}

/// Follow what is said as server-sent events: `entry` for each line, `end` when the room is over.
#[utoipa::path(
    get,
    path = "/v1/rooms/{roomId}/events",
    operation_id = "followRoom",
    tag = TAG,
    security(("secret_key" = []), ("page_token" = [])),
    params(
        ("roomId" = String, Path, description = "The room."),
        ("Last-Event-ID" = Option<String>, Header, description = "The entry to go on after."),
    ),
    responses(
        (status = 200, description = "A stream of such events.", body = TimelineEvent, content_type = "text/event-stream"),
        Refused,
        NoSuch,
        Invalid,
    )
)]
pub(super) async fn stream(
    State(api): State<Api>,
    Host(project_id): Host,
    Path(room_id): Path<String>,
    params: Params,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    params.finish()?;
    let store = &api.rooms.store;
    store.check_room(&project_id, &room_id).await?;
    let after = match headers.get(LAST_EVENT_ID) {
        None => After::Nothing,
        Some(id) => After::Item(
            id.to_str()
                .map_err(|_| ApiError::invalid(LAST_EVENT_ID, "must be the id of an entry of this room"))?,
        ),
    };
    let position = store.entry_position(&room_id, after, LAST_EVENT_ID).await?;
    let permit = api.streams.clone().try_acquire_owned().map_err(|_| {
        ApiError::unavailable("too_many_streams", "too many event streams are open; try later")
    })?;
    let follower = Follower {
        news: api.rooms.wakeups.subscribe(Topic::Room(room_id.clone())),
        api: api.clone(),
        project_id,
        room_id,
        position,
        unsent: VecDeque::new(),
        over: false,
        _permit: permit,
    };
    let events = stream::unfold(follower, async |mut follower| {
        follower.next().await.map(|event| (Ok(event), follower))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// Follows one room's timeline for one client.
struct Follower {
    api: Api,
    project_id: String,
    room_id: String,
    position: i64,
    unsent: VecDeque<Entry>,
    news: Arc<Notify>,
    over: bool,
    _permit: OwnedSemaphorePermit,
}

impl Follower {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(entry) = self.unsent.pop_front() {
                self.position = entry.seq;
                return Event::default()
                    .event("entry")
                    .id(&entry.id)
                    .json_data(&entry)
                    .ok();
            }
            if self.over {
                return None;
            }
            let news = self.news.clone();
            let woken = news.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            if let Err(error) = self.load().await {
                // The client comes back with the id of what it saw last.
                tracing::warn!(%error, room_id = self.room_id, "follow a room");
                return None;
            }
            if !self.unsent.is_empty() {
                continue;
            }
            if self.over {
                return Some(Event::default().event("end").data("{}"));
            }
            tokio::select! {
                () = woken => {}
                () = self.api.shutdown.cancelled() => return None,
            }
        }
    }

    async fn load(&mut self) -> Result<(), crate::rooms::Error> {
        let store = &self.api.rooms.store;
        // Asked before the entries, so that none that came before the end is missed.
        let over = store
            .room(&self.project_id, &self.room_id)
            .await?
            .ended_at
            .is_some();
        self.unsent = store
            .entries_after(&self.room_id, self.position, Some(BATCH))
            .await?
            .into();
        self.over = over && self.unsent.is_empty();
        Ok(())
    }
}
