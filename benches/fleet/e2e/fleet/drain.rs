//! Tells workers to stop in the middle of a sentence.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::super::person::is;
use super::harness::{AGENT, Fleet, LONG, ask};

/// Longest time between the first sound of a sentence and the signal, ms.
const WITHIN_MS: u64 = 2_000;

/// When the last event of this kind was noticed, ms.
fn last(events: &[Value], kind: &str) -> Option<u64> {
    let event = events.iter().rfind(|event| is(event, kind, AGENT))?;
    event["atMs"].as_u64()
}

pub(crate) async fn run(stops: usize) {
    let fleet = Fleet::start().await;
    fleet.models.answers(LONG);
    let machines = [fleet.machine("one").await, fleet.machine("two").await];
    let (mut handovers, mut silences, mut lost, mut twice) = (Vec::new(), Vec::new(), 0, 0);
    let mut holder = fleet.worker(&machines[0], 0).await;
    for stop in 1..=stops {
        let (room, mut person) = fleet.room().await;
        person.has_track(AGENT).await;
        let mut next = fleet.worker(&machines[stop % 2], 0).await;
        let question = format!("Question {stop}: why does it stand there?");
        ask(&fleet, &mut person, &question).await;
        tokio::time::sleep(Duration::from_millis(rand::random::<u64>() % WITHIN_MS)).await;
        holder.signal("-TERM").await;
        person.has_track_again(AGENT).await;
        person.hears(AGENT).await;
        let at = |kind| last(&person.events, kind).unwrap();
        // The next one may be there before the other's leaving is told.
        let handover = at("track").saturating_sub(at("left"));
        let silent_since = last(&person.events, "silence")
            .unwrap_or(at("left"))
            .min(at("left"));
        let silence = at("sound").saturating_sub(silent_since);
        handovers.push(handover);
        silences.push(silence);
        assert!(holder.ends().await.success());
        let lines = fleet.timeline(&room, "the timeline", |_| true).await;
        let stored = lines.iter().filter(|line| line.ends_with(&question)).count();
        lost += usize::from(stored == 0);
        twice += stored.saturating_sub(1);
        eprintln!(
            "{stop} of {stops}: {handover} ms without a track, {silence} ms of silence, {stored} entries"
        );
        fleet
            .call(Method::POST, &format!("/v1/rooms/{room}/end"), None)
            .await;
        person
            .until("the end", |event| event["event"] == "disconnected")
            .await;
        next.logs("claimed a room", 1).await;
        holder = next;
    }
    handovers.sort_unstable();
    silences.sort_unstable();
    let figures = json!({
        "bench": "drain",
        "stops": stops,
        "handoverMsP50": crate::quantile(&handovers, 0.5),
        "handoverMsP99": crate::quantile(&handovers, 0.99),
        "silenceMsP50": crate::quantile(&silences, 0.5),
        "silenceMsP99": crate::quantile(&silences, 0.99),
        "entriesLost": lost,
        "entriesTwice": twice,
    });
    println!("{figures}");
}
