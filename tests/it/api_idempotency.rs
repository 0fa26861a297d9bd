use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::support::{Answer, BUILT_IN, World, id, request};

fn keyed(world: &World, path: &str, body: Value, key: &str) -> Request<Body> {
    let mut request = request("POST", path, &world.key, Some(body));
    request
        .headers_mut()
        .insert("idempotency-key", key.parse().unwrap());
    request
}

#[tokio::test]
async fn the_same_key_and_body_creates_once() {
    let world = World::new().await;
    let body = json!({"name": "a", "mode": "freeform"});
    let first = world
        .send(keyed(&world, "/v1/rooms", body.clone(), "k"))
        .await
        .with(201);
    let second = world.send(keyed(&world, "/v1/rooms", body, "k")).await;
    assert_eq!(second.headers["idempotent-replayed"], "true");
    assert_eq!(second.with(201), first);
    assert_eq!(
        world.get("/v1/rooms").await.with(200).as_array().unwrap().len(),
        1
    );
    let other = world
        .send(keyed(&world, "/v1/rooms", json!({"name": "b"}), "k"))
        .await;
    assert_eq!(other.fault(), (409, "idempotency_key_reused", None));
}

#[tokio::test]
async fn concurrent_requests_with_one_key_create_once() {
    let world = World::new().await;
    let sends = (0..20).map(|_| world.send(keyed(&world, "/v1/rooms", json!({"name": "a"}), "k")));
    let answers: Vec<Answer> = futures::future::join_all(sends).await;
    let ids: std::collections::BTreeSet<String> =
        answers.into_iter().map(|answer| id(&answer.with(201))).collect();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn a_key_means_one_path_of_one_project() {
    let world = World::new().await;
    let room = world
        .send(keyed(&world, "/v1/rooms", json!({"name": "a"}), "k"))
        .await
        .with(201);
    let path = format!("/v1/rooms/{}/participants", id(&room));
    world
        .send(keyed(&world, &path, json!({"characterId": BUILT_IN}), "k"))
        .await
        .with(201);
    let mut theirs = request("POST", "/v1/rooms", &world.other_key, Some(json!({"name": "a"})));
    theirs
        .headers_mut()
        .insert("idempotency-key", "k".parse().unwrap());
    assert_ne!(id(&world.send(theirs).await.with(201)), id(&room));
}

#[tokio::test]
async fn a_refused_create_may_be_corrected_under_its_key() {
    let world = World::new().await;
    world
        .send(keyed(&world, "/v1/rooms", json!({"name": ""}), "k"))
        .await
        .with(422);
    world
        .send(keyed(&world, "/v1/rooms", json!({"name": "a"}), "k"))
        .await
        .with(201);
    let long = world
        .send(keyed(&world, "/v1/rooms", json!({"name": "a"}), &"k".repeat(256)))
        .await;
    assert_eq!(long.fault(), (422, "validation_error", Some("Idempotency-Key")));
}

#[tokio::test]
async fn kept_answers_are_sealed() {
    let world = World::new().await;
    let body = json!({"name": "a quite particular name"});
    world.send(keyed(&world, "/v1/rooms", body, "k")).await.with(201);
    let sealed = world.blobs("SELECT sealed FROM answers").await;
    assert_eq!(sealed.len(), 1);
    assert!(!String::from_utf8_lossy(&sealed[0]).contains("particular"));
}
