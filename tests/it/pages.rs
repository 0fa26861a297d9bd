//! The pages and what opens them, as HTTP shows it.

use serde_json::json;
use troupe::rooms::pass::MadePass;

use crate::respondent::{assert_strict, files_of, open};
use crate::support::{Answer, BUILT_IN, World, id, request};

const MINUTE_MS: i64 = 60_000;

/// A link to the pages of the project `one`.
async fn link(world: &World, valid_for_ms: i64) -> MadePass {
    let link = MadePass::link(&world.secret);
    let project = world.store.project_named("one").await.unwrap();
    world
        .store
        .insert_pass(&project.id, &link, valid_for_ms)
        .await
        .unwrap();
    link
}

async fn exchange(world: &World, code: &str) -> Answer {
    let body = json!({ "code": code });
    world.send(request("POST", "/pages/pass", "", Some(body))).await
}

/// The token that a new link gives.
pub(crate) async fn token(world: &World) -> String {
    let link = link(world, MINUTE_MS).await;
    let answer = exchange(world, &link.plain).await.with(200);
    answer["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_stage_is_strict_and_holds_no_key() {
    let world = World::new().await;
    let page = open(&world, "GET", "/").await;
    assert_eq!(page.status, 200);
    assert_strict(&page);
    assert_eq!(files_of(&world, &page).await, 7);
}

#[tokio::test]
async fn the_operators_page_is_strict_and_holds_no_key() {
    let world = World::new().await;
    let page = open(&world, "GET", "/operator").await;
    assert_eq!(page.status, 200);
    assert_strict(&page);
    assert_eq!(files_of(&world, &page).await, 5);
}

#[tokio::test]
async fn a_link_opens_once_and_in_time() {
    let world = World::new().await;
    let fresh = link(&world, MINUTE_MS).await;
    let answer = exchange(&world, &fresh.plain).await.with(200);
    assert!(answer["expiresAt"].is_string());
    let late = link(&world, 0).await;
    let forged = format!("{}x", link(&world, MINUTE_MS).await.plain);
    let token = answer["token"].as_str().unwrap();
    for code in [
        &fresh.plain,
        &late.plain,
        &forged,
        "pl_nothing_x",
        token,
        &world.key,
    ] {
        let refused = exchange(&world, code).await;
        assert_eq!(refused.fault(), (403, "pass_refused", None), "{code}");
    }
    let raced = link(&world, MINUTE_MS).await;
    let (one, other) = tokio::join!(exchange(&world, &raced.plain), exchange(&world, &raced.plain));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403]);
}

#[tokio::test]
async fn a_token_opens_what_the_pages_need_and_nothing_else() {
    let world = World::new().await;
    let token = token(&world).await;
    let ask = async |method, path: &str, body| world.send(request(method, path, &token, body)).await;
    let room = id(&ask("POST", "/v1/rooms", Some(json!({"name": "Stage"})))
        .await
        .with(201));
    let path = format!("/v1/rooms/{room}");
    let cast = json!({ "characterId": BUILT_IN });
    ask("POST", &format!("{path}/participants"), Some(cast))
        .await
        .with(201);
    ask("POST", &format!("{path}/start"), None).await.with(200);
    let seen = ask("GET", "/pages/rooms", None).await.with(200);
    assert_eq!(
        (&seen[0]["id"], &seen[0]["state"], &seen[0]["surface"]),
        (&room.as_str().into(), &"waiting".into(), &"voice".into())
    );
    for part in ["", "/token", "/transcript", "/recordings"] {
        ask("GET", &format!("{path}{part}"), None).await.with(200);
    }
    ask("GET", "/v1/characters", None).await.with(200);
    ask("POST", &format!("{path}/end"), None).await.with(200);
    assert_eq!(ask("GET", "/pages/rooms", None).await.with(200), json!([]));
    let seen = ask("GET", "/pages/rooms?ended=true&limit=1", None)
        .await
        .with(200);
    assert_eq!(
        (&seen[0]["state"], seen.as_array().unwrap().len()),
        (&"ended".into(), 1)
    );
    assert_eq!(
        ask("GET", "/pages/rooms?ended=1", None).await.fault(),
        (422, "validation_error", Some("ended"))
    );
    for (method, path, body) in [
        (
            "POST",
            "/v1/characters",
            Some(json!({"name": "A", "persona": "You are A."})),
        ),
        (
            "POST",
            "/v1/webhooks",
            Some(json!({"url": "https://hooks.example.com/"})),
        ),
        ("GET", "/chat/v1/rooms", None),
        ("GET", "/live/v1/rooms", None),
        ("GET", "/custdev/api/projects", None),
        (
            "POST",
            "/worker/v1/heartbeat",
            Some(json!({"workerId": "w", "rooms": [], "draining": false})),
        ),
    ] {
        let refused = ask(method, path, body).await;
        assert_eq!(refused.fault(), (403, "wrong_key_kind", None), "{method} {path}");
    }
    let theirs = world
        .send(request(
            "POST",
            "/v1/rooms",
            &world.other_key,
            Some(json!({"name": "Theirs"})),
        ))
        .await;
    let theirs = format!("/v1/rooms/{}", id(&theirs.with(201)));
    assert_eq!(ask("GET", &theirs, None).await.fault(), (404, "not_found", None));
    world.alter("UPDATE page_passes SET expires_at = 1", &[]).await;
    assert_eq!(
        ask("GET", "/v1/rooms", None).await.fault(),
        (401, "unauthorized", None)
    );
}
