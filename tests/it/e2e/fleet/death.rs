//! SIGKILL.

use std::time::Instant;

use super::harness::{AGENT, Fleet, ask, took};
use super::proxy::Fate;

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_in_the_middle_of_a_sentence_is_taken_over_with_its_context() {
    let fleet = Fleet::start().await;
    let (one, two) = (fleet.machine("one").await, fleet.machine("two").await);
    let mut first = fleet.worker(&one, 0).await;
    let (room, mut person) = fleet.room().await;
    person.has_track(AGENT).await;
    ask(&fleet, &mut person, "Why does it stand there?").await;
    let mut second = fleet.worker(&two, 0).await;
    fleet
        .timeline(&room, "the question", |lines| !lines.is_empty())
        .await;
    fleet.knows_of(&room, "Well,").await;
    let killed = Instant::now();
    first.kill().await;
    second.logs("claimed a room", 1).await;
    let asked = fleet.asks("A technical fault cut you off").await;
    assert!(asked.contains("You had begun to say: \"Well,"), "{asked}");
    assert!(asked.contains("Guest: Why does it stand there?"), "{asked}");
    person.hears_out(AGENT).await;
    person.hears(AGENT).await;
    took("SIGKILL in mid-sentence", "the character speaks again", killed);
    let lines = fleet
        .timeline(&room, "the answer", |lines| {
            lines.iter().any(|line| line.starts_with("agent:"))
        })
        .await;
    let questions = lines.iter().filter(|line| line.starts_with("user:"));
    assert_eq!(questions.count(), 1, "{lines:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_worker_could_not_hand_in_comes_from_its_disk() {
    let fleet = Fleet::start().await;
    fleet.models.answers("It was the ferry.");
    let machine = fleet.machine("one").await;
    let mut first = fleet.worker(&machine, 0).await;
    let (room, mut person) = fleet.room().await;
    person.has_track(AGENT).await;
    machine.proxy.rule(|path| match path.ends_with("/entries") {
        true => Fate::IsLost,
        false => Fate::Passes,
    });
    ask(&fleet, &mut person, "What froze in the ice?").await;
    person.hears_out(AGENT).await;
    first.logs("hand in entries, will try again", 2).await;
    let killed = Instant::now();
    first.kill().await;
    machine.proxy.mend();
    let mut next = fleet.worker(&machine, 0).await;
    next.logs("hand in what a former process left", 1).await;
    let lines = fleet
        .timeline(&room, "both lines", |lines| lines.len() >= 2)
        .await;
    assert_eq!(
        lines,
        ["user: What froze in the ice?", "agent: It was the ferry."]
    );
    next.logs("claimed a room", 1).await;
    took(
        "SIGKILL, restarted on its disk",
        "the room is played again",
        killed,
    );
}
