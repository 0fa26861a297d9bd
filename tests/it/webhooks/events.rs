use axum::http::HeaderMap;
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use super::receiver::Receiver;
use super::{dispatch, webhook};
use crate::recordings::sound::segment;
use crate::support::{World, id};

/// A started room that a worker plays; answers it and its epoch.
async fn played(world: &World) -> (String, Value) {
    let room = world.started_room().await;
    let claims = world.claim("w", "1").await;
    (room, claims[0]["epoch"].clone())
}

async fn say(world: &World, room: &str, epoch: &Value, sequence: u64, content: &str) {
    let entry = json!({
        "sequence": sequence, "speakerType": "user", "characterId": null, "speakerIdentity": "guest",
        "speakerName": "Guest", "content": content,
    });
    let body = json!({ "workerId": "w", "epoch": epoch, "entries": [entry] });
    world.work(&format!("rooms/{room}/entries"), body).await.with(200);
}

#[tokio::test]
async fn a_project_is_told_of_a_room_from_start_to_end() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    webhook(&world, &receiver.url()).await;
    let (room, epoch) = played(&world).await;
    say(&world, &room, &epoch, 1, "Hello.").await;
    say(&world, &room, &epoch, 2, "Is anybody here?").await;
    // What was stored is not told again.
    say(&world, &room, &epoch, 2, "Is anybody here?").await;
    for _ in 0..2 {
        world
            .post(&format!("/v1/rooms/{room}/start"), json!({}))
            .await
            .with(200);
    }
    for _ in 0..2 {
        world
            .post(&format!("/v1/rooms/{room}/end"), json!({}))
            .await
            .with(200);
    }
    assert_eq!(dispatch(&world).await, 4);
    assert_eq!(dispatch(&world).await, 0);
    assert_eq!(
        receiver.types(),
        ["entry.created", "entry.created", "room.ended", "room.started"]
    );
    let of_type = |kind: &str| -> Vec<Value> {
        let events = receiver.received().into_iter().map(|received| received.event());
        events.filter(|event| event["type"] == kind).collect()
    };
    let ended = &of_type("room.ended")[0];
    let shown = world.get(&format!("/v1/rooms/{room}")).await.with(200);
    assert_eq!(ended["data"], json!({ "room": shown }));
    assert_eq!(ended["projectId"], shown["projectId"]);
    assert_eq!(ended["createdAt"], shown["endedAt"]);
    let started = &of_type("room.started")[0]["data"]["room"];
    assert!(started["startedAt"].is_string() && started["endedAt"].is_null());
    assert_eq!(started["participants"].as_array().unwrap().len(), 1);
    let mut told: Vec<Value> = of_type("entry.created")
        .into_iter()
        .map(|event| event["data"]["entry"].clone())
        .collect();
    let transcript = world.get(&format!("/v1/rooms/{room}/transcript")).await.with(200);
    told.sort_by_key(|entry| entry["content"] == "Is anybody here?");
    assert_eq!(Value::Array(told), transcript);
}

#[tokio::test]
async fn rooms_that_end_by_themselves_are_told_too() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    webhook(&world, &receiver.url()).await;
    let (room, epoch) = played(&world).await;
    let body = json!({ "workerId": "w", "epoch": epoch, "reason": "empty", "detail": null });
    world.work(&format!("rooms/{room}/release"), body).await.with(200);
    dispatch(&world).await;
    assert_eq!(receiver.types(), ["room.ended", "room.started"]);
}

#[tokio::test]
async fn deliveries_are_signed_as_standard_webhooks_says() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let made = webhook(&world, &receiver.url()).await;
    world.started_room().await;
    dispatch(&world).await;
    let received = &receiver.received()[0];
    assert_eq!(received.header("content-type"), "application/json");
    assert!(received.header("user-agent").starts_with("Troupe"));
    assert_eq!(received.header("webhook-id"), id(&received.event()));
    let verifier = Webhook::new(made["secret"].as_str().unwrap()).unwrap();
    verifier.verify(&received.body, &received.headers).unwrap();
    // The body, the id and the time are all under the signature.
    assert!(verifier.verify(b"{}", &received.headers).is_err());
    for (header, value) in [("webhook-id", "evt_other"), ("webhook-timestamp", "1718800000")] {
        let mut forged: HeaderMap = received.headers.clone();
        forged.insert(header, value.parse().unwrap());
        assert!(verifier.verify(&received.body, &forged).is_err(), "{header}");
    }
    let other = webhook(&world, &receiver.url()).await;
    let other = Webhook::new(other["secret"].as_str().unwrap()).unwrap();
    assert!(other.verify(&received.body, &received.headers).is_err());
}

