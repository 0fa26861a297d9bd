//! Recordings in a bucket: whole, in parts, and while the store is away, refuses, or is full.

use std::io::ErrorKind;
use std::sync::Arc;

use axum::http::StatusCode;
use bytes::Bytes;
use serde_json::json;
use troupe::rooms::recording::Objects;

use super::download::fetch;
use super::s3::S3;
use super::sound::segment;
use crate::support::{World, request};

/// More requests than anybody repeats.
const ALL: usize = 1_000_000;

#[tokio::test]
async fn an_object_is_there_once_it_is_whole_and_gone_with_its_folder() {
    let s3 = S3::start().await;
    let objects = s3.objects("eu/troupe");
    let mut draft = objects.create("room/one.opus").await.unwrap();
    draft.write(Bytes::from_static(b"some ")).await.unwrap();
    let missing = objects.read("room/one.opus", 0, 10).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    draft.write(Bytes::from_static(b"sound")).await.unwrap();
    draft.keep().await.unwrap();
    assert_eq!(objects.read("room/one.opus", 5, 100).await.unwrap(), "sound");
    assert_eq!(objects.read("room/one.opus", 10, 100).await.unwrap(), "");
    assert_eq!(objects.read("room/one.opus", 100, 100).await.unwrap(), "");
    assert!(
        s3.listing("")
            .await
            .contains("<Key>eu/troupe/room/one.opus</Key>")
    );
    for name in ["room/segments/1", "room/segments/2", "roomier/3"] {
        objects.put(name, Bytes::from_static(b"1")).await.unwrap();
    }
    objects.remove("room/segments/1").await.unwrap();
    objects.remove("room/segments/1").await.unwrap();
    objects.remove_all("room").await.unwrap();
    objects.remove_all("room").await.unwrap();
    let left = s3.listing("").await;
    assert!(
        left.contains("roomier/3") && !left.contains("troupe/room/"),
        "{left}"
    );
}

#[tokio::test]
async fn a_large_object_goes_in_parts_and_one_that_is_given_up_leaves_none() {
    let s3 = S3::start().await;
    let objects = s3.objects("");
    let block = Bytes::from(vec![7; 1024 * 1024]);
    let mut draft = objects.create("room/large").await.unwrap();
    for _ in 0..17 {
        draft.write(block.clone()).await.unwrap();
    }
    // A part that fails is sent again, and no other.
    s3.answer(StatusCode::SERVICE_UNAVAILABLE, 2);
    draft.keep().await.unwrap();
    let end = objects
        .read("room/large", 17 * 1024 * 1024 - 2, 10)
        .await
        .unwrap();
    assert_eq!(end, vec![7; 2]);
    let parts = s3
        .seen()
        .iter()
        .filter(|seen| seen.starts_with("PUT partNumber="))
        .count();
    assert_eq!(parts, 3, "{:?}", s3.seen());

    let mut draft = objects.create("room/given-up").await.unwrap();
    for _ in 0..9 {
        draft.write(block.clone()).await.unwrap();
    }
    assert!(s3.listing("?uploads").await.contains("given-up"));
    drop(draft);
    let gone = async {
        while s3.listing("?uploads").await.contains("given-up") {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), gone)
        .await
        .expect("its parts are given up");
}

#[tokio::test]
async fn a_store_that_is_away_or_full_is_tried_again_and_one_that_refuses_is_not() {
    let s3 = S3::start().await;
    let objects = s3.objects("");
    s3.answer(StatusCode::INTERNAL_SERVER_ERROR, 2);
    objects.put("one", Bytes::from_static(b"1")).await.unwrap();
    assert_eq!(objects.read("one", 0, 9).await.unwrap(), "1");
    for status in [StatusCode::SERVICE_UNAVAILABLE, StatusCode::INSUFFICIENT_STORAGE] {
        s3.answer(status, ALL);
        assert!(
            objects.put("two", Bytes::from_static(b"2")).await.is_err(),
            "{status}"
        );
    }
    s3.answer(StatusCode::FORBIDDEN, ALL);
    let refused = objects.put("two", Bytes::from_static(b"2")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::PermissionDenied);
    assert!(!refused.to_string().contains("word"), "{refused}");
    s3.answer(StatusCode::OK, 0);
    assert_eq!(
        objects.read("two", 0, 9).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn a_room_is_recorded_into_a_bucket_downloaded_from_it_and_removed() {
    let s3 = S3::start().await;
    let world = World::storing(Arc::new(s3.objects("recordings"))).await;
    let room = world.recorded_room().await;
    world.claim("w", "r").await;
    world.tell(&room, "w", 1, None).await.with(200);
    let file = segment(500, 100..200);
    world.put(&room, (1, 0, 1), "w", 0, &file).await.with(200);
    world.put(&room, (1, 1, 1), "w", 0, &file).await.with(200);
    world.tell(&room, "w", 1, Some(1)).await.with(200);
    world.finish(&room, "w", 1).await;
    let recordings = world.recordings(&room).await;
    assert_eq!(recordings.len(), 2);
    let url = recordings[0]["url"].as_str().unwrap();
    assert_eq!(recordings[0]["status"], "complete");
    let (status, _, whole) = fetch(&world, url, &[]).await;
    assert_eq!((status, &json!(whole.len())), (200, &recordings[0]["sizeBytes"]));
    let (status, _, part) = fetch(&world, url, &[("range", "bytes=10-19")]).await;
    assert_eq!((status, part.as_slice()), (206, &whole[10..20]));
    let (status, _, wav) = fetch(&world, &format!("{url}&format=wav"), &[]).await;
    assert_eq!((status, &wav[..4]), (200, b"RIFF".as_slice()));
    assert!(
        !s3.listing("").await.contains("/segments/"),
        "only files are left"
    );
    let path = format!("/v1/rooms/{room}/recordings");
    world
        .send(request("DELETE", &path, &world.key, None))
        .await
        .with(200);
    assert!(!s3.listing("").await.contains("<Key>"), "nothing is left");
}

#[tokio::test]
async fn what_the_store_never_took_is_told_as_missing() {
    let s3 = S3::start().await;
    let world = World::storing(Arc::new(s3.objects("recordings"))).await;
    let room = world.recorded_room().await;
    world.claim("w", "r").await;
    world.tell(&room, "w", 1, None).await.with(200);
    let file = segment(500, 100..200);
    world.put(&room, (1, 0, 1), "w", 0, &file).await.with(200);
    s3.answer(StatusCode::SERVICE_UNAVAILABLE, ALL);
    let away = world.put(&room, (1, 0, 2), "w", 10_000, &file).await;
    assert_eq!(away.fault(), (503, "recordings_unavailable", None));
    s3.answer(StatusCode::OK, 0);
    // The worker had no more time for it.
    world.tell(&room, "w", 1, Some(2)).await.with(200);
    world.finish(&room, "w", 1).await;
    let recordings = world.recordings(&room).await;
    assert_eq!(recordings[0]["status"], "partial");
    assert_eq!(recordings[0]["reason"], "segments_missing");
}
