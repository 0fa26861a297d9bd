//! Kills workers in the middle of a sentence.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use super::super::person::{Person, is};
use super::harness::{AGENT, Fleet, LONG, ask};

/// Longest time between the first sound of a sentence and the kill, ms; between two heartbeats anywhere.
const WITHIN_MS: u64 = 2_000;

/// What a person's ears tell of one character: how many voices of it sounded at once at most.
fn voices(person: &Person) -> usize {
    let (mut now, mut most) = (0usize, 0);
    for event in &person.events {
        if is(event, "sound", AGENT) {
            now += 1;
            most = most.max(now);
        } else if is(event, "silence", AGENT) {
            now = now.saturating_sub(1);
        }
    }
    most
}

pub(crate) async fn run(kills: usize) {
    let fleet = Fleet::start().await;
    fleet.models.answers(LONG);
    let machines = [fleet.machine("one").await, fleet.machine("two").await];
    let mut workers = [
        fleet.worker(&machines[0], 0).await,
        fleet.worker(&machines[1], 0).await,
    ];
    let mut claimed = [0, 0];
    let (mut silences, mut lost, mut twice, mut most) = (Vec::new(), 0, 0, 0);
    for kill in 1..=kills {
        let (room, mut person) = fleet.room().await;
        person.has_track(AGENT).await;
        let holder = usize::from(workers[1].logged("claimed a room") > claimed[1]);
        let question = format!("Question {kill}: why does it stand there?");
        ask(&fleet, &mut person, &question).await;
        tokio::time::sleep(Duration::from_millis(rand::random::<u64>() % WITHIN_MS)).await;
        let killed = Instant::now();
        workers[holder].kill().await;
        person.hears_out(AGENT).await;
        person.hears(AGENT).await;
        let silence = killed.elapsed();
        silences.push(u64::try_from(silence.as_millis()).unwrap());
        let lines = fleet.timeline(&room, "the timeline", |_| true).await;
        let stored = lines.iter().filter(|line| line.ends_with(&question)).count();
        lost += usize::from(stored == 0);
        twice += stored.saturating_sub(1);
        most = most.max(voices(&person));
        eprintln!("{kill} of {kills}: {} ms, {stored} entries", silence.as_millis());
        fleet
            .call(Method::POST, &format!("/v1/rooms/{room}/end"), None)
            .await;
        person
            .until("the end", |event| event["event"] == "disconnected")
            .await;
        workers[holder] = fleet.worker(&machines[holder], 0).await;
        claimed = [
            workers[0].logged("claimed a room"),
            workers[1].logged("claimed a room"),
        ];
    }
    silences.sort_unstable();
    let figures = json!({
        "bench": "takeover",
        "kills": kills,
        "silenceMsP50": crate::quantile(&silences, 0.5),
        "silenceMsP99": crate::quantile(&silences, 0.99),
        "silenceMsMax": silences.last(),
        "voicesAtOnceMax": most,
        "entriesLost": lost,
        "entriesTwice": twice,
    });
    println!("{figures}");
}
