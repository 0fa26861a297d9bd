use serde_json::json;

use super::{in_livekit, made};
use crate::support::World;

#[tokio::test]
async fn rooms_of_other_surfaces_are_listed_too() {
    let world = World::new().await;
    let room = world.started_room().await;
    made(&world, "lobby").await;
    let listed = world.get("/live/v1/rooms").await.with(200);
    let mut names: Vec<&str> = listed["rooms"]
        .as_array()
        .unwrap()
        .iter()
        .map(|room| room["room"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["lobby", &room]);
    assert_eq!(
        world.get(&format!("/live/v1/rooms/{room}")).await.with(200)["room"],
        room.as_str()
    );
}

#[tokio::test]
async fn ending_a_started_room_here_ends_it_there() {
    let world = World::new().await;
    let room = world.started_room().await;
    assert_eq!(world.claim("w", "1").await.len(), 1);
    world
        .call("DELETE", &format!("/live/v1/rooms/{room}"), None)
        .await
        .with(200);
    let ended = world.get(&format!("/v1/rooms/{room}")).await.with(200);
    assert!(ended["endedAt"].is_string(), "{ended}");
    assert!(world.livekit.rooms().is_empty());
    let changes = json!({"workerId": "w", "cursor": 0, "waitMs": 0});
    let told = world.work("changes", changes).await.with(200);
    assert!(
        told.to_string().contains("roomEnded") && told.to_string().contains(&room),
        "{told}"
    );
}

#[tokio::test]
async fn ending_a_room_that_was_not_started_leaves_it_to_be_started() {
    let world = World::new().await;
    let room = world.room().await;
    world
        .call("DELETE", &format!("/live/v1/rooms/{room}"), None)
        .await
        .with(200);
    assert!(world.get(&format!("/v1/rooms/{room}")).await.with(200)["endedAt"].is_null());
    let body = json!({"characterId": crate::support::BUILT_IN});
    world
        .post(&format!("/v1/rooms/{room}/participants"), body)
        .await
        .with(201);
    world
        .post(&format!("/v1/rooms/{room}/start"), json!({}))
        .await
        .with(200);
    in_livekit(&world, &room);
}
