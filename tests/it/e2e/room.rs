//! Rooms with characters and a person.

use reqwest::Method;
use serde_json::Value;

use super::harness::Stack;
use super::models::Fault;
use super::person::{Person, is};

/// LiveKit's number of the participant kind "agent".
const KIND_AGENT: i64 = 4;
/// LiveKit's number of the track source "microphone".
const SOURCE_MICROPHONE: i64 = 2;

fn identity(character: &str) -> String {
    format!("agent-{character}")
}

async fn sees_track(person: &mut Person, identity: &str) -> Value {
    person
        .until(&format!("the track of {identity}"), |event| {
            is(event, "track", identity)
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_characters_answer_to_their_names_and_keep_livekits_conventions() {
    let stack = Stack::start().await;
    let [(first, first_name), (second, second_name)] = stack.characters().await;
    let room = stack.room(&[&first, &second]).await;
    let mut person = stack.guest(&room).await;
    stack.begin(&room).await;
    let track = sees_track(&mut person, &identity(&first)).await;
    person.has_track(&identity(&second)).await;
    assert_eq!(track["source"], SOURCE_MICROPHONE);
    let kinds: Vec<&Value> = person
        .events
        .iter()
        .filter(|event| event["event"] == "joined")
        .collect();
    assert!(
        kinds.iter().all(|event| event["kind"] == KIND_AGENT),
        "{kinds:#?}"
    );

    for (count, character, name) in [(2, &first, &first_name), (4, &second, &second_name)] {
        let words = format!("{name}, how old is the Brooklyn Bridge?");
        stack.models.hears(&words);
        person.say(&stack.recording()).await;
        person.hears(&identity(character)).await;
        person.hears_out(&identity(character)).await;
        let states = person.attribute(&identity(character), "lk.agent.state");
        for state in ["listening", "thinking", "speaking"] {
            assert!(states.contains(&state), "{state} is not among {states:?}");
        }
        let posted = stack.entries(&room, count).await;
        assert!(
            posted
                .iter()
                .any(|entry| entry["content"] == words && entry["speakerType"] == "user"),
            "{posted:#?}"
        );
        assert!(
            posted
                .iter()
                .any(|entry| entry["characterId"] == character.as_str()),
            "{posted:#?}"
        );
    }
    let segment = |who: &str, text: &str| {
        person.events.iter().any(|event| {
            is(event, "transcription", who)
                && event["text"].as_str().is_some_and(|said| said.contains(text))
                && event["attributes"]["lk.transcription_final"] == "true"
                && event["attributes"]["lk.segment_id"]
                    .as_str()
                    .is_some_and(|id| id.starts_with("SG_"))
        })
    };
    assert!(
        segment(&identity(&first), "good question"),
        "{:#?}",
        person.events
    );
    assert!(segment("guest", "how old is"), "{:#?}", person.events);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_character_added_later_speaks_when_addressed_and_a_removed_one_leaves() {
    let stack = Stack::start().await;
    let [(first, first_name), (second, second_name)] = stack.characters().await;
    let room = stack.room(&[&first]).await;
    let mut person = stack.guest(&room).await;
    stack.begin(&room).await;
    sees_track(&mut person, &identity(&first)).await;

    stack.add(&room, &second).await;
    sees_track(&mut person, &identity(&second)).await;
    stack
        .models
        .hears(&format!("{second_name}, how old is the Brooklyn Bridge?"));
    let said = person.say(&stack.recording()).await;
    let sound = person.hears(&identity(&second)).await;
    let delay_ms = sound["atMs"].as_i64().unwrap() - said["atMs"].as_i64().unwrap();
    eprintln!("a character added later was heard {delay_ms} ms after it was addressed");
    person.hears_out(&identity(&second)).await;

    let removed = stack
        .call(
            Method::DELETE,
            &format!("/v1/rooms/{room}/participants/{second}"),
            None,
        )
        .await;
    assert!(removed["leftAt"].is_string(), "{removed}");
    person
        .until("the leaving", |event| is(event, "left", &identity(&second)))
        .await;
    stack.models.hears(&format!("{first_name}, are you still here?"));
    person.say(&stack.recording()).await;
    person.hears(&identity(&first)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_outlives_a_model_that_fails() {
    let stack = Stack::start().await;
    let [(character, name)] = stack.characters().await;
    let room = stack.room(&[&character]).await;
    let mut person = stack.guest(&room).await;
    stack.begin(&room).await;
    sees_track(&mut person, &identity(&character)).await;
    stack
        .models
        .hears(&format!("{name}, how old is the Brooklyn Bridge?"));
    for fault in [Fault::Status, Fault::Nonsense] {
        stack.models.fails(fault);
        person.say(&stack.recording()).await;
        // It apologises aloud.
        person.hears(&identity(&character)).await;
        person.hears_out(&identity(&character)).await;
    }
    stack.models.fails(Fault::None);
    stack.models.answers("It was opened a very long time ago.");
    person.say(&stack.recording()).await;
    person.hears(&identity(&character)).await;
    person.hears_out(&identity(&character)).await;
    let posted = stack.entries(&room, 4).await;
    let answered = |entry: &Value| {
        entry["content"]
            .as_str()
            .is_some_and(|said| said.contains("opened"))
    };
    assert!(posted.iter().any(answered), "{posted:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_leaves_a_room_that_ends() {
    let stack = Stack::start().await;
    let [(character, _)] = stack.characters().await;
    let room = stack.room(&[&character]).await;
    let mut person = stack.guest(&room).await;
    stack.begin(&room).await;
    sees_track(&mut person, &identity(&character)).await;
    let ended = stack
        .call(Method::POST, &format!("/v1/rooms/{room}/end"), None)
        .await;
    assert!(ended["endedAt"].is_string(), "{ended}");
    person
        .until("the end", |event| event["event"] == "disconnected")
        .await;
}
