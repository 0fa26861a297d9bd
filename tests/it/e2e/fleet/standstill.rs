//! SIGSTOP for longer than a lease.

use std::time::Instant;

use super::harness::{AGENT, Fleet, ask, took};

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stood_still_leaves_without_a_word() {
    let fleet = Fleet::start().await;
    let (one, two) = (fleet.machine("one").await, fleet.machine("two").await);
    let mut first = fleet.worker(&one, 0).await;
    let (room, mut person) = fleet.room().await;
    person.has_track(AGENT).await;
    ask(&fleet, &mut person, "Why does it stand there?").await;
    let mut second = fleet.worker(&two, 0).await;
    let stopped = Instant::now();
    first.signal("-STOP").await;
    second.logs("claimed a room", 1).await;
    second.logs("character joined", 1).await;
    took("SIGSTOP", "the next one is there", stopped);
    let woken = Instant::now();
    first.signal("-CONT").await;
    first.logs("a room is no longer this worker's", 1).await;
    took("SIGCONT", "the worker has left without a word", woken);
    let lines = fleet
        .timeline(&room, "the answer of the second worker", |lines| {
            lines.iter().any(|line| line.starts_with("agent:"))
        })
        .await;
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert_eq!(second.logged("a room is no longer this worker's"), 0);
}
