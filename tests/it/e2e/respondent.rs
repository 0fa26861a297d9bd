//! The respondent's page in a real Chromium, with a recorded microphone.

use reqwest::Method;
use serde_json::json;

use super::browser::{Browser, of};
use super::harness::Stack;

#[tokio::test(flavor = "multi_thread")]
async fn a_respondent_joins_talks_reads_and_ends() {
    let stack = Stack::start().await;
    stack.models.answers("Welcome. How was this morning?");
    stack.models.hears("It was late, as ever.");
    let project = json!({
        "name": "Mornings", "research_goals": "How mornings go.", "interview_guide": "1. How was today?",
        "character_id": "ada",
    });
    let project = stack
        .call(Method::POST, "/custdev/api/projects", Some(project))
        .await;
    let body = json!({"project_id": project["id"], "topics_for_respondent": "Your mornings"});
    let made = stack
        .call(Method::POST, "/custdev/api/interviews/rooms", Some(body))
        .await;
    let room = &made["rooms"][0];

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
