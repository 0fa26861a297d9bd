//! A worker that is near its memory limit.

use super::harness::{AGENT, Fleet, ask};

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_without_memory_leaves_rooms_to_others() {
    let fleet = Fleet::start().await;
    fleet.models.answers("It was the ferry.");
    let (one, two) = (fleet.machine("one").await, fleet.machine("two").await);
    let health = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let settings = [
        ("TROUPE_MEMORY_MAX_MIB", "1"),
        ("TROUPE_HEALTH", &*health.to_string()),
    ];
    let mut short = fleet.worker_with(&one, &settings);
    short.logs("memory is short", 1).await;
    let is_known = fleet.until("its health", async || {
        let answer = reqwest::get(format!("http://{health}/worker")).await.ok()?;
        answer.json::<serde_json::Value>().await.ok()
    });
    let standing = is_known.await;
    assert_eq!(standing["takes_rooms"], false, "{standing}");
    let ready = reqwest::get(format!("http://{health}/")).await.unwrap();
    assert_eq!(ready.status(), 503);

    let (_, mut person) = fleet.room().await;
    let mut other = fleet.worker(&two, 0).await;
    other.logs("claimed a room", 1).await;
    person.has_track(AGENT).await;
    ask(&fleet, &mut person, "What froze in the ice?").await;
    assert_eq!(short.logged("claimed a room"), 0);
}