#[tokio::test]
async fn a_webhook_is_told_what_it_asked_for_and_while_it_is_enabled() {
    let world = World::new().await;
    let (all, some, none) = (
        Receiver::start().await,
        Receiver::start().await,
        Receiver::start().await,
    );
    webhook(&world, &all.url()).await;
    let body = json!({ "url": some.url(), "events": ["room.ended"] });
    world.post("/v1/webhooks", body).await.with(201);
    let disabled = webhook(&world, &none.url()).await;
    let path = format!("/v1/webhooks/{}", id(&disabled));
    world
        .call("PATCH", &path, Some(json!({ "enabled": false })))
        .await
        .with(200);
    // Another project's webhook hears nothing of this one's rooms.
    let theirs = Receiver::start().await;
    let body = json!({ "url": theirs.url() });
    world
        .send(crate::support::request(
            "POST",
            "/v1/webhooks",
            &world.other_key,
            Some(body),
        ))
        .await
        .with(201);
    let room = world.started_room().await;
    world
        .post(&format!("/v1/rooms/{room}/end"), json!({}))
        .await
        .with(200);
    dispatch(&world).await;
    assert_eq!(all.types(), ["room.ended", "room.started"]);
    assert_eq!(some.types(), ["room.ended"]);
    assert!(none.received().is_empty() && theirs.received().is_empty());
    // One event has one id, whoever is told.
    let ended = |receiver: &Receiver| {
        let mut events = receiver.received().into_iter().map(|received| received.event());
        id(&events.find(|event| event["type"] == "room.ended").unwrap())
    };
    assert_eq!(ended(&all), ended(&some));
}

#[tokio::test]
async fn what_happened_while_disabled_is_not_told_later_and_what_waited_is() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let made = webhook(&world, &receiver.url()).await;
    let room = world.started_room().await;
    let enable = async |enabled: bool| {
        let path = format!("/v1/webhooks/{}", id(&made));
        world
            .call("PATCH", &path, Some(json!({ "enabled": enabled })))
            .await
            .with(200);
    };
    enable(false).await;
    world
        .post(&format!("/v1/rooms/{room}/end"), json!({}))
        .await
        .with(200);
    assert_eq!(dispatch(&world).await, 0);
    enable(true).await;
    assert_eq!(dispatch(&world).await, 1);
    assert_eq!(receiver.types(), ["room.started"]);
}

#[tokio::test]
async fn each_recording_is_told_of_when_it_is_ready() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let body = json!({ "url": receiver.url(), "events": ["recording.ready"] });
    world.post("/v1/webhooks", body).await.with(201);
    let room = world.recorded_room().await;
    world.claim("w", "r").await;
    world.tell(&room, "w", 1, None).await.with(200);
    for track in [0, 1] {
        let file = segment(50, 0..0);
        world.put(&room, (1, track, 1), "w", 0, &file).await.with(200);
    }
    world.tell(&room, "w", 1, Some(1)).await.with(200);
    assert_eq!(dispatch(&world).await, 0);
    world.finish(&room, "w", 1).await;
    assert_eq!(dispatch(&world).await, 2);
    let mut shown = world.recordings(&room).await;
    for recording in &mut shown {
        // Links are made when they are asked for.
        recording
            .as_object_mut()
            .unwrap()
            .retain(|name, _| name != "url" && name != "expiresAt");
    }
    let mut told: Vec<Value> = receiver
        .received()
        .iter()
        .map(|received| received.event()["data"]["recording"].clone())
        .collect();
    told.sort_by_key(|recording| recording["kind"] != "mix");
    assert_eq!(told, shown);
}
