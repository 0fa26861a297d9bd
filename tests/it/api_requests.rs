use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::support::{BUILT_IN, World, request};

#[tokio::test]
async fn refusals_name_the_field() {
    let world = World::new().await;
    let long = "é".repeat(201);
    for (body, param) in [
        (json!({}), "name"),
        (json!({"name": null}), "name"),
        (json!({"name": 7}), "name"),
        (json!({"name": " \n"}), "name"),
        (json!({"name": long}), "name"),
        (json!({"name": "a\u{0}b"}), "name"),
        (json!({"name": "a\rb"}), "name"),
        (json!({"name": "a", "mode": "open"}), "mode"),
        (json!({"name": "a", "mode": null}), "mode"),
        (json!({"name": "a", "scenePrompt": ["b"]}), "scenePrompt"),
        (json!({"name": "a", "ambience": "jungle"}), "ambience"),
        (
            json!({"name": "a", "scenePrompt": "é".repeat(5_001)}),
            "scenePrompt",
        ),
        (json!({"name": "a", "colour": "red"}), "colour"),
    ] {
        let answer = world.post("/v1/rooms", body).await;
        assert_eq!(
            answer.fault(),
            (422, "validation_error", Some(param)),
            "{}",
            answer.body
        );
    }
}

#[tokio::test]
async fn limits_count_scalars_and_keep_newline_and_tab() {
    let world = World::new().await;
    let body = json!({"name": "é".repeat(200), "scenePrompt": format!("{}\n\t", "🎭".repeat(4_998))});
    let room = world.post("/v1/rooms", body.clone()).await.with(201);
    assert_eq!(room["name"], body["name"]);
    assert_eq!(room["scenePrompt"], body["scenePrompt"]);
}

#[tokio::test]
async fn query_parameters_are_checked_too() {
    let world = World::new().await;
    for (query, param) in [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=-1", "limit"),
        ("limit=two", "limit"),
        ("limit=1&limit=2", "limit"),
        ("after=room_none", "after"),
        ("colour=red", "colour"),
    ] {
        let answer = world.get(&format!("/v1/rooms?{query}")).await;
        assert_eq!(answer.fault(), (422, "validation_error", Some(param)), "{query}");
    }
}

#[tokio::test]
async fn bodies_must_be_small_json_objects() {
    let world = World::new().await;
    let send = async |kind: Option<&str>, body: String| {
        let mut request = Request::post("/v1/rooms").header("authorization", format!("Bearer {}", world.key));
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        let answer = world.send(request.body(Body::from(body)).unwrap()).await;
        (answer.fault().0, answer.fault().1.to_owned())
    };
    const JSON: Option<&str> = Some("application/json");
    assert_eq!(
        send(JSON, "{\"name\":".into()).await,
        (400, "invalid_json".into())
    );
    assert_eq!(send(JSON, String::new()).await, (400, "invalid_json".into()));
    assert_eq!(send(JSON, "[1]".into()).await, (422, "validation_error".into()));
    assert_eq!(
        send(None, "{}".into()).await,
        (415, "unsupported_media_type".into())
    );
    assert_eq!(
        send(Some("text/plain"), "{}".into()).await,
        (415, "unsupported_media_type".into())
    );
    let huge = format!("{{\"name\":\"{}\"}}", "a".repeat(300_000));
    assert_eq!(send(JSON, huge).await, (413, "body_too_large".into()));
    let room = request("POST", "/v1/rooms", &world.key, Some(json!({"name": "a"})));
    let (mut parts, body) = room.into_parts();
    parts
        .headers
        .insert("content-type", "Application/JSON; charset=utf-8".parse().unwrap());
    world.send(Request::from_parts(parts, body)).await.with(201);
}

#[tokio::test]
async fn unknown_paths_and_methods_answer_in_the_same_form() {
    let world = World::new().await;
    assert_eq!(world.get("/v1/nothing").await.fault(), (404, "not_found", None));
    assert_eq!(world.get("/v1/rooms/%FF").await.fault(), (404, "not_found", None));
    let wrong = world.call("PUT", "/v1/rooms", Some(json!({}))).await;
    assert_eq!(wrong.fault(), (405, "method_not_allowed", None));
    assert!(wrong.headers.contains_key("allow"));
    assert!(
        world
            .send(Request::get("/healthz").body(Body::empty()).unwrap())
            .await
            .status
            == 200
    );
}

#[tokio::test]
async fn another_projects_room_does_not_exist() {
    let world = World::new().await;
    let room = world.started_room().await;
    let calls: [(&str, String, Option<Value>); 9] = [
        ("GET", String::new(), None),
        (
            "POST",
            "/participants".into(),
            Some(json!({"characterId": BUILT_IN})),
        ),
        ("DELETE", format!("/participants/{BUILT_IN}"), None),
        ("GET", "/token".into(), None),
        ("POST", "/start".into(), None),
        ("POST", "/end".into(), None),
        ("GET", "/transcript".into(), None),
        ("GET", "/events".into(), None),
        ("GET", "/token?identity=carol".into(), None),
    ];
    for (method, path, body) in calls {
        let answer = world
            .send(request(
                method,
                &format!("/v1/rooms/{room}{path}"),
                &world.other_key,
                body,
            ))
            .await;
        assert_eq!(answer.fault(), (404, "not_found", None), "{method} {path}");
    }
    let listed = world
        .send(request("GET", "/v1/rooms", &world.other_key, None))
        .await;
    assert_eq!(listed.with(200), json!([]));
}
