//! The stage page in a real Chromium, with a recorded microphone.

use reqwest::Method;
use serde_json::json;

use super::browser::{Browser, of};
use super::harness::Stack;

/// So long that it is still being said when the recorded microphone comes round again.
const LONG: &str = "A patient hand, to begin with, and then a spring that wants to let go but is not allowed to. After \
    that come the wheels, each a little slower than the one before, and every tooth of them says not yet. The pallets \
    rock, the balance swings, and if you listen you can hear the whole argument between hurry and patience go on for \
    years. I have heard it in church towers, where the wind joins in, and in ladies' watches, where it is a whisper. \
    A good clock loses a little and admits it. A bad one pretends, and is found out by the sun.";

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_talks_cuts_in_ends_and_plays_it_back() {
    let stack = Stack::start_with(|command| {
        command.env("TROUPE_TRACE_URL", "https://traces.example/trace/{traceId}");
    })
    .await;
    stack.models.answers(LONG);
    stack.models.hears("What makes a good clock?");
    let recording = stack.recording_with_pause();
    let arguments = [stack.page_url.as_str(), recording.to_str().unwrap()];
    let mut browser = Browser::run("stage_talk.py", &arguments).await;
    browser.asked("answer shortly").await;
    stack.models.answers("Older than you and I together.");
    browser.done().await;
    let events = browser.finished().await;

    let address = of(&events, "address")["text"].as_str().unwrap();
    assert!(
        !address.contains("link"),
        "the code is gone from the address: {address}"
    );
    for (event, fact) in [
        ("audible", "is_audible"),
        ("silent", "is_silent"),
        ("playback", "is_audible"),
    ] {
        assert_eq!(of(&events, event)[fact], true, "{event}");
    }
    let captions = of(&events, "captions")["text"].as_str().unwrap();
    for words in [
        "What makes a good clock?",
        "A patient hand",
        "Hold on a moment.",
        "Older than you",
    ] {
        assert!(captions.contains(words), "{words} in {captions}");
    }

    let seen = of(&events, "operator");
    let lanes = seen["lanes"].as_array().unwrap();
    assert!(
        lanes.contains(&json!("Ada")) && lanes.contains(&json!("Carol")),
        "{seen}"
    );
    assert!(
        seen["waits"].as_u64().unwrap() > 0 && seen["turns"].as_u64().unwrap() > 1,
        "{seen}"
    );
    assert_eq!(of(&events, "turn played")["is_audible"], true);
    let stages = of(&events, "stages");
    let steps = stages["steps"].as_str().unwrap();
    for step in [
        "End of turn decided after",
        "First token after",
        "Voice ready after",
        "First sound after",
    ] {
        assert!(steps.contains(step), "{step} in {steps}");
    }
    let traces = stack
        .transcript(of(&events, "room")["id"].as_str().unwrap())
        .await;
    let opened = stages["trace"]
        .as_str()
        .unwrap()
        .strip_prefix("https://traces.example/trace/");
    assert!(
        traces.iter().any(|entry| entry["traceId"].as_str() == opened),
        "{opened:?} is the trace of a line: {traces:#?}"
    );

    let room = of(&events, "room")["id"].as_str().unwrap();
    let transcript = stack.transcript(room).await;
    let said = |speaker: &str| -> Vec<&str> {
        let entries = transcript.iter().filter(|entry| entry["speakerType"] == speaker);
        entries.map(|entry| entry["content"].as_str().unwrap()).collect()
    };
    let cut: Vec<&str> = said("agent")
        .into_iter()
        .filter(|line| LONG.starts_with(line))
        .collect();
    assert!(cut.len() >= 2, "by voice and by a click: {transcript:#?}");
    assert!(
        !cut.contains(&LONG),
        "nobody heard it to its end: {transcript:#?}"
    );
    for line in ["Hold on a moment.", "How old is your oldest clock?"] {
        assert!(said("user").contains(&line), "{transcript:#?}");
    }
    assert!(transcript.iter().any(|entry| entry["speakerName"] == "Carol"));
    let download = of(&events, "download")["text"].as_str().unwrap();
    assert!(
        download.contains("] You: What makes a good clock?") && download.contains("] Ada: A patient hand"),
        "{download}"
    );
    let over = stack.call(Method::GET, &format!("/v1/rooms/{room}"), None).await;
    assert!(over["endedAt"].is_string() && over["record"] == true, "{over}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_says_what_happened_and_what_to_do() {
    let mut stack = Stack::start().await;
    let url = stack.page_url.clone();
    let mut browser = Browser::run("stage_troubles.py", &[&url]).await;
    let room = browser.asked("end the room").await;
    let path = format!("/v1/rooms/{}/end", room["id"].as_str().unwrap());
    stack.call(Method::POST, &path, Some(json!({}))).await;
    browser.done().await;
    browser.asked("stop the voice server").await;
    stack.stop_livekit().await;
    browser.done().await;
    browser.asked("end the pass").await;
    stack.alter("UPDATE page_passes SET expires_at = 1").await;
    browser.done().await;
    browser.asked("stop the server").await;
    stack.kill().await;
    browser.done().await;
    of(&browser.finished().await, "done");
}
