//! A whole session at the finest log level of our own crates: no secret, no speech, no prompt and no name in it.

use std::fs::File;
use std::process::Stdio;

use reqwest::Method;
use serde_json::json;

use super::harness::Stack;
use super::models::Fault;
use super::person::{Person, is};

/// Everything of ours, and of others what a server shows.
const FILTER: &str = "info,livekit=warn,troupe=trace,troupe_dialogue=trace,troupe_inference=trace,troupe_rtc=trace,\
    libwebrtc=trace";
/// Secrets that are set; none may be logged.
const SERVER_SECRET: &str = "xqsecretserver-0123456789";
const OPENAI_KEY: &str = "xqsecretopenai-0123456789";
/// What a log may not hold of what is said and asked below; in small letters.
const PLANTED: [&str; 11] = [
    "xqname",
    "xqpersona",
    "xqalias",
    "xqroomname",
    "xqscene",
    "xqguestname",
    "xqheard",
    "xqsaid",
    "xqparameter",
    "xqforgedkey",
    "xqpath",
];
/// How every LiveKit token begins.
const TOKEN: &str = "eyJ";

#[tokio::test(flavor = "multi_thread")]
async fn the_logs_of_a_session_tell_nothing_of_it() {
    let folder = crate::scratch::folder();
    let path = folder.path().join("log");
    let stack = Stack::start_with(|command| {
        command
            .env("TROUPE_LOG", FILTER)
            .env("TROUPE_SECRET", SERVER_SECRET)
            .env("OPENAI_API_KEY", OPENAI_KEY)
            .stderr(Stdio::from(File::create(&path).unwrap()));
    })
    .await;
    let character = stack
        .call(
            Method::POST,
            "/v1/characters",
            Some(json!({"name": "Xqname", "persona": "You are Xqname, who keeps the xqpersona.", "aliases": ["Xqalias"]})),
        )
        .await;
    let character = character["id"].as_str().unwrap();
    let room = stack
        .call(
            Method::POST,
            "/v1/rooms",
            Some(json!({"name": "Xqroomname", "scenePrompt": "It is xqscene."})),
        )
        .await;
    let room = room["id"].as_str().unwrap();
    stack.add(room, character).await;
    let join = stack
        .call(
            Method::GET,
            &format!("/v1/rooms/{room}/token?identity=guest&name=Xqguestname"),
            None,
        )
        .await;
    let mut person = Person::join(join["url"].as_str().unwrap(), join["token"].as_str().unwrap()).await;
    stack
        .call(Method::POST, &format!("/v1/rooms/{room}/start"), None)
        .await;
    let identity = format!("agent-{character}");
    person
        .until("the track", |event| is(event, "track", &identity))
        .await;

    stack.models.hears("Xqname, where is the xqheard?");
    stack
        .models
        .answers("Under the xqsaid, of course, where it has always been.");
    for fault in [Fault::None, Fault::Status, Fault::Nonsense] {
        stack.models.fails(fault);
        person.say(&stack.recording()).await;
        person.hears(&identity).await;
        person.hears_out(&identity).await;
    }
    let transcript = stack.transcript(room).await;
    let said = json!(transcript).to_string();
    assert!(
        said.contains("xqheard") && said.contains("xqsaid"),
        "the session took place: {said}"
    );
    // Refusals are logged neither.
    for (path, key) in [
        ("/v1/rooms?colour=xqparameter", stack.key.as_str()),
        ("/v1/rooms", "sk_xqforgedkey_xqforgedkey"),
        ("/v1/rooms/xqpath", stack.key.as_str()),
    ] {
        assert!(!stack.status(path, key).await.is_success());
    }
    stack
        .call(Method::POST, &format!("/v1/rooms/{room}/end"), None)
        .await;
    person
        .until("the end", |event| event["event"] == "disconnected")
        .await;

    let logs = std::fs::read_to_string(&path).unwrap();
    assert!(
        logs.contains("DEBUG") && logs.contains(room),
        "the session was logged"
    );
    let key = stack.key.rsplit('_').next().unwrap();
    let token = join["token"].as_str().unwrap();
    for planted in [SERVER_SECRET, OPENAI_KEY, TOKEN, key, token] {
        assert!(
            !logs.contains(planted),
            "a secret is logged: {}",
            context(&logs, planted)
        );
    }
    // In full: ids are random, and two letters turn up in them by chance.
    let lower = logs.to_lowercase();
    for planted in PLANTED {
        assert!(
            !lower.contains(planted),
            "speech or a name is logged: {}",
            context(&lower, planted)
        );
    }
}

/// The line with the first occurrence.
fn context<'a>(logs: &'a str, planted: &str) -> &'a str {
    logs.lines()
        .find(|line| line.contains(planted))
        .unwrap_or_default()
}
