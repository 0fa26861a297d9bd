use livekit_token::{Claims, TokenVerifier};
use serde_json::{Value, json};

use super::in_livekit;
use crate::support::{LIVEKIT_SECRET, World};

fn claims(answer: &Value) -> Claims {
    let verifier = TokenVerifier::with_api_key("key", LIVEKIT_SECRET);
    verifier.verify(answer["token"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_is_for_one_room_with_the_least_grants() {
    let world = World::new().await;
    let body = json!({ "identity": "user-123", "name": "Ada Lovelace" });
    let answer = world.post("/live/v1/rooms/lobby/token", body).await.with(200);
    assert_eq!(answer["identity"], "user-123");
    assert_eq!(answer["room"], "lobby");
    assert_eq!(answer["url"], "wss://outside");
    let claims = claims(&answer);
    assert_eq!(
        (claims.sub.as_str(), claims.name.as_str()),
        ("user-123", "Ada Lovelace")
    );
    assert_eq!(claims.kind, "");
    // LiveKit makes the room when it is missing, with its own timeouts.
    assert_eq!(claims.room_config, None);
    let grants = claims.video;
    assert!(grants.room_join && grants.room.ends_with("__lobby") && grants.room.starts_with("p_project_"));
    assert_eq!(
        (grants.can_publish, grants.can_subscribe, grants.can_publish_data),
        (Some(true), Some(true), Some(true))
    );
    assert!(!grants.room_admin && !grants.room_create && !grants.room_list && !grants.room_record);
    assert!(!grants.agent && !grants.hidden && !grants.recorder && !grants.ingress_admin);
    let lasts_s = claims.exp - claims.nbf;
    assert!((60..=3_600).contains(&lasts_s), "{lasts_s}");
}

#[tokio::test]
async fn somebody_without_an_identity_gets_a_new_one_each_time() {
    let world = World::new().await;
    let path = "/live/v1/rooms/lobby/token";
    let first = world.call("POST", path, None).await.with(200);
    let second = world.post(path, json!({})).await.with(200);
    assert_ne!(first["identity"], second["identity"]);
    assert_eq!(claims(&first).sub, first["identity"].as_str().unwrap());
}

#[tokio::test]
async fn identities_of_characters_and_bad_fields_are_refused() {
    let world = World::new().await;
    for (body, param) in [
        (json!({ "identity": "agent-ada" }), "identity"),
        (json!({ "identity": "agent-" }), "identity"),
        (json!({ "identity": "" }), "identity"),
        (json!({ "identity": 5 }), "identity"),
        (json!({ "identity": "a\u{0}" }), "identity"),
        (json!({ "name": "x".repeat(201) }), "name"),
        (json!({ "room": "other" }), "room"),
        (json!({ "grants": {} }), "grants"),
    ] {
        let answer = world.post("/live/v1/rooms/lobby/token", body).await;
        assert_eq!(answer.fault(), (422, "validation_error", Some(param)));
    }
}

#[tokio::test]
async fn a_token_for_a_voice_room_keeps_that_rooms_promises() {
    let world = World::new().await;
    let room = world.started_room().await;
    let path = format!("/live/v1/rooms/{room}/token");
    let token = claims(&world.post(&path, json!({})).await.with(200));
    assert_eq!(token.video.room, in_livekit(&world, &room));
    assert!(
        token.room_config.is_some(),
        "it must not be made again with short timeouts"
    );
    world
        .post(&format!("/v1/rooms/{room}/end"), json!({}))
        .await
        .with(200);
    let late = world.post(&path, json!({})).await;
    assert_eq!(late.fault(), (409, "room_ended", None));
    assert_eq!(late.body["error"]["type"], "room_ended");
}
