//! LiveKit's SDKs for Python and Node: their clients join with our tokens, their server sides read them and tell
//! of the same rooms.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::process::Command;
use troupe::rooms::livekit::RoomService;

use super::harness::Stack;
use super::person::{Person, is, script};
use crate::client::python_with;
use crate::node::Node;

/// The server SDK for Python, pinned.
const SERVER_SDK: [&str; 1] = ["livekit-api==1.2.2"];
/// Time for a question to the server. Nothing is measured by it.
const WITHIN: Duration = Duration::from_secs(60);

/// What a script prints, as JSON.
async fn told(mut script: Command) -> Value {
    let output = tokio::time::timeout(WITHIN, script.kill_on_drop(true).output());
    let output = output.await.unwrap().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A room with a character in it, started.
async fn started(stack: &Stack, character: &str) -> String {
    let room = stack.room(&[character]).await;
    stack
        .call(Method::POST, &format!("/v1/rooms/{room}/start"), None)
        .await;
    room
}

async fn way_in(stack: &Stack, room: &str) -> Value {
    let path = format!("/v1/rooms/{room}/token?identity=guest&name=Kim");
    stack.call(Method::GET, &path, None).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_with_the_client_for_node_is_answered() {
    let (stack, node) = (Stack::start().await, Node::with_sdks().await);
    let [(character, name)] = stack.characters().await;
    let room = started(&stack, &character).await;
    let identity = format!("agent-{character}");
    let join = way_in(&stack, &room).await;
    let (url, token) = (join["url"].as_str().unwrap(), join["token"].as_str().unwrap());
    let mut person = Person::join_by_node(&node, url, token).await;
    person.has_track(&identity).await;
    stack
        .models
        .hears(&format!("{name}, how old is the Brooklyn Bridge?"));
    person.say(&stack.recording()).await;
    person.hears(&identity).await;
    person.hears_out(&identity).await;
    // Sound, attributes and text come by ways of their own: none waits for another.
    let speaks = |event: &Value| {
        is(event, "attribute", &identity) && event["key"] == "lk.agent.state" && event["value"] == "speaking"
    };
    person.has("that it says that it speaks", speaks).await;
    let is_written = |event: &Value| {
        is(event, "transcription", &identity)
            && event["text"]
                .as_str()
                .is_some_and(|text| text.contains("good question"))
    };
    person.has("what it says in writing", is_written).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn server_sdks_read_our_tokens_and_tell_of_the_same_rooms() {
    let (stack, node) = (Stack::start().await, Node::with_sdks().await);
    let [(character, _)] = stack.characters().await;
    let room = started(&stack, &character).await;
    let join = way_in(&stack, &room).await;
    let token = join["token"].as_str().unwrap();
    let url = join["url"].as_str().unwrap();
    let mut person = Person::join(url, token).await;
    let identity = format!("agent-{character}");
    person.has_track(&identity).await;
    let livekit_room = stack.room_service().list_rooms(Vec::new()).await.unwrap()[0]
        .name
        .clone();

    let question = [url, "devkey", "secret", token, &livekit_room];
    let mut python = Command::new(python_with(&SERVER_SDK).await);
    python.arg(script("server_sdk.py")).args(question);
    let mut by_node = node.command(&script("server_sdk.mjs"));
    by_node.args(question);
    for told in [told(python).await, told(by_node).await] {
        assert_eq!(told["rooms"], json!([livekit_room]));
        let claims = &told["claims"];
        assert_eq!(
            (&claims["sub"], &claims["name"]),
            (&json!("guest"), &json!("Kim"))
        );
        assert_eq!(claims["video"]["room"], livekit_room.as_str());
        assert_eq!(claims["video"]["roomJoin"], true);
        let people = told["participants"].as_array().unwrap();
        assert!(
            people.contains(&json!({ "identity": "guest", "name": "Kim" })),
            "{people:#?}"
        );
        let path = format!("/live/v1/rooms/{room}");
        let seen = stack.call(Method::GET, &path, None).await;
        assert_eq!(seen["participants"].as_array().unwrap().len(), people.len());
    }
}
