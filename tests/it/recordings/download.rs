use std::io::Cursor;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::sound::{assert_near, segment, stretches};
use crate::support::World;

/// Status, headers and bytes of what a link answers; without any key.
pub(super) async fn fetch(world: &World, url: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, Vec<u8>) {
    let path = url.strip_prefix("https://api.example").unwrap_or(url);
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let response = world.router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes().to_vec();
    (parts.status.as_u16(), parts.headers, bytes)
}

fn code(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap();
    body["error"]["code"].as_str().unwrap().to_owned()
}

/// A room with a recording of 10 s; answers the mix.
async fn recorded(world: &World) -> Value {
    let room = world.recorded_room().await;
    world.claim("w", "r").await;
    world.tell(&room, "w", 1, None).await.with(200);
    let file = segment(500, 100..200);
    world.put(&room, (1, 0, 1), "w", 0, &file).await.with(200);
    world.played_out(&room, "w", 1).await;
    world.recordings(&room).await.remove(0)
}

#[tokio::test]
async fn a_link_opens_its_recording_as_an_ogg_file() {
    let world = World::new().await;
    let recording = recorded(&world).await;
    let url = recording["url"].as_str().unwrap();
    let (status, headers, file) = fetch(&world, url, &[]).await;
    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "audio/ogg; codecs=opus");
    assert_eq!(headers["content-length"], file.len().to_string());
    assert_eq!(headers["accept-ranges"], "bytes");
    assert_eq!(headers["cache-control"], "private, no-store");
    assert!(file.starts_with(b"OggS"));
}

#[tokio::test]
async fn a_link_can_not_be_changed_and_expires() {
    let world = World::new().await;
    let recording = recorded(&world).await;
    let url = recording["url"].as_str().unwrap();
    let (head, signature) = url.rsplit_once('=').unwrap();
    let flipped = if signature.starts_with('0') { '1' } else { '0' };
    let expires = head.split(['=', '&']).nth(1).unwrap();
    let later = (expires.parse::<u64>().unwrap() + 60).to_string();
    let id = recording["id"].as_str().unwrap();
    for wrong in [
        format!("{head}={flipped}{}", &signature[1..]),
        format!("{head}="),
        url.replace(expires, &later),
        url.replace(expires, "soon"),
        url.replace(id, "rec_00000000000000000000"),
        format!("/recordings/{id}"),
    ] {
        let (status, _, body) = fetch(&world, &wrong, &[]).await;
        // An empty parameter is refused by its name.
        assert!(
            status == 403 && code(&body) == "invalid_link" || status == 422,
            "{wrong}: {status}"
        );
    }
    // Links hold for an hour by the database's clock; this one was made two hours ago.
    let ago = expires.parse::<i64>().unwrap() - 2 * 3600;
    let signed = world.secret.sign_link(&format!("recording\n{id}\n{ago}"));
    let old = format!("/recordings/{id}?expires={ago}&signature={signed}");
    let (status, _, body) = fetch(&world, &old, &[]).await;
    assert_eq!((status, code(&body).as_str()), (403, "link_expired"));
}

#[tokio::test]
async fn a_link_to_what_was_removed_finds_nothing() {
    let world = World::new().await;
    let recording = recorded(&world).await;
    let room = recording["roomId"].as_str().unwrap();
    world
        .call("DELETE", &format!("/v1/rooms/{room}/recordings"), None)
        .await
        .with(200);
    let (status, _, body) = fetch(&world, recording["url"].as_str().unwrap(), &[]).await;
    assert_eq!((status, code(&body).as_str()), (404, "not_found"));
}

#[tokio::test]
async fn parts_of_a_file_can_be_asked_for() {
    let world = World::new().await;
    let recording = recorded(&world).await;
    let url = recording["url"].as_str().unwrap();
    let (_, headers, file) = fetch(&world, url, &[]).await;
    let tag = headers["etag"].to_str().unwrap().to_owned();
    let size = file.len();
    let (status, headers, part) = fetch(&world, url, &[("range", "bytes=100-199")]).await;
    assert_eq!((status, part.as_slice()), (206, &file[100..200]));
    assert_eq!(headers["content-range"], format!("bytes 100-199/{size}"));
    let (status, _, part) = fetch(&world, url, &[("range", "bytes=-10"), ("if-range", &tag)]).await;
    assert_eq!((status, part.as_slice()), (206, &file[size - 10..]));
    let (status, _, whole) = fetch(&world, url, &[("range", "bytes=-10"), ("if-range", "\"old\"")]).await;
    assert_eq!((status, whole.len()), (200, size));
    let (status, headers, _) = fetch(&world, url, &[("range", &format!("bytes={size}-"))]).await;
    assert_eq!(status, 416);
    assert_eq!(headers["content-range"], format!("bytes */{size}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_can_be_had_as_wav() {
    let world = World::new().await;
    let recording = recorded(&world).await;
    let url = recording["url"].as_str().unwrap();
    let (status, headers, file) = fetch(&world, &format!("{url}&format=wav"), &[]).await;
    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "audio/wav");
    assert_eq!(headers["content-length"], file.len().to_string());
    let mut reader = hound::WavReader::new(Cursor::new(file)).unwrap();
    let spec = reader.spec();
    assert_eq!(
        (spec.channels, spec.sample_rate, spec.bits_per_sample),
        (1, 48_000, 16)
    );
    let pcm: Vec<i16> = reader.samples().map(Result::unwrap).collect();
    assert_near(&stretches(&pcm), &[(2_000, 4_000)], 20);
    let (status, _, body) = fetch(&world, &format!("{url}&format=mp3"), &[]).await;
    assert_eq!((status, code(&body).as_str()), (422, "validation_error"));
}
