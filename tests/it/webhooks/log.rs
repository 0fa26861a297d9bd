use std::time::Duration;

use serde_json::{Value, json};

use super::receiver::Receiver;
use super::{deliveries, dispatch, shown, webhook};
use crate::shape::assert_shape;
use crate::support::{World, id};

#[tokio::test]
async fn the_log_shows_what_became_of_each_delivery() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let made = webhook(&world, &receiver.url()).await;
    world.started_room().await;
    let waiting = &deliveries(&world, &made).await[0];
    assert_eq!(
        (&waiting["status"], &waiting["attempts"]),
        (&json!("pending"), &json!(0))
    );
    for field in ["lastAttemptAt", "responseStatus", "error", "durationMs"] {
        assert_eq!(waiting.get(field), Some(&Value::Null), "{field}");
    }
    dispatch(&world).await;
    let arrived = &deliveries(&world, &made).await[0];
    let shape = json!({
        "id": "dlv_1", "createdAt": "", "webhookId": "", "eventId": "", "eventType": "room.started", "status": "delivered",
        "attempts": 1, "nextAttemptAt": null, "lastAttemptAt": "", "responseStatus": 200, "error": null, "durationMs": 1,
    });
    assert_shape(arrived, &shape);
    assert_eq!(arrived["eventType"], "room.started");
    assert_eq!(arrived["eventId"], receiver.received()[0].header("webhook-id"));
    assert_eq!(
        (&arrived["status"], &arrived["responseStatus"]),
        (&json!("delivered"), &json!(200))
    );
}

#[tokio::test]
async fn the_log_pages_newest_first() {
    let world = World::new().await;
    let made = webhook(&world, "https://hooks.example.com/").await;
    for _ in 0..5 {
        world.started_room().await;
    }
    let all: Vec<String> = deliveries(&world, &made).await.iter().map(id).collect();
    assert_eq!(all.len(), 5);
    let mut paged = Vec::new();
    let mut next = Some(format!("/v1/webhooks/{}/deliveries?limit=2", id(&made)));
    while let Some(path) = next {
        let page = world.get(&path).await;
        next = page.next();
        paged.extend(page.body.as_array().unwrap().iter().map(id));
    }
    assert_eq!(paged, all);
    let created: Vec<String> = deliveries(&world, &made)
        .await
        .iter()
        .map(|delivery| delivery["createdAt"].to_string())
        .collect();
    assert!(created.is_sorted_by(|newer, older| newer >= older));
    let other = webhook(&world, "https://hooks.example.com/").await;
    let foreign = world
        .get(&format!(
            "/v1/webhooks/{}/deliveries?after={}",
            id(&other),
            all[0]
        ))
        .await;
    assert_eq!(foreign.fault(), (422, "validation_error", Some("after")));
}

#[tokio::test]
async fn a_test_is_sent_at_once_once_and_changes_nothing() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let made = webhook(&world, &receiver.url()).await;
    let test = async || {
        world
            .post(&format!("/v1/webhooks/{}/test", id(&made)), json!({}))
            .await
            .with(200)
    };
    let arrived = test().await;
    assert_eq!(
        (&arrived["status"], &arrived["eventType"]),
        (&json!("delivered"), &json!("webhook.test"))
    );
    let received = &receiver.received()[0];
    assert_eq!(received.event()["type"], "webhook.test");
    let verifier = standardwebhooks::Webhook::new(made["secret"].as_str().unwrap()).unwrap();
    verifier.verify(&received.body, &received.headers).unwrap();
    receiver.answers(500);
    let refused = test().await;
    assert_eq!(
        (&refused["status"], &refused["responseStatus"]),
        (&json!("failed"), &json!(500))
    );
    receiver.answers(410);
    test().await;
    let after = shown(&world, &made).await;
    assert_eq!(
        (&after["enabled"], &after["failingSince"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(
        super::dispatch_later(&world, 3_600_000).await,
        0,
        "a test is never tried again"
    );
    assert_eq!(deliveries(&world, &made).await.len(), 3);
    let path = format!("/v1/webhooks/{}", id(&made));
    world
        .call("PATCH", &path, Some(json!({ "enabled": false })))
        .await
        .with(200);
    receiver.answers(200);
    assert_eq!(test().await["status"], "delivered", "before it is enabled again");
}

#[tokio::test]
async fn a_webhook_that_too_much_waits_for_is_disabled() {
    let world = World::new().await;
    let made = webhook(&world, "https://hooks.example.com/").await;
    for _ in 0..3 {
        world.started_room().await;
    }
    assert!(world.store.disable_backlogged(3).await.unwrap().is_empty());
    assert_eq!(world.store.disable_backlogged(2).await.unwrap(), [id(&made)]);
    assert_eq!(shown(&world, &made).await["disabledReason"], "backlog");
    let given_up = deliveries(&world, &made).await;
    assert!(
        given_up
            .iter()
            .all(|delivery| delivery["status"] == "failed" && delivery["error"] == "backlog")
    );
    assert!(world.store.disable_backlogged(2).await.unwrap().is_empty());
}

#[tokio::test]
async fn old_events_are_forgotten_with_their_deliveries() {
    let world = World::new().await;
    let made = webhook(&world, "https://hooks.example.com/").await;
    world.started_room().await;
    let now = super::now(&world).await;
    world.store.forget_events(now.plus_ms(-1_000_000)).await.unwrap();
    assert_eq!(deliveries(&world, &made).await.len(), 1);
    world.store.forget_events(now.plus_ms(1_000)).await.unwrap();
    assert!(deliveries(&world, &made).await.is_empty());
}

#[tokio::test]
async fn the_server_delivers_by_itself_until_it_stops() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let made = webhook(&world, &receiver.url()).await;
    let dispatcher = tokio::spawn(world.webhooks.clone().dispatch_until(world.shutdown.clone()));
    world.started_room().await;
    let arrived = async {
        while deliveries(&world, &made).await[0]["status"] != "delivered" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), arrived)
        .await
        .unwrap();
    world.shutdown.cancel();
    dispatcher.await.unwrap();
    assert_eq!(receiver.types(), ["room.started"]);
}
