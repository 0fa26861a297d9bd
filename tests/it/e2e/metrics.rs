//! What Prometheus is told of a stack in which somebody was answered.

use std::net::TcpListener;

use super::harness::Stack;

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

async fn text(address: &str, path: &str) -> String {
    let answer = reqwest::get(format!("http://{address}{path}")).await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.text().await.unwrap()
}

/// The value of a sample without labels.
fn value(page: &str, name: &str) -> f64 {
    let line = page
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
        .unwrap_or_else(|| panic!("{name} is missing from {page}"));
    line.trim().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_and_delays_are_told_and_nobody_is_named() {
    let (health, metrics) = (free_address(), free_address());
    let stack = Stack::start_with(|command| {
        command
            .env("TROUPE_HEALTH", &health)
            .env("TROUPE_METRICS", &metrics);
    })
    .await;
    let [(character, name)] = stack.characters().await;
    let room = stack.room(&[&character]).await;
    stack.begin(&room).await;
    let mut person = stack.guest(&room).await;
    let identity = format!("agent-{character}");
    person.has_track(&identity).await;
    stack
        .models
        .hears(&format!("{name}, how old is the Brooklyn Bridge?"));
    person.say(&stack.recording()).await;
    person.hears(&identity).await;
    person.hears_out(&identity).await;

    let worker = text(&health, "/metrics").await;
    assert_eq!(value(&worker, "lk_agents_active_job_count"), 1.0);
    assert!(value(&worker, "lk_agents_worker_load") > 0.0);
    assert_eq!(value(&worker, "troupe_rooms_claimed_total"), 1.0);
    for delay in [
        "troupe_join",
        "troupe_end_of_turn_delay",
        "troupe_first_audio_delay",
        "troupe_transcription_delay",
        "troupe_llm_ttft",
        "troupe_tts_ttfb",
    ] {
        assert!(
            value(&worker, &format!("{delay}_seconds_count")) >= 1.0,
            "{delay}"
        );
    }
    assert!(value(&worker, "process_resident_memory_bytes") > 1e6);

    let standing: serde_json::Value = serde_json::from_str(&text(&health, "/worker").await).unwrap();
    assert_eq!(
        (&standing["active_jobs"], &standing["takes_rooms"]),
        (&1.into(), &true.into())
    );

    let server = text(&metrics, "/metrics").await;
    assert_eq!(value(&server, "troupe_rooms_playing"), 1.0);
    assert_eq!(value(&server, "troupe_rooms_waiting"), 0.0);
    assert_eq!(value(&server, "troupe_workers"), 1.0);
    assert!(server.contains(r#"route="/v1/rooms/{roomId}/start""#), "{server}");
    for page in [&worker, &server] {
        assert!(page.ends_with("# EOF\n"), "the page is whole");
        for private in [room.as_str(), &name, &stack.key, "Brooklyn"] {
            assert!(!page.contains(private), "{private} is told");
        }
    }
}
