use serde_json::{Value, json};

use super::receiver::Receiver;
use super::{deliveries, dispatch, dispatch_later, shown, webhook};
use crate::support::{World, id};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Milliseconds from one time of an answer to another.
fn between_ms(from: &Value, to: &Value) -> i128 {
    let read = |value: &Value| {
        let format = &time::format_description::well_known::Rfc3339;
        time::OffsetDateTime::parse(value.as_str().unwrap(), format).unwrap()
    };
    (read(to) - read(from)).whole_milliseconds()
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_with_growing_pauses_until_it_arrives() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let made = webhook(&world, &receiver.url()).await;
    world.started_room().await;
    receiver.answers(500);
    let mut passed_ms = 0;
    for (attempt, longest_ms) in [(1, 5_000), (2, 15_000), (3, 45_000), (4, 135_000)] {
        assert_eq!(dispatch_later(&world, passed_ms).await, 1, "attempt {attempt}");
        assert_eq!(dispatch_later(&world, passed_ms).await, 0, "not before its time");
        let delivery = &deliveries(&world, &made).await[0];
        assert_eq!(
            (&delivery["status"], &delivery["attempts"]),
            (&json!("pending"), &json!(attempt))
        );
        assert_eq!(
            (&delivery["responseStatus"], &delivery["error"]),
            (&json!(500), &json!("refused"))
        );
        let pause_ms = between_ms(&delivery["lastAttemptAt"], &delivery["nextAttemptAt"]);
        // The attempt itself takes a while.
        assert!(
            (longest_ms / 2..longest_ms + 10_000).contains(&pause_ms),
            "{attempt}: {pause_ms}"
        );
        passed_ms += 10 * MINUTE_MS;
    }
    assert!(shown(&world, &made).await["failingSince"].is_string());
    receiver.answers(204);
    assert_eq!(dispatch_later(&world, passed_ms).await, 1);
    let delivery = &deliveries(&world, &made).await[0];
    assert_eq!(
        (&delivery["status"], &delivery["attempts"]),
        (&json!("delivered"), &json!(5))
    );
    assert_eq!(
        (&delivery["nextAttemptAt"], &delivery["error"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(shown(&world, &made).await["failingSince"], Value::Null);
    let received = receiver.received();
    let ids: std::collections::BTreeSet<&str> = received
        .iter()
        .map(|received| received.header("webhook-id"))
        .collect();
    assert_eq!(
        (received.len(), ids.len()),
        (5, 1),
        "one id however often it is told"
    );
    assert!(
        received
            .windows(2)
            .all(|pair| pair[0].header("webhook-signature") != pair[1].header("webhook-signature"))
    );
}

#[tokio::test]
async fn a_webhook_that_nothing_reaches_for_a_day_is_disabled_and_says_why() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let made = webhook(&world, &receiver.url()).await;
    let room = world.started_room().await;
    receiver.answers(503);
    dispatch(&world).await;
    dispatch_later(&world, DAY_MS - MINUTE_MS).await;
    assert_eq!(shown(&world, &made).await["enabled"], true);
    dispatch_later(&world, DAY_MS + 7 * 60 * MINUTE_MS).await;
    let disabled = shown(&world, &made).await;
    assert_eq!(
        (&disabled["enabled"], &disabled["disabledReason"]),
        (&json!(false), &json!("failing"))
    );
    // It is told nothing and tried no more.
    world
        .post(&format!("/v1/rooms/{room}/end"), json!({}))
        .await
        .with(200);
    assert_eq!(dispatch_later(&world, 3 * DAY_MS).await, 0);
    // Enabled again, it goes on with what waits.
    receiver.answers(200);
    let path = format!("/v1/webhooks/{}", id(&made));
    let enabled = world
        .call("PATCH", &path, Some(json!({ "enabled": true })))
        .await
        .with(200);
    assert_eq!(
        (&enabled["disabledReason"], &enabled["failingSince"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(dispatch_later(&world, 3 * DAY_MS).await, 1);
    assert_eq!(deliveries(&world, &made).await[0]["status"], "delivered");
}

#[tokio::test]
async fn a_delivery_is_given_up_after_its_last_attempt() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let made = webhook(&world, &receiver.url()).await;
    world.started_room().await;
    receiver.answers(400);
    for attempt in 0..14 {
        // Close together, so that the webhook itself is not given up before.
        assert_eq!(
            dispatch_later(&world, attempt * 60 * MINUTE_MS).await,
            1,
            "{attempt}"
        );
        world
            .alter(
                "UPDATE webhook_deliveries SET next_at = 0 WHERE status = $1",
                &["pending"],
            )
            .await;
    }
    let delivery = &deliveries(&world, &made).await[0];
    assert_eq!(
        (&delivery["status"], &delivery["attempts"]),
        (&json!("failed"), &json!(14))
    );
    assert_eq!(delivery["nextAttemptAt"], Value::Null);
    assert_eq!(dispatch_later(&world, 3 * DAY_MS).await, 0);
    assert_eq!(shown(&world, &made).await["enabled"], true);
}

#[tokio::test]
async fn a_server_that_is_gone_is_believed_at_once() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let made = webhook(&world, &receiver.url()).await;
    world.started_room().await;
    receiver.answers(410);
    dispatch(&world).await;
    assert_eq!(shown(&world, &made).await["disabledReason"], "gone");
    assert_eq!(deliveries(&world, &made).await[0]["status"], "failed");
}

#[tokio::test]
async fn what_a_dead_server_had_taken_comes_back_after_its_lease() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    webhook(&world, &receiver.url()).await;
    world.started_room().await;
    // Taken and never settled.
    let now = super::now(&world).await;
    assert_eq!(world.store.take_due(now, 10, &[]).await.unwrap().len(), 1);
    assert_eq!(dispatch_later(&world, 30_000).await, 0);
    assert_eq!(dispatch_later(&world, 2 * MINUTE_MS).await, 1);
    assert_eq!(receiver.types(), ["room.started"]);
}

#[tokio::test]
async fn two_dispatchers_deliver_everything_once() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    webhook(&world, &receiver.url()).await;
    for _ in 0..10 {
        world.started_room().await;
    }
    let now = super::now(&world).await;
    let mut tried = 0;
    loop {
        let (one, other) = tokio::join!(world.webhooks.dispatch_at(now), world.webhooks.dispatch_at(now));
        let both = one.unwrap() + other.unwrap();
        if both == 0 {
            break;
        }
        tried += both;
    }
    assert_eq!((tried, receiver.received().len()), (10, 10));
}
