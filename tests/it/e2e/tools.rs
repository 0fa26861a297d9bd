//! A character that looks something up while people wait for its answer.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use troupe_realtime::Provider;
use troupe_realtime::scripted::{Act, Door, Server};

use super::harness::Stack;
use super::person::Person;
use crate::tools::{desk::Desk, weather, web::Web};

/// Time until a server has been asked, or told to give up.
const WITHIN: Duration = Duration::from_secs(20);

fn contents(entries: &[Value]) -> Vec<&str> {
    entries
        .iter()
        .map(|entry| entry["content"].as_str().unwrap())
        .collect()
}

/// A room with a new character of this description, how that is called in it, and a person who has its track.
async fn talk_with(stack: &Stack, character: Value) -> (String, String, Person) {
    let made = stack.call(Method::POST, "/v1/characters", Some(character)).await;
    let id = made["id"].as_str().unwrap();
    let agent = format!("agent-{id}");
    let room = stack.room(&[id]).await;
    let mut person = stack.guest(&room).await;
    stack.begin(&room).await;
    person.has_track(&agent).await;
    (room, agent, person)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_character_looks_things_up_once_bridges_the_wait_and_gives_up_when_interrupted() {
    let stack = Stack::start_with(|command| {
        command.env("TROUPE_TOOL_ALLOW_PRIVATE", "true");
    })
    .await;
    let (web, desk) = (Web::start().await, Desk::start().await);
    let body = json!({
        "name": "Vera", "persona": "You are Vera, who knows the weather.",
        "tools": [weather(&web.url), { "kind": "mcp", "name": "desk", "url": desk.url }],
    });
    let (room, agent, mut person) = talk_with(&stack, body).await;

    // The answer waits for the weather, and a word bridges the wait.
    let question = "Vera, how is the weather?";
    stack.models.hears(question);
    stack.models.answers("It rains, take an umbrella.");
    stack.models.uses("weather", json!({ "city": "slow" }));
    let recording = stack.recording();
    person.say(&recording).await;
    person.hears(&agent).await;
    person.hears_out(&agent).await;
    web.released.notify_one();
    person.hears(&agent).await;
    person.hears_out(&agent).await;
    let said = "One moment please. It rains, take an umbrella.";
    assert_eq!(contents(&stack.entries(&room, 2).await), [question, said]);
    // However often the answer was begun in advance, the weather was asked for once.
    assert_eq!(web.asked(), ["slow?"]);

    // An MCP server's tool that never answers ends when somebody cuts in.
    stack.models.uses("desk_ponder", json!({}));
    person.say(&recording).await;
    tokio::time::timeout(WITHIN, desk.pondering.notified())
        .await
        .unwrap();
    person.hears(&agent).await;
    stack.models.uses("desk_find_slot", json!({ "day": "Monday" }));
    stack.models.answers("Tuesday at nine.");
    let second = "No, forget it, when are you free?";
    stack.models.hears(second);
    person.say(&recording).await;
    tokio::time::timeout(WITHIN, desk.stopped.notified())
        .await
        .unwrap();
    let entries = stack
        .entries_until(&room, |entries| {
            contents(entries).last() == Some(&"Tuesday at nine.")
        })
        .await;
    let contents = contents(&entries);
    assert!(
        !contents.iter().any(|content| content.contains("Never heard")),
        "{contents:?}"
    );
    assert_eq!(desk.asked(), ["ponder {}", "find.slot {\"day\":\"Monday\"}"]);
    let last = stack.models.asked().pop().unwrap();
    assert!(last.contains("Tuesday at nine is free."), "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_speaks_by_itself_looks_things_up() {
    let server = Server::start(Provider::OpenAi, Door::default(), Vec::new())
        .await
        .unwrap();
    server.otherwise(Act::Call {
        words: "Let me look. ".to_owned(),
        name: "weather".to_owned(),
        arguments: json!({ "city": "Oslo" }).to_string(),
        then: Box::new(Act::Say {
            words: "It rains.".to_owned(),
            sound: Duration::from_secs(1),
        }),
    });
    let stack = Stack::start_with(|command| {
        command
            .env("TROUPE_TOOL_ALLOW_PRIVATE", "true")
            .env("OPENAI_REALTIME_URL", server.url());
    })
    .await;
    let web = Web::start().await;
    let body = json!({
        "name": "Vera", "persona": "You are Vera, who knows the weather.",
        "models": { "realtime": "openai:gpt-realtime" }, "tools": [weather(&web.url)],
    });
    let (room, agent, mut person) = talk_with(&stack, body).await;
    stack.models.hears("Vera, how is the weather?");
    person.say(&stack.recording()).await;
    person.hears(&agent).await;
    let said = "Let me look. It rains.";
    stack
        .entries_until(&room, |entries| contents(entries).contains(&said))
        .await;
    // A recording may be two turns, and the second one asks again.
    assert_eq!(web.asked().first().map(String::as_str), Some("Oslo?"));
    let told: String = server.heard().iter().map(ToString::to_string).collect();
    assert!(told.contains("It rains in Oslo."), "{told}");
}
