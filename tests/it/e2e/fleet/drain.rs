//! SIGTERM.

use std::time::Instant;

use super::harness::{AGENT, Fleet, LONG, ask, took};

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_told_to_stop_hands_over_between_two_turns() {
    let fleet = Fleet::start().await;
    let (one, two) = (fleet.machine("one").await, fleet.machine("two").await);
    // Its sentence ends before that.
    let mut first = fleet.worker(&one, 60).await;
    let (room, mut person) = fleet.room().await;
    person.has_track(AGENT).await;
    ask(&fleet, &mut person, "Why does it stand there?").await;
    let mut second = fleet.worker(&two, 0).await;
    first.signal("-TERM").await;
    fleet
        .timeline(&room, "the whole answer", |lines| {
            lines.last().is_some_and(|line| line == &format!("agent: {LONG}"))
        })
        .await;
    // It still plays, and takes nothing new; told once more, it leaves.
    let told = Instant::now();
    first.signal("-TERM").await;
    assert!(first.ends().await.success());
    second.logs("claimed a room", 1).await;
    person.has_track_again(AGENT).await;
    took("SIGTERM twice", "the next one is there", told);
    fleet.models.answers("It froze every winter.");
    ask(&fleet, &mut person, "And the ferry?").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_that_is_cut_by_the_end_of_the_grace_is_taken_up_again() {
    let fleet = Fleet::start().await;
    let (one, two) = (fleet.machine("one").await, fleet.machine("two").await);
    let mut first = fleet.worker(&one, 0).await;
    let (room, mut person) = fleet.room().await;
    person.has_track(AGENT).await;
    ask(&fleet, &mut person, "Why does it stand there?").await;
    let mut second = fleet.worker(&two, 0).await;
    let told = Instant::now();
    first.signal("-TERM").await;
    assert!(first.ends().await.success());
    second.logs("claimed a room", 1).await;
    took("SIGTERM without grace", "the next one has the room", told);
    fleet.asks("A technical fault cut you off").await;
    fleet
        .timeline(&room, "the cut line and the new one", |lines| {
            lines.iter().filter(|line| line.starts_with("agent:")).count() >= 2
        })
        .await;
}
