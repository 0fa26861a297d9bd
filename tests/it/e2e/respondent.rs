//! The respondent's page in a real Chromium, with a recorded microphone.

use reqwest::Method;
use serde_json::{Value, json};

use super::browser::{Browser, of};
use super::harness::Stack;

/// Links that the script of troubles takes after the first, which is too late.
const LINKS: u32 = 6;

/// New interviews, so many.
async fn interviews(stack: &Stack, count: u32) -> Vec<Value> {
    let project = json!({
        "name": "Mornings", "research_goals": "How mornings go.", "interview_guide": "1. How was today?",
        "character_id": "ada",
    });
    let project = stack
        .call(Method::POST, "/custdev/api/projects", Some(project))
        .await;
    let body = json!({"project_id": project["id"], "topics_for_respondent": "Your mornings", "count": count});
    let made = stack
        .call(Method::POST, "/custdev/api/interviews/rooms", Some(body))
        .await;
    made["rooms"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_respondent_joins_talks_reads_and_ends() {
    let stack = Stack::start().await;
    stack.models.answers("Welcome. How was this morning?");
    stack.models.hears("It was late, as ever.");
    let [room] = interviews(&stack, 1).await.try_into().unwrap();

    let recording = stack.recording_with_pause();
    let arguments = [room["url"].as_str().unwrap(), recording.to_str().unwrap()];
    let events = Browser::run("respondent.py", &arguments).await.finished().await;
    assert_eq!(of(&events, "audible")["is_audible"], true);
    let captions = of(&events, "captions")["text"].as_str().unwrap();
    assert!(captions.contains("late, as ever"), "{captions}");

    let path = format!("/custdev/api/interviews/rooms/{}", room["id"].as_str().unwrap());
    let over = stack.call(Method::GET, &path, None).await;
    assert_eq!(over["status"], "finished");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_tells_a_respondent_what_happened_and_what_to_do() {
    let mut stack = Stack::start().await;
    stack.models.answers("Welcome. How was this morning?");
    stack.models.hears("It was late, as ever.");
    let mut rooms = interviews(&stack, 1).await;
    stack.alter("UPDATE interviews SET expires_at = 1").await;
    rooms.extend(interviews(&stack, LINKS).await);
    let recording = stack.recording_with_pause();
    let mut arguments: Vec<&str> = rooms.iter().map(|room| room["url"].as_str().unwrap()).collect();
    arguments.push(recording.to_str().unwrap());
    let mut browser = Browser::run("respondent_troubles.py", &arguments).await;
    for (event, change) in [
        (
            "break the database",
            "ALTER TABLE interviews RENAME TO broken_interviews",
        ),
        (
            "mend the database",
            "ALTER TABLE broken_interviews RENAME TO interviews",
        ),
    ] {
        browser.asked(event).await;
        stack.alter(change).await;
        browser.done().await;
    }
    browser.asked("stop the voice server").await;
    stack.stop_livekit().await;
    browser.done().await;
    browser.asked("stop the server").await;
    stack.kill().await;
    browser.done().await;
    of(&browser.finished().await, "done");
}
