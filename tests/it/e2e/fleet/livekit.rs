//! What happens between LiveKit and those who are in its rooms.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::super::harness::write_recording;
use super::super::person::{Person, is};
use super::harness::{AGENT, Fleet, ask, took};
use super::voice_server::reissued;

/// After which somebody asks again. Nothing is measured by it.
const AGAIN: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_joins_as_the_character_is_replaced_by_the_next_claim() {
    let fleet = Fleet::start().await;
    fleet.models.answers("It was the ferry.");
    let machine = fleet.machine("one").await;
    let mut worker = fleet.worker(&machine, 0).await;
    let (room, mut person) = fleet.room().await;
    person.has_track(AGENT).await;
    let (url, token) = fleet.door(&room, "other").await;
    let joined = Instant::now();
    let mut impostor = Person::join(&url, &reissued(&token, |claims| claims["sub"] = AGENT.into())).await;
    worker.logs("character joined", 2).await;
    took("somebody joins as the character", "the character is back", joined);
    impostor
        .until("the end of its connection", |event| {
            event["event"] == "disconnected"
        })
        .await;
    assert_eq!(
        worker.logged("claimed a room"),
        2,
        "it was not joined again under one claim"
    );
    ask(&fleet, &mut person, "What froze in the ice?").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_talk_goes_on_after_livekit_was_restarted() {
    let mut fleet = Fleet::start().await;
    fleet.models.answers("It was the ferry.");
    let machine = fleet.machine("one").await;
    let _worker = fleet.worker(&machine, 0).await;
    let (room, mut person) = fleet.room().await;
    person.has_track(AGENT).await;
    ask(&fleet, &mut person, "What froze in the ice?").await;
    fleet
        .timeline(&room, "both lines", |lines| lines.len() == 2)
        .await;
    let restarting = Instant::now();
    fleet.livekit.restart().await;
    person.has_track_again(AGENT).await;
    took(
        "LiveKit restarts",
        "the character is heard by who came back",
        restarting,
    );
    // What is typed while the other side is still coming back is lost: people ask again.
    while tokio::time::timeout(AGAIN, ask(&fleet, &mut person, "What did they build?"))
        .await
        .is_err()
    {}
    let lines = fleet
        .timeline(&room, "an answer to it", |lines| lines.len() >= 4)
        .await;
    assert_eq!(lines[2], "user: What did they build?");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_expired_before_the_join_is_replaced() {
    let fleet = Fleet::start().await;
    fleet.models.answers("It was the ferry.");
    let machine = fleet.machine("one").await;
    let mut is_first = true;
    machine.proxy.rewrite(move |answer| {
        if let Some(claim) = answer["claims"]
            .as_array_mut()
            .and_then(|claims| claims.first_mut())
        {
            if is_first {
                expire(claim);
            }
            is_first = false;
        }
    });
    let mut worker = fleet.worker(&machine, 0).await;
    let (_, mut person) = fleet.room().await;
    let started = Instant::now();
    worker.logs("claimed a room", 2).await;
    person.has_track(AGENT).await;
    took("the token has expired", "the character is there", started);
    ask(&fleet, &mut person, "What froze in the ice?").await;
    assert_eq!(worker.logged("character joined"), 1);
}

/// Every token in this has expired ten minutes ago.
fn expire(value: &mut Value) {
    const AGO_S: u64 = 600;
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(token) if name == "token" => {
                        *token = reissued(token, |claims| {
                            let expired = claims["exp"].as_u64().unwrap() - AGO_S;
                            claims["exp"] = expired.into();
                        });
                    }
                    value => expire(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(expire),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_drops_and_comes_back_is_heard_again() {
    let fleet = Fleet::start().await;
    fleet.models.answers("It was the ferry.");
    let machine = fleet.machine("one").await;
    let worker = fleet.worker(&machine, 0).await;
    let (room, mut person) = fleet.room().await;
    person.has_track(AGENT).await;
    ask(&fleet, &mut person, "What froze in the ice?").await;
    // Without a word, as when the network is gone or the tab is.
    drop(person);
    let (url, token) = fleet.door(&room, "guest").await;
    let mut person = Person::join(&url, &token).await;
    person.has_track(AGENT).await;
    fleet.models.hears("What did they build?");
    let folder = crate::scratch::folder();
    person
        .say(&write_recording(folder.path(), "question.wav", true, 0))
        .await;
    person.until("an answer", |event| is(event, "sound", AGENT)).await;
    fleet
        .timeline(&room, "what was said after the return", |lines| {
            lines.iter().any(|line| line == "user: What did they build?")
        })
        .await;
    assert_eq!(worker.logged("claimed a room"), 1);
}
