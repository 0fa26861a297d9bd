//! `troupe agents try`, with a language model that is written by the test.

use std::process::Stdio;

use serde_json::Value;
use tokio::io::AsyncWriteExt;

use super::harness::troupe;
use super::models::{Fault, Models};

#[tokio::test]
async fn a_character_answers_in_writing_and_remembers() {
    let models = Models::start().await;
    models.answers("Wind it a little every day.");
    let folder = tempfile::tempdir().unwrap();
    let run = async |input: &str| {
        let mut child = troupe(folder.path())
            .args(["agents", "try", "ada", "--json", "--who", "Carol"])
            .env("OPENAI_BASE_URL", models.base_url())
            .env("OPENAI_API_KEY", "test-key")
            .env("TROUPE_LLM", "openai:scripted")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .await
            .unwrap();
        child.wait_with_output().await.unwrap()
    };
    let output = run("How long will it last?\n\nAre you sure, Ada?\n").await;
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), 2, "{text}");
    assert_eq!(
        (&answers[0]["name"], &answers[0]["text"]),
        (&"Ada".into(), &"Wind it a little every day.".into())
    );
    let asked = models.asked();
    let last = asked.last().unwrap();
    for part in [
        "How long will it last?",
        "Wind it a little every day.",
        "Are you sure, Ada?",
        "Carol",
    ] {
        assert!(last.contains(part), "{part} in {last}");
    }
    models.fails(Fault::Status);
    let output = run("And now?\n").await;
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("write an answer"));
}
