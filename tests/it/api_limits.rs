use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Request;
use futures::future::join_all;
use futures::stream;
use serde_json::json;
use troupe::api::Limits;
use troupe::rooms::allowance::Allowance;
use troupe::rooms::key::{KeyKind, MadeKey};

use crate::support::{Answer, BUILT_IN, World, request};

/// Asks until the answer is a 429; answers it.
async fn exhaust(world: &World, key: &str) -> Answer {
    for _ in 0..10_000 {
        let answer = world.send(request("GET", "/v1/characters", key, None)).await;
        if answer.status == 429 {
            return answer;
        }
        assert_eq!(answer.status, 200);
    }
    panic!("never turned away");
}

#[tokio::test]
async fn a_key_that_asks_too_often_is_told_when_to_come_back() {
    let limits = Limits {
        rate_per_key: 3,
        ..Limits::default()
    };
    let world = World::limited(limits, Allowance::default()).await;
    let first = world.get("/v1/characters").await;
    assert_eq!(first.headers["ratelimit-limit"], "3");
    assert_eq!(first.headers["ratelimit-remaining"], "2");
    assert_eq!(first.headers["ratelimit-reset"], "1");
    let refused = exhaust(&world, &world.key).await;
    assert_eq!(refused.fault(), (429, "rate_limited", None));
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(refused.headers["ratelimit-remaining"], "0");
    let other = world
        .send(request("GET", "/v1/characters", &world.user_key, None))
        .await;
    assert_eq!(other.status, 200, "another key of the project goes on");
}

#[tokio::test]
async fn all_keys_of_a_project_share_its_rate() {
    let limits = Limits {
        rate_per_key: 0,
        rate_per_project: 2,
        ..Limits::default()
    };
    let world = World::limited(limits, Allowance::default()).await;
    exhaust(&world, &world.key).await;
    exhaust(&world, &world.user_key).await;
    let other = world
        .send(request("GET", "/v1/characters", &world.other_key, None))
        .await;
    assert_eq!(other.status, 200, "another project goes on");
    let beat = json!({"workerId": "w", "rooms": [], "draining": false});
    world.work("heartbeat", beat).await.with(200);
}

/// A request whose body never comes.
fn stuck(world: &World) -> Request<Body> {
    let never = stream::pending::<Result<Bytes, std::io::Error>>();
    Request::post("/v1/rooms")
        .header("authorization", format!("Bearer {}", world.key))
        .header("content-type", "application/json")
        .body(Body::from_stream(never))
        .unwrap()
}

#[tokio::test]
async fn a_busy_server_turns_away_and_stays_alive() {
    let limits = Limits {
        requests_max: 2,
        ..Limits::default()
    };
    let world = World::limited(limits, Allowance::default()).await;
    let (one, two) = (world.send(stuck(&world)), world.send(stuck(&world)));
    tokio::pin!(one, two);
    // Both are polled once, so that both have their place.
    assert!(futures::poll!(&mut one).is_pending() && futures::poll!(&mut two).is_pending());
    let refused = world.get("/v1/rooms").await;
    assert_eq!(refused.fault(), (503, "overloaded", None));
    assert_eq!(refused.headers["retry-after"], "1");
    let health = Request::get("/healthz").body(Body::empty()).unwrap();
    assert_eq!(world.send(health).await.status, 200);
    let beat = json!({"workerId": "w", "rooms": [], "draining": false});
    world.work("heartbeat", beat).await.with(200);
}

#[tokio::test]
async fn a_place_is_free_again_after_the_deadline() {
    let limits = Limits {
        requests_max: 1,
        request_timeout: Duration::from_millis(1),
        ..Limits::default()
    };
    let world = World::limited(limits, Allowance::default()).await;
    for _ in 0..3 {
        let late = world.send(stuck(&world)).await;
        assert_eq!(late.fault(), (503, "deadline_exceeded", None));
        assert_eq!(late.headers["retry-after"], "1");
    }
}

#[tokio::test]
async fn a_body_is_as_large_as_the_server_bears() {
    let limits = Limits {
        body_bytes_max: 100,
        ..Limits::default()
    };
    let world = World::limited(limits, Allowance::default()).await;
    let fits = json!({"name": "a".repeat(89)});
    assert_eq!(fits.to_string().len(), 100);
    world.post("/v1/rooms", fits).await.with(201);
    let refused = world.post("/v1/rooms", json!({"name": "a".repeat(90)})).await;
    assert_eq!(refused.fault(), (413, "body_too_large", None));
}

async fn room_with_character(world: &World) -> String {
    let room = world.room().await;
    world
        .post(
            &format!("/v1/rooms/{room}/participants"),
            json!({"characterId": BUILT_IN}),
        )
        .await
        .with(201);
    room
}

