//! A rolling upgrade: workers of an older and of a newer version beside one API, and an API that is newer than both.

use std::time::Instant;

use serde_json::{Value, json};

use super::harness::{AGENT, Fleet, ask, took};

/// Fields that workers have not always sent, by the struct that holds them.
const NEWER: [&str; 4] = ["beat", "notes", "note", "turn"];

/// Takes out of every object what an older worker would not have sent.
fn older(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !NEWER.contains(&name.as_str()));
            fields.values_mut().for_each(older);
        }
        Value::Array(values) => values.iter_mut().for_each(older),
        _ => {}
    }
}

/// Puts into every object what a newer API might add. A character's voices are no struct: their names are people's.
fn newer(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                if name != "voices" {
                    newer(value);
                }
            }
            fields.insert("addedLater".into(), json!({ "of": ["no", "concern"] }));
        }
        Value::Array(values) => values.iter_mut().for_each(newer),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_upgrade_keeps_the_talk() {
    let fleet = Fleet::start().await;
    fleet.models.answers("It was the ferry.");
    let (old, new) = (fleet.machine("old").await, fleet.machine("new").await);
    old.proxy.rewrite_questions(older);
    for machine in [&old, &new] {
        machine.proxy.rewrite(newer);
    }
    let mut first = fleet.worker(&old, 0).await;
    let (room, mut person) = fleet.room().await;
    first.logs("character joined", 1).await;
    person.has_track(AGENT).await;
    ask(&fleet, &mut person, "What froze in the ice?").await;
    let both = |lines: &[String]| lines.len() >= 2;
    fleet.timeline(&room, "what the old worker played", both).await;
    let mut second = fleet.worker(&new, 0).await;
    let told = Instant::now();
    first.signal("-TERM").await;
    assert!(first.ends().await.success());
    second.logs("claimed a room", 1).await;
    person.has_track_again(AGENT).await;
    took("a rolling upgrade", "the new worker's character is there", told);
    // And back, as when an upgrade is taken back.
    let third = fleet.worker(&old, 0).await;
    ask(&fleet, &mut person, "And what came after it?").await;
    let lines = fleet
        .timeline(&room, "what both played", |lines| lines.len() >= 4)
        .await;
    assert_eq!(lines[0], "user: What froze in the ice?");
    assert!(
        lines.contains(&"user: And what came after it?".to_owned()),
        "{lines:#?}"
    );
    drop(third);
}
