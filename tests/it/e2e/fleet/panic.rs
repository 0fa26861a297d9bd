//! A provider that panics, which none should: it costs its room, and no other.

use std::sync::Arc;
use std::time::Instant;

use reqwest::Method;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use troupe::providers::registry::{Choice, Registry};
use troupe::providers::scripted::{Scripted, Step};

use super::harness::{Fleet, took};

const LINE: &str = "Good day to you.";

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_one_room_ends_that_room_after_three_tries_and_no_other() {
    let fleet = Fleet::start().await;
    let second: Vec<i16> = (0..16_000)
        .map(|at| if at % 40 < 20 { 6_000 } else { -6_000 })
        .collect();
    let sound = Scripted::new("sound")
        .says(vec![Step::Piece(LINE.to_owned())])
        .speaks(vec![Step::Piece(second)]);
    let faulty = Scripted::new("faulty").says(vec![Step::Panic]);
    let registry = Registry::new(
        &Choice::default(),
        vec![Arc::new(sound), Arc::new(faulty.clone())],
    );
    let (setup, shutdown) = (fleet.setup(registry.unwrap()), CancellationToken::new());
    let worker = tokio::spawn(troupe::worker::run(setup, || {}, shutdown.clone()));

    let character = async |name: &str, model: &str| {
        let body = json!({
            "name": name, "persona": "You are a porter.", "talkativeness": 0.5, "models": { "llm": model },
        });
        let made = fleet.call(Method::POST, "/v1/characters", Some(body)).await;
        made["id"].as_str().unwrap().to_owned()
    };
    let (well, ill) = (
        character("Rob", "sound:x").await,
        character("Ivy", "faulty:x").await,
    );
    let (good_room, mut good_person) = fleet.room_with(&well).await;
    let (bad_room, mut bad_person) = fleet.room_with(&ill).await;
    let (well, ill) = (format!("agent-{well}"), format!("agent-{ill}"));
    good_person.has_track(&well).await;
    bad_person.has_track(&ill).await;

    let mut lines = 0;
    for words in ["Hello, Rob.", "And again, Rob."] {
        if lines == 0 {
            bad_person.type_in("Hello, Ivy.").await;
        }
        good_person.type_in(words).await;
        good_person.hears(&well).await;
        good_person.hears_out(&well).await;
        lines += 1;
        let what = format!("{lines} lines of the room that is well");
        fleet
            .timeline(&good_room, &what, |said| {
                said.iter().filter(|said| said.ends_with(LINE)).count() == lines
            })
            .await;
        if lines == 1 {
            let ended = async || {
                let room = fleet
                    .call(Method::GET, &format!("/v1/rooms/{bad_room}"), None)
                    .await;
                room["endedAt"].is_string().then_some(room)
            };
            let panics = Instant::now();
            fleet.until("the room that panics is given up", ended).await;
            took("a panic in each answer", "the room is given up", panics);
            assert_eq!(faulty.requests().len(), 3, "it was tried three times");
        }
    }
    let room: Value = fleet
        .call(Method::GET, &format!("/v1/rooms/{good_room}"), None)
        .await;
    assert!(room["endedAt"].is_null(), "{room}");
    shutdown.cancel();
    worker.await.unwrap().unwrap();
}
