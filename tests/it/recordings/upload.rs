use serde_json::json;

use super::sound::segment;
use crate::support::{World, request};

#[tokio::test]
async fn a_claim_says_whether_and_from_when_a_room_is_recorded() {
    let world = World::new().await;
    let room = world.recorded_room().await;
    let claim = world.claim("w", "r").await.remove(0);
    assert_eq!(claim["record"], true);
    assert!(claim["ageMs"].is_u64());
    assert_eq!(
        world.get(&format!("/v1/rooms/{room}")).await.with(200)["record"],
        true
    );
    world.started_room().await;
    assert_eq!(world.claim("w", "r2").await[0]["record"], false);
    let wrong = world
        .post("/v1/rooms", json!({"name": "Room", "record": "yes"}))
        .await;
    assert_eq!(wrong.fault(), (422, "validation_error", Some("record")));
}

#[tokio::test]
async fn a_segment_is_stored_once_under_its_epoch_track_and_sequence() {
    let world = World::new().await;
    let room = world.recorded_room().await;
    world.claim("w", "r").await;
    let file = segment(100, 0..50);
    assert_eq!(
        world.put(&room, (1, 1, 1), "w", 0, &file).await.fault(),
        (409, "unknown_track", None)
    );
    world.tell(&room, "w", 1, None).await.with(200);
    for _ in 0..3 {
        let answer = world.put(&room, (1, 1, 1), "w", 0, &file).await.with(200);
        assert_eq!(answer, json!({"stored": true}));
    }
    let other = segment(100, 50..100);
    assert_eq!(
        world.put(&room, (1, 1, 1), "w", 0, &other).await.fault(),
        (409, "segment_differs", None)
    );
    assert_eq!(world.shelf.count(), 1);
}

#[tokio::test]
async fn only_the_holder_hands_in_sound() {
    let world = World::new().await;
    let room = world.recorded_room().await;
    world.claim("w1", "r").await;
    world.tell(&room, "w1", 1, None).await.with(200);
    world.lapse("w1").await;
    world.claim("w2", "r").await;
    let file = segment(10, 0..5);
    let stale = (409, "stale_epoch", None);
    assert_eq!(world.put(&room, (1, 1, 1), "w1", 0, &file).await.fault(), stale);
    assert_eq!(world.tell(&room, "w1", 1, Some(1)).await.fault(), stale);
    // Neither under a newer epoch, nor in another's name.
    assert_eq!(world.put(&room, (2, 1, 1), "w1", 0, &file).await.fault(), stale);
    assert_eq!(world.put(&room, (1, 1, 1), "w2", 0, &file).await.fault(), stale);
    assert_eq!(world.shelf.count(), 0);
    world.tell(&room, "w2", 2, None).await.with(200);
    world.put(&room, (2, 1, 1), "w2", 0, &file).await.with(200);
    let missing = world.put("room_none", (2, 1, 1), "w2", 0, &file).await;
    assert_eq!(missing.fault(), (404, "not_found", None));
}

#[tokio::test]
async fn only_a_worker_hands_in_sound() {
    let world = World::new().await;
    let room = world.recorded_room().await;
    let path = format!("/worker/v1/rooms/{room}/recordings");
    for (path, method) in [(path.clone(), "POST"), (format!("{path}/1/1/1"), "PUT")] {
        let answer = world
            .send(request(method, &path, &world.key, Some(json!({}))))
            .await;
        assert_eq!(answer.fault(), (403, "wrong_key_kind", None));
    }
}

#[tokio::test]
async fn what_is_no_segment_is_refused_by_name() {
    let world = World::new().await;
    let room = world.recorded_room().await;
    world.claim("w", "r").await;
    world.tell(&room, "w", 1, None).await.with(200);
    let file = segment(10, 0..5);
    let hash = blake3::hash(b"another").to_hex().to_string();
    let place = (1, 1, 1);
    let wrong = world.put_as(&room, place, "w", 0, &hash, &file).await;
    assert_eq!(wrong.fault(), (422, "validation_error", Some("blake3")));
    let wrong = world.put_as(&room, place, "w", 0, "abc", &file).await;
    assert_eq!(wrong.fault(), (422, "validation_error", Some("blake3")));
    for body in [b"RIFF".to_vec(), Vec::new(), segment(501, 0..1)] {
        let wrong = world.put(&room, place, "w", 0, &body).await;
        assert_eq!(wrong.fault(), (422, "validation_error", None));
    }
    let large = vec![0; 1024 * 1024 + 1];
    let wrong = world.put(&room, place, "w", 0, &large).await;
    assert_eq!(wrong.fault(), (413, "body_too_large", None));
    let wrong = world.put(&room, (1, 1, 9_000_000), "w", 0, &file).await;
    assert_eq!(wrong.fault(), (422, "validation_error", Some("sequence")));
    let body = json!({"workerId": "w", "epoch": 1, "tracks": [{"track": 1, "kind": "video"}]});
    let wrong = world.work(&format!("rooms/{room}/recordings"), body).await;
    assert_eq!(wrong.fault().0, 422);
    assert_eq!(world.shelf.count(), 0);
}

#[tokio::test]
async fn a_full_disk_is_told_and_what_is_sent_again_is_stored() {
    let world = World::new().await;
    let room = world.recorded_room().await;
    world.claim("w", "r").await;
    world.tell(&room, "w", 1, None).await.with(200);
    let file = segment(10, 0..5);
    world.shelf.set_full(true);
    let full = world.put(&room, (1, 1, 1), "w", 0, &file).await;
    assert!(full.headers.contains_key("retry-after"));
    assert_eq!(full.fault(), (503, "recordings_unavailable", None));
    assert_eq!(
        world.shelf.count(),
        0,
        "nothing is left of what could not be stored"
    );
    world.shelf.set_full(false);
    world.put(&room, (1, 1, 1), "w", 0, &file).await.with(200);
}
