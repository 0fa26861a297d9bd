//! Requests as spans, when they belong to a trace of whoever asks: a worker's posts stand under its turn.

use std::time::SystemTime;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use time::OffsetDateTime;

use crate::traces::{Draft, Parent, Traces};

/// Joins a request to its trace. One without a trace begins none: what workers ask all the time would bury the rest.
pub(super) async fn join(State(traces): State<Traces>, request: Request, next: Next) -> Response {
    let Some(parent) = Parent::of(request.headers()) else {
        return next.run(request).await;
    };
    // The path with the names of its parameters, never with their values.
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let method = match request.method().as_str() {
        known @ ("GET" | "POST" | "PUT" | "PATCH" | "DELETE") => known.to_owned(),
        _ => "_OTHER".to_owned(),
    };
    let began = SystemTime::from(OffsetDateTime::now_utc());
    let response = next.run(request).await;
    let times = (began, SystemTime::from(OffsetDateTime::now_utc()));
    let status = response.status();
    let draft = Draft::under(&parent, format!("{method} {route}"), times, rand::random())
        .server()
        .with("http.request.method", method)
        .with("http.route", route)
        .with("http.response.status_code", i64::from(status.as_u16()));
    traces.send(if status.is_server_error() {
        draft.failed("server_error")
    } else {
        draft
    });
    response
}
