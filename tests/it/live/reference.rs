use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::{in_livekit, made, person};
use crate::shape::assert_shape;
use crate::support::{World, request};

fn room() -> Value {
    json!({
        "room": "my-room",
        "sid": "RM_xxxxxxxxxxxx",
        "numParticipants": 0,
        "maxParticipants": 50,
        "creationTime": 1_718_800_000,
        "metadata": "{\"topic\":\"standup\"}",
    })
}

/// The body as the reference's command line sends it.
const BODY: &str = r#"{
    "name": "my-room",
    "maxParticipants": 50,
    "emptyTimeout": 600,
    "metadata": "{\"topic\":\"standup\"}"
  }"#;

async fn create(world: &World) -> Value {
    let request = Request::post("/live/v1/rooms")
        .header("Authorization", format!("Bearer {}", world.key))
        .header("Content-Type", "application/json")
        .body(Body::from(BODY))
        .unwrap();
    world.send(request).await.with(201)
}

#[tokio::test]
async fn a_room_is_created() {
    let world = World::new().await;
    let created = create(&world).await;
    assert_shape(&created, &room());
    for field in ["room", "numParticipants", "maxParticipants", "metadata"] {
        assert_eq!(created[field], room()[field], "{field}");
    }
    let asked = world.livekit.requests().pop().unwrap();
    assert_eq!((asked.empty_timeout, asked.departure_timeout), (600, 600));
    assert_eq!(asked.max_participants, 50);
    assert!(asked.name.starts_with("p_project_") && asked.name.ends_with("__my-room"));
}

#[tokio::test]
async fn what_is_left_out_is_livekits_own_choice() {
    let world = World::new().await;
    let created = made(&world, "bare").await;
    assert_eq!(created["maxParticipants"], 0);
    assert_eq!(created["metadata"], "");
    let asked = world.livekit.requests().pop().unwrap();
    assert_eq!((asked.empty_timeout, asked.departure_timeout), (0, 0));
}

#[tokio::test]
async fn a_room_that_exists_is_answered_with_201() {
    let world = World::new().await;
    let first = create(&world).await;
    assert_eq!(create(&world).await["sid"], first["sid"]);
    assert_eq!(world.livekit.rooms().len(), 1);
}

#[tokio::test]
async fn rooms_are_listed() {
    let world = World::new().await;
    let none = world.get("/live/v1/rooms").await.with(200);
    assert_eq!(none, json!({ "rooms": [] }));
    create(&world).await;
    let listed = world.get("/live/v1/rooms").await.with(200);
    assert_shape(&listed, &json!({ "rooms": [room()] }));
    assert_eq!(listed["rooms"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_room_is_inspected_with_who_is_in_it() {
    let world = World::new().await;
    create(&world).await;
    let mut shown = room();
    shown["participants"] = json!([]);
    let empty = world.get("/live/v1/rooms/my-room").await.with(200);
    assert_shape(&empty, &shown);
    world
        .livekit
        .join(&in_livekit(&world, "my-room"), person("user-123"));
    let participant = json!({
        "identity": "user-123",
        "name": "Ada Lovelace",
        "state": 2,
        "joinedAt": 1_718_800_050,
        "tracks": 2,
    });
    shown["participants"] = json!([participant]);
    let inspected = world.get("/live/v1/rooms/my-room").await.with(200);
    assert_shape(&inspected, &shown);
    assert_eq!(inspected["participants"], shown["participants"]);
    assert_eq!(inspected["numParticipants"], 1);
}

#[tokio::test]
async fn a_room_is_ended_and_ended_again() {
    let world = World::new().await;
    create(&world).await;
    for _ in 0..2 {
        let ended = world
            .call("DELETE", "/live/v1/rooms/my-room", None)
            .await
            .with(200);
        assert_eq!(ended, json!({ "ended": true }));
    }
    assert!(world.livekit.rooms().is_empty());
}

#[tokio::test]
async fn a_participant_is_removed_once() {
    let world = World::new().await;
    create(&world).await;
    world
        .livekit
        .join(&in_livekit(&world, "my-room"), person("user-123"));
    let path = "/live/v1/rooms/my-room/participants/user-123";
    let removed = world.call("DELETE", path, None).await.with(200);
    assert_eq!(removed, json!({ "removed": true }));
    let gone = world.call("DELETE", path, None).await;
    assert_eq!(gone.fault(), (404, "not_found", None));
}

#[tokio::test]
async fn errors_have_the_shape_of_the_reference() {
    let world = World::new().await;
    let shown = json!({
        "error": { "type": "not_found", "code": "not_found", "message": "Room not found" }
    });
    let missing = world.get("/live/v1/rooms/nowhere").await.with(404);
    assert_shape(&missing, &shown);
    assert_eq!(missing["error"]["type"], "not_found");
    assert_eq!(missing["error"]["code"], "not_found");
    let keyless = Request::get("/live/v1/rooms").body(Body::empty()).unwrap();
    let stranger = world.send(keyless).await;
    assert_eq!(stranger.headers["www-authenticate"], "Bearer");
    let stranger = stranger.with(401);
    assert_shape(&stranger, &shown);
    assert_eq!(stranger["error"]["code"], "unauthorized");
    assert_eq!(stranger["error"]["type"], "unauthorized");
    let user = world
        .send(request("GET", "/live/v1/rooms", &world.user_key, None))
        .await;
    assert_eq!(user.fault(), (403, "wrong_key_kind", None));
}
