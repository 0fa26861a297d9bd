//! What a worker keeps of each room that is over, byte by byte: the worker is in this process, whose allocations are
//! counted, and everybody else is not.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use troupe::evaluation::slope::slope;
use troupe::providers::registry::{Choice, Registry};
use troupe::providers::scripted::{Scripted, Step};

use super::super::harness::write_recording;
use super::harness::{AGENT, Fleet};

/// Rooms between two counts, all at once.
const AT_ONCE: usize = 4;
/// Counts that fill what is kept for ever.
const WARM_UP: usize = 3;
const QUESTION: &str = "Good day. How are you?";
const LINE: &str = "Good day to you.";

/// What people do in a room.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visit {
    pub(crate) people_leave_first: bool,
    /// They ask by voice, and otherwise in writing.
    pub(crate) they_speak: bool,
}

pub(crate) async fn run(rooms: usize, visit: Visit) {
    let fleet = Fleet::start().await;
    let second: Vec<i16> = (0..16_000)
        .map(|at| if at % 40 < 20 { 6_000 } else { -6_000 })
        .collect();
    let scripted = Scripted::new("scripted")
        .hears(vec![Step::Piece(QUESTION.to_owned())])
        .says(vec![Step::Piece(LINE.to_owned())])
        .speaks(vec![Step::Piece(second)]);
    let registry = Registry::new(&Choice::default(), vec![Arc::new(scripted.clone())]).unwrap();
    let (setup, shutdown) = (fleet.setup(registry), CancellationToken::new());
    let worker = tokio::spawn(troupe::worker::run(setup, || {}, shutdown.clone()));
    let folder = crate::scratch::folder();
    let question = write_recording(folder.path(), "question.wav", true, 0);
    let mut points = Vec::new();
    let mut played = 0;
    while played < rooms {
        futures::future::join_all((0..AT_ONCE).map(|_| be_there(&fleet, visit, &question))).await;
        played += AT_ONCE;
        // Sockets and tasks say goodbye.
        tokio::time::sleep(Duration::from_secs(3)).await;
        scripted.forget();
        let live = crate::heap::live_bytes();
        eprintln!("{played} of {rooms} rooms: {live} bytes");
        points.push((played as f64, live as f64));
    }
    shutdown.cancel();
    worker.await.unwrap().unwrap();
    let each = slope(points.get(WARM_UP..).unwrap_or_default());
    let figures = json!({
        "bench": "heap", "rooms": played, "peopleLeaveFirst": visit.people_leave_first, "theySpeak": visit.they_speak,
        "bytesKeptOfEachRoom": each.map(f64::round),
    });
    println!("{figures}");
}

/// One question and its answer, or two.
async fn be_there(fleet: &Fleet, visit: Visit, question: &Path) {
    let (room, mut person) = fleet.room().await;
    person.has_track(AGENT).await;
    let turns = if visit.they_speak { 2 } else { 1 };
    for _ in 0..turns {
        if visit.they_speak {
            person.say(question).await;
        } else {
            person.type_in(QUESTION).await;
        }
        person.hears(AGENT).await;
        person.hears_out(AGENT).await;
    }
    if visit.people_leave_first {
        person.leave().await;
        drop(person);
        tokio::time::sleep(Duration::from_millis(500)).await;
        fleet
            .call(Method::POST, &format!("/v1/rooms/{room}/end"), None)
            .await;
        return;
    }
    fleet
        .call(Method::POST, &format!("/v1/rooms/{room}/end"), None)
        .await;
    person
        .until("the end", |event| event["event"] == "disconnected")
        .await;
}
