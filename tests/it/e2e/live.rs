//! Live rooms beside RoomService on the same server, with people of the official client in them.

use reqwest::Method;
use serde_json::{Value, json};
use troupe::rooms::livekit::RoomService;

use super::harness::Stack;
use super::person::Person;
use crate::shape::assert_shape;

/// LiveKit's number of a participant that is connected.
const ACTIVE: i64 = 2;

async fn joined(stack: &Stack, room: &str, identity: &str) -> Person {
    let body = json!({ "identity": identity, "name": "Ada Lovelace" });
    let join = stack
        .call(Method::POST, &format!("/live/v1/rooms/{room}/token"), Some(body))
        .await;
    Person::join(join["url"].as_str().unwrap(), join["token"].as_str().unwrap()).await
}

/// The room once this is so: LiveKit counts a moment after it happened.
async fn inspected(stack: &Stack, room: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let mut seen = Value::Null;
    for _ in 0..100 {
        seen = stack
            .call(Method::GET, &format!("/live/v1/rooms/{room}"), None)
            .await;
        if is_so(&seen) {
            return seen;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{seen:#}")
}

#[tokio::test(flavor = "multi_thread")]
async fn live_rooms_agree_with_room_service() {
    let stack = Stack::start().await;
    let service = stack.room_service();
    let body = json!({
        "name": "my-room", "maxParticipants": 50, "emptyTimeout": 600, "metadata": "{\"topic\":\"standup\"}",
    });
    let created = stack
        .call(Method::POST, "/live/v1/rooms", Some(body.clone()))
        .await;
    assert_shape(
        &created,
        &json!({ "room": "", "sid": "", "numParticipants": 0, "maxParticipants": 0, "creationTime": 0, "metadata": "" }),
    );
    let known = service.list_rooms(Vec::new()).await.unwrap();
    assert_eq!(known.len(), 1);
    let known = &known[0];
    assert!(
        known.name.starts_with("p_project_") && known.name.ends_with("__my-room"),
        "{}",
        known.name
    );
    assert_eq!(created["sid"], known.sid);
    assert_eq!(created["creationTime"], known.creation_time);
    assert_eq!(
        (
            known.max_participants,
            known.empty_timeout,
            known.departure_timeout
        ),
        (50, 600, 600)
    );
    assert_eq!(created["metadata"], known.metadata);
    // Made again, it is the same room.
    let again = stack.call(Method::POST, "/live/v1/rooms", Some(body)).await;
    assert_eq!(again["sid"], created["sid"]);

    let mut person = joined(&stack, "my-room", "user-123").await;
    let seen = inspected(&stack, "my-room", |room| {
        room["participants"][0]["state"] == ACTIVE
            && room["numParticipants"] == 1
            && room["participants"][0]["tracks"] == 1
    })
    .await;
    let somebody = &seen["participants"][0];
    assert_eq!(
        (&somebody["identity"], &somebody["name"]),
        (&json!("user-123"), &json!("Ada Lovelace"))
    );
    let told = &service.participants(&known.name).await.unwrap().unwrap()[0];
    assert_eq!(somebody["joinedAt"], told.joined_at);
    assert_eq!(somebody["tracks"], told.tracks.len());
    let listed = stack.call(Method::GET, "/live/v1/rooms", None).await;
    assert_eq!(listed["rooms"].as_array().unwrap().len(), 1);
    assert_eq!(listed["rooms"][0]["room"], "my-room");

    let path = "/live/v1/rooms/my-room/participants/user-123";
    let removed = stack.call(Method::DELETE, path, None).await;
    assert_eq!(removed, json!({ "removed": true }));
    person
        .until("the removal", |event| event["event"] == "disconnected")
        .await;
    inspected(&stack, "my-room", |room| room["participants"] == json!([])).await;
    assert_eq!(
        stack.refused(Method::DELETE, path, None).await,
        (404, "not_found".into())
    );

    for _ in 0..2 {
        let ended = stack.call(Method::DELETE, "/live/v1/rooms/my-room", None).await;
        assert_eq!(ended, json!({ "ended": true }));
    }
    assert!(service.list_rooms(Vec::new()).await.unwrap().is_empty());
    let gone = stack.refused(Method::GET, "/live/v1/rooms/my-room", None).await;
    assert_eq!(gone, (404, "not_found".into()));
    assert_eq!(
        stack.refused(Method::DELETE, path, None).await,
        (404, "not_found".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_nobody_made_exists_while_somebody_is_in_it() {
    let stack = Stack::start().await;
    let mut person = joined(&stack, "on-demand", "user-123").await;
    inspected(&stack, "on-demand", |room| {
        room["participants"][0]["state"] == ACTIVE
    })
    .await;
    stack.call(Method::DELETE, "/live/v1/rooms/on-demand", None).await;
    person
        .until("the end", |event| event["event"] == "disconnected")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn characters_leave_a_voice_room_that_is_ended_here() {
    let stack = Stack::start().await;
    let [(character, _)] = stack.characters().await;
    let room = stack.room(&[&character]).await;
    stack
        .call(Method::POST, &format!("/v1/rooms/{room}/start"), None)
        .await;
    let identity = format!("agent-{character}");
    inspected(&stack, &room, |seen| {
        seen["participants"][0]["identity"] == identity.as_str()
    })
    .await;
    stack
        .call(Method::DELETE, &format!("/live/v1/rooms/{room}"), None)
        .await;
    let ended = stack.call(Method::GET, &format!("/v1/rooms/{room}"), None).await;
    assert!(ended["endedAt"].is_string(), "{ended}");
}
