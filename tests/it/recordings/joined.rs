use serde_json::json;

use super::sound::{assert_near, decode, segment, stretches};
use crate::support::World;

/// What a recording's link answers.
async fn file(world: &World, recording: &serde_json::Value) -> Vec<u8> {
    super::download::fetch(world, recording["url"].as_str().unwrap(), &[])
        .await
        .2
}

#[tokio::test]
async fn a_room_that_is_over_has_a_mix_and_a_file_for_each_participant() {
    let world = World::new().await;
    let room = world.recorded_room().await;
    world.claim("w", "r").await;
    world.tell(&room, "w", 1, None).await.with(200);
    // The mix begins 40 ms after the room, the guest comes at 5 s.
    world
        .put(&room, (1, 0, 1), "w", 40, &segment(500, 100..200))
        .await
        .with(200);
    world
        .put(&room, (1, 0, 2), "w", 10_040, &segment(250, 0..0))
        .await
        .with(200);
    world
        .put(&room, (1, 1, 2), "w", 10_040, &segment(250, 50..100))
        .await
        .with(200);
    world
        .put(&room, (1, 1, 1), "w", 5_040, &segment(250, 0..100))
        .await
        .with(200);
    assert!(world.recordings(&room).await.is_empty(), "the room goes on");
    world.tell(&room, "w", 1, Some(2)).await.with(200);
    world.played_out(&room, "w", 1).await;

    let recordings = world.recordings(&room).await;
    assert_eq!(recordings.len(), 2);
    let (mix, guest) = (&recordings[0], &recordings[1]);
    assert_eq!(
        (&mix["kind"], &guest["kind"]),
        (&json!("mix"), &json!("participant"))
    );
    assert_eq!(
        (&guest["participantIdentity"], &guest["participantName"]),
        (&json!("guest"), &json!("Guest"))
    );
    for recording in [mix, guest] {
        assert_eq!(recording["status"], "complete");
        assert_eq!(recording["reason"], json!(null));
        // 15 s but for what the encoder holds back.
        assert_eq!(recording["durationMs"], 14_993);
        assert_eq!(recording["roomId"], room.as_str());
        assert_eq!(recording["startedAt"], mix["startedAt"]);
        let file = file(&world, recording).await;
        assert_eq!(recording["sizeBytes"], file.len());
    }
    let mixed = decode(&file(&world, mix).await);
    assert_near(&stretches(&mixed), &[(2_000, 4_000)], 20);
    let guests = decode(&file(&world, guest).await);
    assert_near(&stretches(&guests), &[(5_000, 7_000), (11_000, 12_000)], 20);
    assert_eq!(world.shelf.count(), 2, "the segments are gone");
}

#[tokio::test]
async fn recordings_are_joined_across_a_takeover_and_what_is_missing_is_told() {
    let world = World::new().await;
    let room = world.recorded_room().await;
    world.claim("w1", "r").await;
    world.tell(&room, "w1", 1, None).await.with(200);
    // The first worker dies in its third segment; the second of the guest's never came.
    for (track, sequence) in [(0, 1), (0, 2), (1, 1)] {
        let start_ms = u64::from(sequence - 1) * 10_000;
        let file = segment(500, 0..100);
        world
            .put(&room, (1, track, sequence), "w1", start_ms, &file)
            .await
            .with(200);
    }
    world.lapse("w1").await;
    world.claim("w2", "r").await;
    world.tell(&room, "w2", 2, None).await.with(200);
    for track in 0..2 {
        let file = segment(250, 50..100);
        world
            .put(&room, (2, track, 1), "w2", 33_000, &file)
            .await
            .with(200);
    }
    world.tell(&room, "w2", 2, Some(1)).await.with(200);
    world.played_out(&room, "w2", 2).await;

    let recordings = world.recordings(&room).await;
    let ids: Vec<_> = recordings.iter().map(|recording| &recording["id"]).collect();
    assert_eq!(ids.len(), 2, "one file each, whoever recorded it");
    for recording in &recordings {
        assert_eq!(recording["status"], "partial");
        assert_eq!(recording["reason"], "worker_lost");
        assert_eq!(recording["durationMs"], 37_993);
    }
    let mix = decode(&file(&world, &recordings[0]).await);
    assert_near(
        &stretches(&mix),
        &[(0, 2_000), (10_000, 12_000), (34_000, 35_000)],
        20,
    );
    let guest = decode(&file(&world, &recordings[1]).await);
    assert_near(&stretches(&guest), &[(0, 2_000), (34_000, 35_000)], 20);
}

#[tokio::test]
async fn a_lost_segment_makes_its_own_recording_partial() {
    let world = World::new().await;
    let room = world.recorded_room().await;
    world.claim("w", "r").await;
    world.tell(&room, "w", 1, None).await.with(200);
    for (track, sequence, start_ms) in [(0, 1, 0), (0, 2, 10_000), (1, 2, 10_000)] {
        let file = segment(500, 0..10);
        world
            .put(&room, (1, track, sequence), "w", start_ms, &file)
            .await
            .with(200);
    }
    world.tell(&room, "w", 1, Some(2)).await.with(200);
    world.played_out(&room, "w", 1).await;
    let recordings = world.recordings(&room).await;
    assert_eq!(recordings[0]["status"], "complete");
    assert_eq!(
        (&recordings[1]["status"], &recordings[1]["reason"]),
        (&json!("partial"), &json!("segments_missing"))
    );
}

