//! What happens between a worker and the API.

use std::time::{Duration, Instant};

use super::harness::{AGENT, Fleet, ask, took};
use super::proxy::Fate;

#[tokio::test(flavor = "multi_thread")]
async fn a_talk_goes_on_while_the_api_is_away_for_less_than_the_lease() {
    let fleet = Fleet::start().await;
    fleet.models.answers("It was the ferry.");
    let machine = fleet.machine("one").await;
    let mut worker = fleet.worker(&machine, 0).await;
    let (room, mut person) = fleet.room().await;
    person.has_track(AGENT).await;
    machine.proxy.cut();
    worker.logs("send a heartbeat", 1).await;
    ask(&fleet, &mut person, "What froze in the ice?").await;
    machine.proxy.mend();
    let lines = fleet
        .timeline(&room, "both lines", |lines| lines.len() >= 2)
        .await;
    assert_eq!(
        lines,
        ["user: What froze in the ice?", "agent: It was the ferry."]
    );
    assert_eq!(worker.logged("claimed a room"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_without_an_api_leaves_before_its_lease_is_over() {
    let fleet = Fleet::start().await;
    let (one, two) = (fleet.machine("one").await, fleet.machine("two").await);
    let mut first = fleet.worker(&one, 0).await;
    let (room, mut person) = fleet.room().await;
    person.has_track(AGENT).await;
    let mut second = fleet.worker(&two, 0).await;
    let cut = Instant::now();
    one.proxy.cut();
    first.logs("a room is no longer this worker's", 1).await;
    took("no API for longer than a lease", "the worker has left", cut);
    assert_eq!(second.logged("claimed a room"), 0, "its lease runs still");
    second.logs("claimed a room", 1).await;
    took("no API for longer than a lease", "the next one has the room", cut);
    second.logs("character joined", 1).await;
    took("no API for longer than a lease", "the next one is there", cut);
    fleet.models.answers("It was the ferry.");
    ask(&fleet, &mut person, "What froze in the ice?").await;
    fleet
        .timeline(&room, "both lines", |lines| lines.len() >= 2)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_whose_answer_is_lost_is_answered_again() {
    let fleet = Fleet::start().await;
    fleet.models.answers("It was the ferry.");
    let machine = fleet.machine("one").await;
    let mut worker = fleet.worker(&machine, 0).await;
    let mut lost = 0;
    machine.proxy.rule(move |path| {
        // The poll that waits already passes; the next ones lose what they are answered.
        if path.ends_with("/claims") && lost < 1 {
            lost += 1;
            return Fate::AnswerIsLost;
        }
        Fate::Passes
    });
    let (_, mut person) = fleet.room().await;
    let started = Instant::now();
    worker.logs("claimed a room", 1).await;
    person.has_track(AGENT).await;
    took("a claim's answer is lost", "the character is there", started);
    ask(&fleet, &mut person, "What froze in the ice?").await;
    assert_eq!(worker.logged("claimed a room"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn heartbeats_that_are_late_or_overtaken_cost_nothing() {
    let fleet = Fleet::start().await;
    fleet.models.answers("It was the ferry.");
    let machine = fleet.machine("one").await;
    let mut worker = fleet.worker(&machine, 0).await;
    let mut beats = 0;
    machine.proxy.rule(move |path| {
        beats += usize::from(path.ends_with("/heartbeat"));
        match path.ends_with("/heartbeat") && beats % 2 == 0 {
            true => Fate::IsLate(Duration::from_secs(3)),
            false => Fate::Passes,
        }
    });
    let (room, mut person) = fleet.room().await;
    person.has_track(AGENT).await;
    worker.logs("send a heartbeat: no answer", 2).await;
    ask(&fleet, &mut person, "What froze in the ice?").await;
    fleet
        .timeline(&room, "both lines", |lines| lines.len() >= 2)
        .await;
    assert_eq!(worker.logged("a room is no longer this worker's"), 0);
}
