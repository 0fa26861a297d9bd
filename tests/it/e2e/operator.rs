//! The operator's page in a real Chromium: what goes wrong there, and a report as it is read.

use reqwest::Method;
use serde_json::json;

use super::browser::{Browser, of};
use super::harness::Stack;
use super::person::Person;

/// The built-in role-play in which Ada speaks first.
const ROLEPLAY: &str = "5241c23e-67a0-4106-b1c6-cc3e9ddacff0";

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_tells_an_operator_what_happened_and_what_to_do() {
    let mut stack = Stack::start().await;
    let url = stack.page_url.clone();
    let mut browser = Browser::run("operator_troubles.py", &[&url]).await;
    for (event, change) in [
        ("end the pass", "UPDATE page_passes SET expires_at = 1"),
        (
            "prolong the pass",
            "UPDATE page_passes SET expires_at = 9999999999999",
        ),
    ] {
        browser.asked(event).await;
        stack.alter(change).await;
        browser.done().await;
    }
    browser.asked("stop the server").await;
    stack.kill().await;
    browser.done().await;
    of(&browser.finished().await, "done");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_read_printed_and_downloaded() {
    let stack = Stack::start().await;
    stack.models.answers("Where are the screws that I ordered?");
    let body = json!({
        "premadeRoleplayId": ROLEPLAY, "userUniqueIdentifier": "user-123", "userName": "John Doe", "recordVideo": false,
    });
    let made = stack
        .call(Method::POST, "/api/roleplay/create-room", Some(body))
        .await;
    let text = |key: &str| made["data"][key].as_str().unwrap();
    let room = text("roleplayId");
    let mut person = Person::join(text("websocketUrl"), text("accessToken")).await;
    person.hears_out("agent-ada").await;
    for line in [
        "I am sorry, the fault is ours: we sent them to the wrong church a week ago.",
        "You will have them by Friday at noon, and if not, I will drive them over myself.",
    ] {
        person.type_in(line).await;
        person.hears_out("agent-ada").await;
    }
    stack
        .entries_until(room, |entries| {
            entries
                .iter()
                .filter(|entry| entry["speakerType"] == "user")
                .count()
                == 2
        })
        .await;
    let draft = json!({
        "summary": "John owned the fault early and made one promise that can be checked.",
        "items": [
            {"n": 1, "score": null, "comment": ""},
            {"n": 2, "score": 9, "comment": "He took it on himself before he was asked, and blamed nobody.",
                "quotes": [{"line": 2, "text": "the fault is ours"}, {"line": 2, "text": "the fault is mine"}]},
            {"n": 3, "score": 8, "comment": "He named a day, an hour, and what follows.",
                "quotes": [{"line": 4, "text": "by Friday at noon"}]},
        ],
    });
    stack.models.answers(&draft.to_string());
    stack
        .call(Method::POST, &format!("/v1/rooms/{room}/end"), None)
        .await;
    let path = format!("/api/roleplay/{room}");
    super::assigned::until(&stack, &path, |answer| answer["data"]["report"].is_object()).await;

    let arguments = [stack.page_url.as_str(), room];
    let events = Browser::run("report.py", &arguments).await.finished().await;
    let shown = of(&events, "report");
    let words = shown["text"].as_str().unwrap();
    for part in [
        "Role-play",
        "The late delivery",
        "John Doe",
        "84 of 100",
        "owned the fault early",
        "Owns the fault",
        "9 of 10",
        "the fault is ours",
        "by Friday at noon",
        "the talk gave no occasion",
        "1 that did not was left out",
    ] {
        assert!(words.contains(part), "{part} in {words}");
    }
    assert_eq!(shown["quotes"], 2);
    let document = of(&events, "document");
    assert!(document["name"].as_str().unwrap().ends_with(".md"), "{document}");
    assert!(
        document["text"].as_str().unwrap().contains("**84 of 100**"),
        "{document}"
    );
    let data = of(&events, "data")["text"].as_str().unwrap();
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["score"], 84);
}
