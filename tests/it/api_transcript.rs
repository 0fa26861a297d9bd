use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{World, id, request};

async fn say(world: &World, room: &str, lines: &[(u64, &str)]) {
    let entries: Vec<Value> = lines
        .iter()
        .map(|(sequence, content)| {
            json!({
                "sequence": sequence, "speakerType": "user", "speakerIdentity": "carol", "speakerName": "Carol",
                "content": content,
            })
        })
        .collect();
    let body = json!({"workerId": "w", "epoch": 1, "entries": entries});
    world.work(&format!("rooms/{room}/entries"), body).await.with(200);
}

async fn held_room(world: &World) -> String {
    let room = world.started_room().await;
    assert_eq!(world.claim("w", "r").await.len(), 1);
    room
}

#[tokio::test]
async fn the_transcript_is_in_spoken_order_and_pages() {
    let world = World::new().await;
    let room = held_room(&world).await;
    let path = format!("/v1/rooms/{room}/transcript");
    assert_eq!(world.get(&path).await.with(200), json!([]));
    say(&world, &room, &[(1, "one"), (2, "two"), (3, "three")]).await;
    let all = world.get(&path).await.with(200);
    let spoken: Vec<&str> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["content"].as_str().unwrap())
        .collect();
    assert_eq!(spoken, ["one", "two", "three"]);
    assert_eq!(all[0]["roomId"], room);
    assert_eq!(all[0]["speakerType"], "user");
    assert_eq!(all[0]["characterId"], Value::Null);
    assert_eq!(
        (&all[0]["speakerIdentity"], &all[0]["speakerName"]),
        (&json!("carol"), &json!("Carol"))
    );
    let page = world.get(&format!("{path}?limit=2")).await;
    let next = page.next().unwrap();
    assert_eq!(page.with(200), json!([all[0], all[1]]));
    for rest in [next, format!("{path}?limit=2&after={}", id(&all[1]))] {
        let rest = world.get(&rest).await;
        assert!(rest.next().is_none());
        assert_eq!(rest.with(200), json!([all[2]]));
    }
    let unknown = world.get(&format!("{path}?after=entry_none")).await;
    assert_eq!(unknown.fault(), (422, "validation_error", Some("after")));
}

/// Reads a stream to its end.
async fn events(world: &World, room: &str, after: Option<&str>) -> String {
    let mut request: Request<Body> = request("GET", &format!("/v1/rooms/{room}/events"), &world.key, None);
    if let Some(after) = after {
        request
            .headers_mut()
            .insert("last-event-id", after.parse().unwrap());
    }
    let response = world.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn events_follow_a_room_to_its_end() {
    let world = World::new().await;
    let room = held_room(&world).await;
    say(&world, &room, &[(1, "one")]).await;
    let (stream, ()) = tokio::join!(events(&world, &room, None), async {
        say(&world, &room, &[(2, "two")]).await;
        world
            .post(&format!("/v1/rooms/{room}/end"), json!({}))
            .await
            .with(200);
    });
    let all = world.get(&format!("/v1/rooms/{room}/transcript")).await.with(200);
    let kinds: Vec<&str> = stream
        .lines()
        .filter_map(|line| line.strip_prefix("event: "))
        .collect();
    assert_eq!(kinds, ["entry", "entry", "end"]);
    let data: Vec<Value> = stream
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    assert_eq!(data[..2], all.as_array().unwrap()[..]);
    let resumed = events(&world, &room, all[0]["id"].as_str()).await;
    assert!(!resumed.contains("\"one\"") && resumed.contains("\"two\""));
}

#[tokio::test]
async fn a_stream_ends_when_the_server_stops() {
    let world = World::new().await;
    let room = held_room(&world).await;
    world.shutdown.cancel();
    assert_eq!(events(&world, &room, None).await, "");
}
