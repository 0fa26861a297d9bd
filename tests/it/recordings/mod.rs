//! Recordings from a worker's first segment to the file that a client gets.
//!
//! - `sound`: segments with tones in them, and where tones are in a file
//! - `shelf`: the folder of recordings, which can be full
//! - `s3`: a server that speaks S3, and a gate in front of it; `bucket`: recordings there
//! - `upload`: what workers may hand in
//! - `joined`: the files of a room that is over
//! - `download`: links, parts, WAV

mod bucket;
mod download;
mod joined;
pub(crate) mod s3;
mod shelf;
pub(crate) mod sound;
mod upload;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

pub(crate) use shelf::Shelf;

use crate::support::{Answer, BUILT_IN, World, id};

impl World {
    /// A room that is recorded, with the built-in character, started.
    pub(crate) async fn recorded_room(&self) -> String {
        let body = json!({"name": "Interview", "record": true});
        let room = id(&self.post("/v1/rooms", body).await.with(201));
        let body = json!({"characterId": BUILT_IN});
        self.post(&format!("/v1/rooms/{room}/participants"), body)
            .await
            .with(201);
        self.post(&format!("/v1/rooms/{room}/start"), json!({}))
            .await
            .with(200);
        room
    }

    /// Tells of a mix and a guest's track, with their ends if they have any.
    pub(crate) async fn tell(&self, room: &str, worker: &str, epoch: u64, ends: Option<u32>) -> Answer {
        let body = json!({
            "workerId": worker,
            "epoch": epoch,
            "tracks": [
                {"track": 0, "kind": "mix", "segments": ends},
                {"track": 1, "kind": "participant", "identity": "guest", "name": "Guest", "segments": ends},
            ],
            "finished": ends.is_some(),
        });
        self.work(&format!("rooms/{room}/recordings"), body).await
    }

    /// Hands in a segment of a worker.
    pub(crate) async fn put(
        &self,
        room: &str,
        place: (u64, u32, u32),
        worker: &str,
        start_ms: u64,
        file: &[u8],
    ) -> Answer {
        let hash = blake3::hash(file).to_hex().to_string();
        self.put_as(room, place, worker, start_ms, &hash, file).await
    }

    pub(crate) async fn put_as(
        &self,
        room: &str,
        (epoch, track, sequence): (u64, u32, u32),
        worker: &str,
        start_ms: u64,
        hash: &str,
        file: &[u8],
    ) -> Answer {
        let path = format!(
            "/worker/v1/rooms/{room}/recordings/{epoch}/{track}/{sequence}\
             ?workerId={worker}&startMs={start_ms}&blake3={hash}"
        );
        let request = Request::put(path)
            .header("authorization", format!("Bearer {}", self.worker_key))
            .header("content-type", "audio/ogg")
            .body(Body::from(file.to_vec()))
            .unwrap();
        self.send(request).await
    }

    /// Ends the room, lets its worker go, and joins.
    pub(crate) async fn finish(&self, room: &str, worker: &str, epoch: u64) {
        self.post(&format!("/v1/rooms/{room}/end"), json!({}))
            .await
            .with(200);
        let body = json!({"workerId": worker, "epoch": epoch, "reason": "ended"});
        self.work(&format!("rooms/{room}/release"), body).await.with(200);
        self.rooms.join_recordings().await.unwrap();
    }

    pub(crate) async fn recordings(&self, room: &str) -> Vec<Value> {
        let answer = self.get(&format!("/v1/rooms/{room}/recordings")).await.with(200);
        answer.as_array().unwrap().clone()
    }
}
