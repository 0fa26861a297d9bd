use serde_json::{Value, json};

use super::{shown, webhook};
use crate::shape::assert_shape;
use crate::support::{World, id, request};

const URL: &str = "https://hooks.example.com/troupe";

#[tokio::test]
async fn a_webhook_is_made_shown_changed_and_deleted() {
    let world = World::new().await;
    let body =
        json!({ "url": URL, "description": "CRM", "events": ["room.ended", "entry.created", "room.ended"] });
    let made = world.post("/v1/webhooks", body).await.with(201);
    assert!(made["id"].as_str().unwrap().starts_with("wh_"));
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    assert_eq!(made["events"], json!(["room.ended", "entry.created"]));
    assert_eq!(made["enabled"], true);
    for field in ["disabledReason", "failingSince"] {
        assert_eq!(made.get(field), Some(&Value::Null), "{field}");
    }
    let mut without_secret = made.clone();
    without_secret.as_object_mut().unwrap().remove("secret");
    assert_eq!(
        shown(&world, &made).await,
        without_secret,
        "the secret is shown once"
    );
    let listed = world.get("/v1/webhooks").await.with(200);
    assert_eq!(listed, json!([without_secret]));

    let path = format!("/v1/webhooks/{}", id(&made));
    let change = json!({ "url": "https://other.example.com/", "description": null, "events": ["room.started"], "enabled": false });
    let changed = world.call("PATCH", &path, Some(change)).await.with(200);
    assert_shape(
        &changed,
        &json!({ "url": "", "description": null, "events": [""], "enabled": false, "disabledReason": "" }),
    );
    assert_eq!(changed["url"], "https://other.example.com/");
    assert_eq!(changed["disabledReason"], "requested");
    let enabled = world
        .call("PATCH", &path, Some(json!({ "enabled": true })))
        .await
        .with(200);
    assert_eq!(
        (&enabled["enabled"], &enabled["disabledReason"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(
        enabled["events"],
        json!(["room.started"]),
        "what is left out stays"
    );

    assert_eq!(id(&world.call("DELETE", &path, None).await.with(200)), id(&made));
    for (method, path) in [
        ("GET", path.clone()),
        ("DELETE", path.clone()),
        ("GET", format!("{path}/deliveries")),
        ("POST", format!("{path}/test")),
    ] {
        assert_eq!(
            world.call(method, &path, None).await.fault(),
            (404, "not_found", None),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn everything_is_told_when_nothing_is_said() {
    let world = World::new().await;
    let made = webhook(&world, URL).await;
    assert_eq!(
        made["events"],
        json!(["room.started", "room.ended", "entry.created", "recording.ready"])
    );
    assert_eq!(made["description"], Value::Null);
}

#[tokio::test]
async fn bad_fields_are_named() {
    let world = World::new().await;
    let made = webhook(&world, URL).await;
    for (body, param) in [
        (json!({ "url": 5 }), "url"),
        (json!({ "url": "hooks.example.com" }), "url"),
        (json!({ "url": "ftp://example.com" }), "url"),
        (
            json!({ "url": format!("https://example.com/{}", "x".repeat(2_000)) }),
            "url",
        ),
        (json!({ "url": "https://a:b@example.com" }), "url"),
        (json!({ "url": URL, "events": [] }), "events"),
        (json!({ "url": URL, "events": ["room.exploded"] }), "events"),
        (json!({ "url": URL, "events": ["webhook.test"] }), "events"),
        (json!({ "url": URL, "events": "room.ended" }), "events"),
        (
            json!({ "url": URL, "description": "x".repeat(201) }),
            "description",
        ),
        (json!({ "url": URL, "secret": "mine" }), "secret"),
    ] {
        let answer = world.post("/v1/webhooks", body.clone()).await;
        assert_eq!(answer.fault(), (422, "validation_error", Some(param)), "{body}");
        let answer = world
            .call(
                "PATCH",
                &format!("/v1/webhooks/{}", id(&made)),
                Some(body.clone()),
            )
            .await;
        assert_eq!(answer.fault(), (422, "validation_error", Some(param)), "{body}");
    }
    let answer = world.post("/v1/webhooks", json!({})).await;
    assert_eq!(answer.fault(), (422, "validation_error", Some("url")));
    let answer = world
        .call(
            "PATCH",
            &format!("/v1/webhooks/{}", id(&made)),
            Some(json!({ "enabled": "yes" })),
        )
        .await;
    assert_eq!(answer.fault(), (422, "validation_error", Some("enabled")));
}

#[tokio::test]
async fn secrets_are_stored_sealed() {
    let world = World::new().await;
    let made = webhook(&world, URL).await;
    let secret = made["secret"].as_str().unwrap();
    let sealed = world.blobs("SELECT sealed_secret FROM webhooks").await;
    assert_eq!(sealed.len(), 1);
    let bytes = &sealed[0];
    assert!(
        !bytes
            .windows(10)
            .any(|part| secret.as_bytes().windows(10).any(|other| part == other))
    );
    assert_eq!(
        world.secret.open(id(&made).as_bytes(), bytes).unwrap(),
        secret.as_bytes()
    );
}

#[tokio::test]
async fn lists_page_and_a_project_has_so_many() {
    let world = World::new().await;
    let mut made = Vec::new();
    for _ in 0..20 {
        made.push(id(&webhook(&world, URL).await));
    }
    let more = world.post("/v1/webhooks", json!({ "url": URL })).await;
    assert_eq!(more.fault(), (409, "too_many_webhooks", None));
    let first = world.get("/v1/webhooks?limit=15").await;
    let next = first.next().unwrap();
    let mut seen: Vec<String> = first.body.as_array().unwrap().iter().map(id).collect();
    let second = world.get(&next).await;
    assert_eq!(second.next(), None);
    seen.extend(second.body.as_array().unwrap().iter().map(id));
    assert_eq!(seen, made, "oldest first");
}

#[tokio::test]
async fn another_projects_webhook_does_not_exist() {
    let world = World::new().await;
    let made = webhook(&world, URL).await;
    let path = format!("/v1/webhooks/{}", id(&made));
    for (method, path, body) in [
        ("GET", path.clone(), None),
        ("PATCH", path.clone(), Some(json!({ "enabled": false }))),
        ("DELETE", path.clone(), None),
        ("GET", format!("{path}/deliveries"), None),
        ("POST", format!("{path}/test"), None),
    ] {
        let answer = world.send(request(method, &path, &world.other_key, body)).await;
        assert_eq!(answer.fault(), (404, "not_found", None), "{method} {path}");
    }
    let listed = world
        .send(request("GET", "/v1/webhooks", &world.other_key, None))
        .await;
    assert_eq!(listed.with(200), json!([]));
    assert_eq!(shown(&world, &made).await["enabled"], true);
}
