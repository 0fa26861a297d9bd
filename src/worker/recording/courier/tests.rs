#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes as Body;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::super::spool::Spool;
use super::*;
use crate::protocol::TrackKind;
use crate::recorder::{Segment, TrackEnd, TrackInfo};

/// An API that answers as it is told and remembers what it was sent.
#[derive(Clone, Default)]
struct Api {
    /// Statuses of the next segments; afterwards all are taken.
    refusals: Arc<Mutex<VecDeque<u16>>>,
    segments: Arc<Mutex<Vec<(String, Body)>>>,
    told: Arc<Mutex<Vec<Value>>>,
}

impl Api {
    async fn start(&self) -> Client {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Client::new(&url, "key".to_owned().into()).unwrap()
    }

    fn places(&self) -> Vec<String> {
        let segments = self.segments.lock().unwrap();
        segments.iter().map(|(place, _)| place.clone()).collect()
    }

    fn last_told(&self) -> Value {
        self.told.lock().unwrap().last().unwrap().clone()
    }
}

async fn answer(State(api): State<Api>, method: Method, uri: Uri, body: Body) -> Response {
    if method == Method::POST {
        api.told
            .lock()
            .unwrap()
            .push(serde_json::from_slice(&body).unwrap());
        return axum::Json(json!({"stored": true})).into_response();
    }
    if let Some(status) = api.refusals.lock().unwrap().pop_front() {
        let code = if status == 409 { "stale_epoch" } else { "other" };
        let error = json!({"error": {"code": code, "message": "as it was told"}});
        return (StatusCode::from_u16(status).unwrap(), axum::Json(error)).into_response();
    }
    let place = uri.path().rsplit("recordings/").next().unwrap().to_owned();
    api.segments.lock().unwrap().push((place, body));
    axum::Json(json!({"stored": true})).into_response()
}

/// What a tape of one track and `segments` segments gives out.
async fn run(client: Client, folder: &Path, segments: u32) {
    let spool = Spool::new(folder, "worker_1", 1_000_000);
    let courier = Courier::new(client, "worker_1", "room_1", 4, spool.room("room_1", 4));
    let (out, taped) = mpsc::channel(64);
    let info = TrackInfo {
        kind: TrackKind::Participant,
        identity: "guest".into(),
        name: None,
        character_id: None,
    };
    out.send(Taped::Track { track: 1, info }).await.unwrap();
    for sequence in 1..=segments {
        let segment = Segment {
            track: 1,
            sequence,
            start_ms: 0,
            file: Bytes::from(format!("sound {sequence}")),
        };
        out.send(Taped::Segment(segment)).await.unwrap();
    }
    let end = TrackEnd {
        track: 1,
        segments,
        fault: None,
    };
    out.send(Taped::Ended(end)).await.unwrap();
    drop(out);
    courier.run(taped).await;
}

#[tokio::test]
async fn segments_go_in_order_and_again_until_they_are_taken() {
    let api = Api::default();
    api.refusals.lock().unwrap().extend([503, 503, 429]);
    let folder = tempfile::tempdir().unwrap();
    run(api.start().await, folder.path(), 3).await;
    assert_eq!(api.places(), ["4/1/1", "4/1/2", "4/1/3"]);
    assert_eq!(api.segments.lock().unwrap()[1].1, "sound 2");
    let told = api.last_told();
    assert_eq!((&told["finished"], &told["epoch"]), (&json!(true), &json!(4)));
    assert_eq!(
        (&told["tracks"][0]["segments"], &told["tracks"][0]["fault"]),
        (&json!(3), &Value::Null)
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "nothing stays on disk"
    );
}

#[tokio::test]
async fn a_refused_segment_is_told_and_keeps_no_other_from_its_place() {
    let api = Api::default();
    api.refusals.lock().unwrap().extend([422]);
    let folder = tempfile::tempdir().unwrap();
    run(api.start().await, folder.path(), 3).await;
    assert_eq!(api.places(), ["4/1/2", "4/1/3"]);
    assert_eq!(api.last_told()["tracks"][0]["fault"], "upload_failed");
}

#[tokio::test]
async fn nothing_follows_once_the_room_is_somebody_elses() {
    let api = Api::default();
    api.refusals.lock().unwrap().extend([409]);
    let folder = tempfile::tempdir().unwrap();
    run(api.start().await, folder.path(), 3).await;
    assert!(api.places().is_empty());
    assert_eq!(api.last_told()["finished"], false);
}

#[tokio::test]
async fn a_disk_that_takes_nothing_costs_nothing_while_the_api_answers() {
    let api = Api::default();
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("file");
    std::fs::write(&blocked, "in the way").unwrap();
    run(api.start().await, &blocked, 3).await;
    assert_eq!(api.places(), ["4/1/1", "4/1/2", "4/1/3"]);
    assert_eq!(api.last_told()["tracks"][0]["fault"], Value::Null);
}

#[tokio::test]
async fn what_neither_disk_nor_memory_hold_is_lost_and_told() {
    let api = Api::default();
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("file");
    std::fs::write(&blocked, "in the way").unwrap();
    // All of it is there before the API is first asked.
    let segments = u32::try_from(super::super::backlog::IN_MEMORY_MAX).unwrap() + 2;
    run(api.start().await, &blocked, segments).await;
    let told = api.last_told();
    assert_eq!(told["tracks"][0]["fault"], "spool_full");
    assert_eq!(api.places().len() as u32, segments - 2);
}
