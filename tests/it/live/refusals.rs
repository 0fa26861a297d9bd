use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use troupe::rooms::livekit::LiveKitError;

use super::made;
use crate::support::World;

#[tokio::test]
async fn numbers_out_of_range_are_refused_and_never_clamped() {
    let world = World::new().await;
    let with = |field: &str, value: Value| {
        let mut body = json!({ "name": "lobby" });
        body[field] = value;
        body
    };
    for (field, most) in [("maxParticipants", 10_000), ("emptyTimeout", 86_400)] {
        for bad in [
            json!(0),
            json!(-1),
            json!(1.5),
            json!(most + 1),
            json!(most as f64 + 0.5),
            json!(u64::MAX),
            json!(1e300),
            json!("5"),
            json!(null),
            json!(true),
            json!([1]),
        ] {
            let answer = world.post("/live/v1/rooms", with(field, bad.clone())).await;
            assert_eq!(answer.fault(), (422, "validation_error", Some(field)), "{bad}");
        }
        for good in [json!(1), json!(most), json!(2.0)] {
            world.post("/live/v1/rooms", with(field, good)).await.with(201);
        }
    }
}

#[tokio::test]
async fn metadata_has_4096_characters_at_most() {
    let world = World::new().await;
    let body = |chars: usize| json!({ "name": "lobby", "metadata": "é".repeat(chars) });
    let made = world.post("/live/v1/rooms", body(4_096)).await.with(201);
    assert_eq!(made["metadata"].as_str().unwrap().chars().count(), 4_096);
    let answer = world.post("/live/v1/rooms", body(4_097)).await;
    assert_eq!(answer.fault(), (422, "validation_error", Some("metadata")));
}

#[tokio::test]
async fn bodies_are_refused_in_this_surfaces_words() {
    let world = World::new().await;
    let send = async |kind: &str, body: &str| {
        let request = Request::post("/live/v1/rooms")
            .header("authorization", format!("Bearer {}", world.key))
            .header("content-type", kind)
            .body(Body::from(body.to_owned()))
            .unwrap();
        let answer = world.send(request).await;
        assert_eq!(answer.body["error"]["type"], answer.body["error"]["code"]);
        (answer.fault().0, answer.fault().1.to_owned())
    };
    const JSON: &str = "application/json";
    assert_eq!(send(JSON, "{\"name\":").await, (422, "invalid_request".into()));
    assert_eq!(send(JSON, "").await, (422, "invalid_request".into()));
    assert_eq!(send(JSON, "[]").await, (422, "validation_error".into()));
    assert_eq!(send(JSON, "{}").await, (422, "validation_error".into()));
    assert_eq!(
        send(JSON, r#"{"name":"a","colour":"red"}"#).await,
        (422, "validation_error".into())
    );
    assert_eq!(
        send("text/plain", "{}").await,
        (415, "unsupported_media_type".into())
    );
    let huge = format!("{{\"name\":\"{}\"}}", "a".repeat(300_000));
    assert_eq!(send(JSON, &huge).await, (413, "body_too_large".into()));
}

#[tokio::test]
async fn paths_and_methods_are_refused_in_this_surfaces_words() {
    let world = World::new().await;
    let wrong = world.call("PUT", "/live/v1/rooms", Some(json!({}))).await;
    assert!(wrong.headers.contains_key("allow"));
    assert_eq!(wrong.fault(), (405, "method_not_allowed", None));
    assert_eq!(wrong.body["error"]["type"], "method_not_allowed");
    let nowhere = world.get("/live/v1/nothing").await;
    assert_eq!(nowhere.fault(), (404, "not_found", None));
    assert_eq!(nowhere.body["error"]["type"], "not_found");
    let query = world.get("/live/v1/rooms?limit=1").await;
    assert_eq!(query.fault(), (422, "validation_error", Some("limit")));
    // Elsewhere they keep their own.
    assert_eq!(
        world.get("/v1/nothing").await.body["error"]["type"],
        "not_found_error"
    );
}

#[tokio::test]
async fn a_livekit_that_fails_is_a_502_that_tells_nothing() {
    let world = World::new().await;
    made(&world, "lobby").await;
    for failure in [
        LiveKitError::Unreachable,
        LiveKitError::Timeout,
        LiveKitError::Credentials,
        LiveKitError::Refused("internal".into()),
    ] {
        world.livekit.fail_with(Some(failure));
        for (method, path) in [
            ("GET", "/live/v1/rooms"),
            ("GET", "/live/v1/rooms/lobby"),
            ("DELETE", "/live/v1/rooms/lobby"),
            ("DELETE", "/live/v1/rooms/lobby/participants/somebody"),
        ] {
            let answer = world.call(method, path, None).await;
            assert_eq!(answer.fault(), (502, "livekit_error", None), "{method} {path}");
            assert_eq!(answer.body["error"]["type"], "livekit_error");
            for secret in ["inside", "7880", "p_project", crate::support::LIVEKIT_SECRET] {
                assert!(!answer.text.contains(secret), "{}", answer.text);
            }
        }
        let answer = world.post("/live/v1/rooms", json!({ "name": "lobby" })).await;
        assert_eq!(answer.fault(), (502, "livekit_error", None));
    }
}

#[tokio::test]
async fn a_repeated_create_with_its_key_asks_livekit_once() {
    let world = World::new().await;
    for body in [json!({"name": "lobby"}), json!({"name": "lobby"})] {
        let mut request = crate::support::request("POST", "/live/v1/rooms", &world.key, Some(body));
        request
            .headers_mut()
            .insert("idempotency-key", "k".parse().unwrap());
        world.send(request).await.with(201);
    }
    assert_eq!(world.livekit.requests().len(), 1);
}