#[tokio::test]
async fn a_project_plays_as_many_rooms_as_it_may() {
    let allowance = Allowance {
        rooms_max: 5,
        ..Allowance::default()
    };
    let world = World::limited(Limits::default(), allowance).await;
    let mut rooms = Vec::new();
    for _ in 0..20 {
        rooms.push(room_with_character(&world).await);
    }
    let starts = rooms.iter().map(async |room| {
        let answer = world.post(&format!("/v1/rooms/{room}/start"), json!({})).await;
        if answer.status != 200 {
            assert_eq!(answer.fault(), (429, "too_many_rooms", None));
            assert_eq!(answer.headers["retry-after"], "30");
        }
        answer.status == 200
    });
    let started = join_all(starts).await;
    assert_eq!(started.iter().filter(|started| **started).count(), 5);
    let playing = started.iter().position(|started| *started).unwrap();
    let waiting = started.iter().position(|started| !*started).unwrap();
    // A room that plays may be started again, and its end makes a place for another.
    for (action, room) in [("start", playing), ("end", playing), ("start", waiting)] {
        world
            .post(&format!("/v1/rooms/{}/{action}", rooms[room]), json!({}))
            .await
            .with(200);
    }
    // Another project has an allowance of its own.
    let theirs = MadeKey::new(KeyKind::Secret, &world.secret);
    world
        .store
        .insert_key(&theirs, KeyKind::Secret, Some("three"), None, None)
        .await
        .unwrap();
    let call = async |method, path: String, body| {
        world
            .send(request(method, &path, &theirs.plain, Some(body)))
            .await
    };
    let room = call("POST", "/v1/rooms".into(), json!({"name": "a"}))
        .await
        .with(201);
    let room = room["id"].as_str().unwrap();
    call(
        "POST",
        format!("/v1/rooms/{room}/participants"),
        json!({"characterId": BUILT_IN}),
    )
    .await
    .with(201);
    call("POST", format!("/v1/rooms/{room}/start"), json!({}))
        .await
        .with(200);
}

#[tokio::test]
async fn a_project_plays_as_long_as_it_may() {
    let allowance = Allowance {
        minutes_per_day_max: 1,
        ..Allowance::default()
    };
    let world = World::limited(Limits::default(), allowance).await;
    let (played, next) = (
        room_with_character(&world).await,
        room_with_character(&world).await,
    );
    world
        .post(&format!("/v1/rooms/{played}/start"), json!({}))
        .await
        .with(200);
    let usage = world.store.usage(&project(&world, &played).await).await.unwrap();
    assert_eq!(usage.playing, 1);
    assert!((0..60_000).contains(&usage.played_ms));
    // The room is as if it had begun a long time ago: only today counts, whatever the time of the day.
    let sql = "UPDATE rooms SET started_at = 0, ended_at = created_at + 100000000 WHERE id = $1";
    world.alter(sql, &[&played]).await;
    let refused = world.post(&format!("/v1/rooms/{next}/start"), json!({})).await;
    assert_eq!(refused.fault(), (403, "minutes_used_up", None));
    world
        .alter("UPDATE rooms SET ended_at = 1 WHERE id = $1", &[&played])
        .await;
    world
        .post(&format!("/v1/rooms/{next}/start"), json!({}))
        .await
        .with(200);
}

#[tokio::test]
async fn a_role_play_counts_as_a_room_that_plays() {
    let allowance = Allowance {
        rooms_max: 1,
        ..Allowance::default()
    };
    let world = World::limited(Limits::default(), allowance).await;
    let premade = json!({"name": "Screws", "scenario": "A late delivery.", "characterId": BUILT_IN});
    let premade = world
        .post("/api/roleplay/premade-roleplays", premade)
        .await
        .with(201);
    let body = json!({
        "premadeRoleplayId": premade["data"]["id"], "userUniqueIdentifier": "u-1", "userName": "Kim",
        "recordVideo": false,
    });
    world
        .post("/api/roleplay/create-room", body.clone())
        .await
        .with(201);
    let refused = world.post("/api/roleplay/create-room", body).await;
    assert_eq!(refused.fault(), (429, "too_many_rooms", None));
    let room = room_with_character(&world).await;
    let refused = world.post(&format!("/v1/rooms/{room}/start"), json!({})).await;
    assert_eq!(refused.fault(), (429, "too_many_rooms", None));
}

async fn project(world: &World, room: &str) -> String {
    let room = world.get(&format!("/v1/rooms/{room}")).await.with(200);
    room["projectId"].as_str().unwrap().to_owned()
}