#[tokio::test]
async fn a_room_is_joined_when_nothing_more_can_come() {
    let world = World::new().await;
    let room = world.recorded_room().await;
    world.claim("w", "r").await;
    world.tell(&room, "w", 1, None).await.with(200);
    world
        .put(&room, (1, 0, 1), "w", 0, &segment(500, 0..10))
        .await
        .with(200);
    world
        .post(&format!("/v1/rooms/{room}/end"), json!({}))
        .await
        .with(200);
    world.rooms.join_recordings().await.unwrap();
    assert!(
        world.recordings(&room).await.is_empty(),
        "its worker still hands in"
    );
    world
        .put(&room, (1, 0, 2), "w", 10_000, &segment(500, 0..10))
        .await
        .with(200);
    // It dies without a word.
    world.lapse("w").await;
    world.rooms.join_recordings().await.unwrap();
    let recordings = world.recordings(&room).await;
    assert_eq!(recordings.len(), 1);
    assert_eq!(recordings[0]["reason"], "worker_lost");
    assert_eq!(recordings[0]["durationMs"], 19_993);
}

#[tokio::test]
async fn a_disk_that_is_full_delays_the_files_and_leaves_nothing_behind() {
    let world = World::new().await;
    let room = world.recorded_room().await;
    world.claim("w", "r").await;
    world.tell(&room, "w", 1, None).await.with(200);
    world
        .put(&room, (1, 0, 1), "w", 0, &segment(500, 0..10))
        .await
        .with(200);
    world
        .put(&room, (1, 1, 1), "w", 0, &segment(500, 0..10))
        .await
        .with(200);
    world.tell(&room, "w", 1, Some(1)).await.with(200);
    world.shelf.set_full(true);
    world.played_out(&room, "w", 1).await;
    assert!(world.recordings(&room).await.is_empty());
    assert_eq!(world.shelf.count(), 2, "the segments alone");
    world.shelf.set_full(false);
    world.rooms.join_recordings().await.unwrap();
    assert_eq!(world.recordings(&room).await.len(), 2);
    assert_eq!(world.shelf.count(), 2, "the files alone");
}

#[tokio::test]
async fn recordings_can_be_removed_and_are_removed_in_time() {
    let world = World::new().await;
    let mut rooms = Vec::new();
    for worker in ["w1", "w2"] {
        let room = world.recorded_room().await;
        world.claim(worker, "r").await;
        world.tell(&room, worker, 1, None).await.with(200);
        world
            .put(&room, (1, 0, 1), worker, 0, &segment(50, 0..10))
            .await
            .with(200);
        rooms.push(room);
    }
    let path = format!("/v1/rooms/{}/recordings", rooms[0]);
    let active = world.call("DELETE", &path, None).await;
    assert_eq!(active.fault(), (409, "room_active", None));
    world.played_out(&rooms[0], "w1", 1).await;
    world.played_out(&rooms[1], "w2", 1).await;
    let strange = world
        .send(crate::support::request("DELETE", &path, &world.other_key, None))
        .await;
    assert_eq!(strange.fault(), (404, "not_found", None));
    for _ in 0..2 {
        world.call("DELETE", &path, None).await.with(200);
    }
    assert!(world.recordings(&rooms[0]).await.is_empty());
    assert_eq!(world.shelf.count(), 1);
    world
        .alter(
            "UPDATE recordings SET created_at = 0 WHERE room_id = $1",
            &[&rooms[1]],
        )
        .await;
    world.rooms.join_recordings().await.unwrap();
    assert!(world.recordings(&rooms[1]).await.is_empty());
    assert_eq!(world.shelf.count(), 0);
}

#[tokio::test]
async fn recordings_come_in_pages_and_to_their_project_alone() {
    let world = World::new().await;
    let room = world.recorded_room().await;
    world.claim("w", "r").await;
    world.tell(&room, "w", 1, None).await.with(200);
    for track in 0..2 {
        world
            .put(&room, (1, track, 1), "w", 0, &segment(50, 0..10))
            .await
            .with(200);
    }
    world.tell(&room, "w", 1, Some(1)).await.with(200);
    world.played_out(&room, "w", 1).await;
    let first = world.get(&format!("/v1/rooms/{room}/recordings?limit=1")).await;
    let link = first.headers["link"].to_str().unwrap().to_owned();
    let first = first.with(200)[0]["id"].clone();
    let next = link.split(['<', '>']).nth(1).unwrap();
    let next = next.strip_prefix("https://api.example").unwrap();
    let second = world.get(next).await;
    assert!(!second.headers.contains_key("link"));
    let second = second.with(200);
    assert_eq!(second.as_array().unwrap().len(), 1);
    assert_ne!(second[0]["id"], first);
    let path = format!("/v1/rooms/{room}/recordings");
    let strange = world
        .send(crate::support::request("GET", &path, &world.other_key, None))
        .await;
    assert_eq!(strange.fault(), (404, "not_found", None));
    let wrong = world.get(&format!("{path}?after=rec_none")).await;
    assert_eq!(wrong.fault(), (422, "validation_error", Some("after")));
}
