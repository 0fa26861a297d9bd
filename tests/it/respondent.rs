//! The respondent's page, as HTTP shows it.

use std::io::Read;

use axum::body::Body;
use axum::http::Request;
use flate2::read::GzDecoder;
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

use crate::interviews::rooms;
use crate::support::{Answer, World};

/// A browser's request: without any key.
pub(crate) async fn open(world: &World, method: &str, path: &str) -> Answer {
    let request = Request::builder().method(method).uri(path);
    world.send(request.body(Body::empty()).unwrap()).await
}

/// Fetches the files that a page names; answers how many.
pub(crate) async fn files_of(world: &World, page: &Answer) -> usize {
    let named = page.text.split('"').filter(|part| part.starts_with("/assets/"));
    let files: Vec<&str> = named.collect();
    for file in &files {
        let answer = open(world, "GET", file).await;
        assert_eq!(answer.status, 200, "{file}");
        let kind = match file.rsplit('.').next().unwrap() {
            "css" => "text/css",
            "svg" => "image/svg+xml",
            _ => "text/javascript",
        };
        assert!(header(&answer, "content-type").starts_with(kind), "{file}");
        assert!(header(&answer, "cache-control").contains("immutable"), "{file}");
        let request = Request::get(*file).header("accept-encoding", "gzip, br");
        let request = request.body(Body::empty()).unwrap();
        let packed = world.router.clone().oneshot(request).await.unwrap();
        assert_eq!(packed.headers()["content-encoding"], "gzip", "{file}");
        let packed = packed.into_body().collect().await.unwrap().to_bytes();
        let mut unpacked = String::new();
        GzDecoder::new(&*packed).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, answer.text, "{file}");
        for other in [file.replace("/assets/", "/assets/0"), format!("{file}x")] {
            assert_eq!(open(world, "GET", &other).await.status, 404, "{other}");
        }
    }
    files.len()
}

/// What every page keeps to: nothing from elsewhere, nothing inline, nothing kept.
pub(crate) fn assert_strict(page: &Answer) {
    let policy = header(page, "content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self' wss://outside https://outside",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(header(page, "cache-control"), "no-store");
    assert_eq!(header(page, "referrer-policy"), "no-referrer");
    for inline in ["onclick=", "style=", "<style", "javascript:"] {
        assert!(!page.text.contains(inline), "{inline}");
    }
}

pub(crate) fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers[name].to_str().unwrap()
}

#[tokio::test]
async fn each_state_of_the_link_has_a_clear_page() {
    let world = World::new().await;
    let topics = "Mornings <script>alert(1)</script>";
    let made = rooms(
        &world,
        json!({"count": 3, "topics_for_respondent": topics, "max_duration_minutes": 5}),
    )
    .await;
    let page = |at: usize| format!("/i/{}", made[at]["access_token"].as_str().unwrap());

    let ready = open(&world, "GET", &page(0)).await;
    assert_eq!(ready.status, 200);
    for part in [
        "Mornings &lt;script&gt;",
        "up to 5 minutes",
        "artificial intelligence",
        "is recorded",
        "Check the microphone",
        "Start the interview",
        "data-state=\"ready\"",
        "<html lang=\"en\">",
        "aria-live=\"polite\"",
    ] {
        assert!(ready.text.contains(part), "{part}");
    }
    assert!(!ready.text.contains("<script>alert"), "what is told is no code");

    assert_eq!(
        open(&world, "POST", &format!("{}/join", page(0))).await.status,
        200
    );
    let resumed = open(&world, "GET", &page(0)).await;
    assert!(
        resumed.text.contains("Go on with the interview"),
        "{}",
        resumed.text
    );
    assert_eq!(
        open(&world, "POST", &format!("{}/end", page(0))).await.status,
        200
    );
    assert_eq!(
        open(&world, "POST", &format!("{}/end", page(0))).await.status,
        200
    );
    let finished = open(&world, "GET", &page(0)).await;
    assert_eq!(finished.status, 410);
    assert!(finished.text.contains("data-state=\"finished\"") && finished.text.contains("is over"));

    let early = open(&world, "POST", &format!("{}/end", page(1))).await;
    assert_eq!(early.fault(), (409, "interview_not_started", None));
    world.alter("UPDATE interviews SET expires_at = 1", &[]).await;
    let expired = open(&world, "GET", &page(1)).await;
    assert_eq!(expired.status, 410);
    assert!(expired.text.contains("not valid any more"));

    let wrong = open(&world, "GET", "/i/nothing").await;
    assert_eq!(wrong.status, 404);
    assert!(wrong.text.contains("no such interview"));
    assert_eq!(
        open(&world, "POST", "/i/nothing/join").await.fault(),
        (404, "not_found", None)
    );
    for answer in [&finished, &expired, &wrong] {
        assert!(
            !answer.text.contains("<script"),
            "a page that says no runs nothing"
        );
    }
}

#[tokio::test]
async fn the_page_is_strict_and_holds_no_key() {
    let world = World::new().await;
    let made = rooms(&world, json!({})).await;
    let token = made[0]["access_token"].as_str().unwrap();
    let page = open(&world, "GET", &format!("/i/{token}")).await;
    assert_strict(&page);
    for secret in [&world.key, &world.worker_key, &world.user_key] {
        assert!(!page.text.contains(secret.as_str()));
    }
    assert_eq!(files_of(&world, &page).await, 5);
}

#[tokio::test]
async fn joining_gives_one_room_and_one_identity() {
    let world = World::new().await;
    let made = rooms(&world, json!({})).await;
    let token = made[0]["access_token"].as_str().unwrap();
    let join = open(&world, "POST", &format!("/i/{token}/join")).await.with(200);
    assert_eq!(join["url"], "wss://outside");
    let claims = crate::support::token_claims(join["token"].as_str().unwrap());
    assert_eq!(claims["sub"], "respondent");
    let room = claims["video"]["room"].as_str().unwrap();
    assert!(
        room.ends_with(&format!("__iv_{}", made[0]["id"].as_str().unwrap())),
        "{room}"
    );
    assert_eq!(world.livekit.rooms(), [room]);
    world.livekit.set_down(true);
    let other = rooms(&world, json!({})).await;
    let path = format!("/i/{}/join", other[0]["access_token"].as_str().unwrap());
    assert_eq!(
        open(&world, "POST", &path).await.fault(),
        (502, "livekit_error", None)
    );
    world.livekit.set_down(false);
    assert_eq!(
        open(&world, "POST", &path).await.status,
        200,
        "nothing was used up"
    );
}

#[test]
fn the_client_is_the_one_that_its_notice_names() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/livekit-client");
    let script = std::fs::read(folder.join("livekit-client-2.23.0.umd.js")).unwrap();
    let hash = ring::digest::digest(&ring::digest::SHA256, &script);
    let hash: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let notice = std::fs::read_to_string(folder.join("NOTICE.md")).unwrap();
    assert!(notice.contains(&hash), "{hash}");
}
