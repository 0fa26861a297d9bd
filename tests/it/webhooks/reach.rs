use serde_json::json;
use troupe::outbound::Destinations;
use troupe::rooms::webhooks::Webhooks;
use troupe::rooms::webhooks::record::NewWebhook;

use super::receiver::Receiver;
use super::{deliveries, dispatch, webhook};
use crate::support::{World, id};

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let made = webhook(&world, &receiver.url()).await;
    world.started_room().await;
    for status in [301, 302, 307, 308] {
        receiver.answers(status);
        world
            .alter(
                "UPDATE webhook_deliveries SET next_at = 0 WHERE status = $1",
                &["pending"],
            )
            .await;
        dispatch(&world).await;
        let delivery = &deliveries(&world, &made).await[0];
        assert_eq!(
            (&delivery["responseStatus"], &delivery["error"]),
            (&json!(status), &json!("redirected"))
        );
    }
    assert!(
        receiver
            .received()
            .iter()
            .all(|received| received.path == "/hooks")
    );
}

#[tokio::test]
async fn private_addresses_are_refused_when_a_webhook_is_made() {
    let world = World::new().await;
    let public = Webhooks::new(world.store.clone(), world.secret.clone(), Destinations::Public);
    let project = world
        .get(&format!("/v1/rooms/{}", world.room().await))
        .await
        .with(200)["projectId"]
        .as_str()
        .unwrap()
        .to_owned();
    for url in [
        "http://hooks.example.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "https://localhost/",
        "https://metadata.google.internal/",
    ] {
        let new = NewWebhook {
            url: url.into(),
            description: None,
            events: Vec::new(),
        };
        let refused = public.create(&project, new).await.unwrap_err();
        assert!(
            matches!(refused, troupe::rooms::Error::Invalid { param: "url", .. }),
            "{url}: {refused}"
        );
    }
}

#[tokio::test]
async fn private_addresses_are_refused_when_a_delivery_is_sent() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    // As if it was made while they were allowed.
    let made = webhook(&world, &format!("https://127.0.0.1:{}/", receiver.port())).await;
    world.started_room().await;
    let public = Webhooks::new(world.store.clone(), world.secret.clone(), Destinations::Public);
    assert_eq!(public.dispatch_at(super::now(&world).await).await.unwrap(), 1);
    let delivery = &deliveries(&world, &made).await[0];
    assert_eq!(delivery["error"], "private_address");
    assert!(receiver.received().is_empty());
    // The log tells neither address nor secret.
    assert!(!delivery.to_string().contains("127.0.0.1"));
    assert_eq!(delivery["webhookId"], id(&made).as_str());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let world = World::new().await;
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let made = webhook(&world, &format!("http://127.0.0.1:{port}/")).await;
    world.started_room().await;
    dispatch(&world).await;
    let delivery = &deliveries(&world, &made).await[0];
    assert_eq!(
        (&delivery["error"], &delivery["responseStatus"]),
        (&json!("unreachable"), &json!(null))
    );
}

#[tokio::test]
async fn deliveries_of_another_servers_secret_say_so() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let made = webhook(&world, &receiver.url()).await;
    world.started_room().await;
    let secret = troupe::rooms::secret::ServerSecret::from_text("another secret, long enough").unwrap();
    let changed = Webhooks::new(world.store.clone(), secret, Destinations::Anywhere);
    changed.dispatch_at(super::now(&world).await).await.unwrap();
    assert_eq!(deliveries(&world, &made).await[0]["error"], "secret_lost");
    assert!(receiver.received().is_empty());
}
