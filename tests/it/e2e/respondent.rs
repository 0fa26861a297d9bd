//! The respondent's page in a real Chromium, with a recorded microphone.

use std::path::Path;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::process::Command;

use super::harness::Stack;
use crate::client::python_with;
use crate::packages::{BROWSER_DRIVER, browser};

/// Time for all of it. Nothing is measured by it.
const WITHIN: Duration = Duration::from_secs(120);

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

    let pictures = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/e2e/respondent.py");
    let output = Command::new(python_with(&BROWSER_DRIVER).await)
        .arg(script)
        .arg(browser())
        .arg(room["url"].as_str().unwrap())
        .arg(stack.recording_with_pause())
        .arg(pictures.path())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(WITHIN, output).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let events: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let failure = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{events:#?}\n{failure}");
    let refused = |event: &&Value| {
        let text = event["text"].as_str().unwrap_or_default();
        event["event"] == "error" || text.contains("Content Security Policy")
    };
    assert_eq!(
        events.iter().find(refused),
        None,
        "the page keeps to its own policy"
    );
    let of = |name: &str| events.iter().find(|event| event["event"] == name).unwrap();
    assert_eq!(of("audible")["is_audible"], true);
    let captions = of("captions")["text"].as_str().unwrap();
    assert!(captions.contains("late, as ever"), "{captions}");

    let path = format!("/custdev/api/interviews/rooms/{}", room["id"].as_str().unwrap());
    let over = stack.call(Method::GET, &path, None).await;
    assert_eq!(over["status"], "finished");
    for picture in ["before.png", "talk.png", "after.png"] {
        assert!(pictures.path().join(picture).is_file(), "{picture}");
    }
}
