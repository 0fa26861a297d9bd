//! What LiveKit tells by itself, and what it has when it is asked.

use axum::body::Body;
use axum::http::Request;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::{digest, hmac};
use serde_json::{Value, json};
use troupe::rooms::Timestamp;

use crate::support::{Answer, LIVEKIT_SECRET, World};

/// A notice on its way: every part of it can be wrong.
struct Notice {
    body: String,
    /// What the token says of the body.
    hash: String,
    key: &'static str,
    secret: &'static str,
    /// Seconds from now until the token expires.
    expires_in_s: i64,
    media_type: &'static str,
}

impl Notice {
    fn new(event: &Value) -> Self {
        let body = event.to_string();
        Self {
            hash: STANDARD.encode(digest::digest(&digest::SHA256, body.as_bytes())),
            body,
            key: "key",
            secret: LIVEKIT_SECRET,
            expires_in_s: 300,
            media_type: "application/webhook+json",
        }
    }

    fn token(&self) -> String {
        let now_s = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let now_s = i64::try_from(now_s).unwrap();
        let claims = json!({
            "iss": self.key, "nbf": now_s - 600, "exp": now_s + self.expires_in_s, "sha256": self.hash,
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!(
            "{}.{}",
            part(&json!({"alg": "HS256", "typ": "JWT"})),
            part(&claims)
        );
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    async fn tell(&self, world: &World) -> Answer {
        let request = Request::post("/webhooks/livekit")
            .header("authorization", self.token())
            .header("content-type", self.media_type)
            .body(Body::from(self.body.clone()))
            .unwrap();
        world.send(request).await
    }
}

/// Name of a room's LiveKit room.
async fn livekit_room(world: &World, room: &str) -> String {
    let names = world.livekit.rooms();
    names.into_iter().find(|name| name.ends_with(room)).unwrap()
}

fn finished(id: &str, room: &str, sid: &str) -> Value {
    json!({
        "event": "room_finished",
        "room": { "sid": sid, "name": room, "emptyTimeout": 300, "creationTime": "1718800000", "numPublishers": 0 },
        "id": id,
        "createdAt": "1718800100",
        "aFieldOfALaterVersion": { "x": 1 },
    })
}

async fn ended(world: &World, room: &str) -> bool {
    world.get(&format!("/v1/rooms/{room}")).await.with(200)["endedAt"].is_string()
}

#[tokio::test]
async fn a_room_ends_when_its_livekit_room_is_finished() {
    let world = World::new().await;
    let room = world.started_room().await;
    let name = livekit_room(&world, &room).await;
    let notice = Notice::new(&finished("EV_1", &name, &world.livekit.sid(&name)));
    world.livekit.lose(&name);
    let answer = notice.tell(&world).await.with(200);
    assert_eq!(answer, json!({ "received": true, "duplicate": false }));
    assert!(ended(&world, &room).await);
    // LiveKit tells again what it takes for lost.
    let again = notice.tell(&world).await.with(200);
    assert_eq!(again, json!({ "received": true, "duplicate": true }));
}

#[tokio::test]
async fn what_livekit_did_not_sign_is_not_taken() {
    let world = World::new().await;
    let room = world.started_room().await;
    let name = livekit_room(&world, &room).await;
    let event = finished("EV_1", &name, "RM_any");
    world.livekit.lose(&name);
    let good = || Notice::new(&event);
    let other_body = Notice::new(&finished("EV_2", &name, "RM_any")).hash;
    let spaced = format!("{} ", good().body);
    for (fault, notice) in [
        (
            "another body's hash",
            Notice {
                hash: other_body,
                ..good()
            },
        ),
        (
            "a byte more",
            Notice {
                body: spaced,
                ..good()
            },
        ),
        (
            "no hash",
            Notice {
                hash: String::new(),
                ..good()
            },
        ),
        (
            "no Base64",
            Notice {
                hash: "!".into(),
                ..good()
            },
        ),
        (
            "another secret",
            Notice {
                secret: "another secret, as long as that one",
                ..good()
            },
        ),
        (
            "another key",
            Notice {
                key: "other",
                ..good()
            },
        ),
        (
            "expired",
            Notice {
                expires_in_s: -120,
                ..good()
            },
        ),
    ] {
        let answer = notice.tell(&world).await;
        assert_eq!(answer.fault(), (401, "unauthorized", None), "{fault}");
    }
    let unsigned = Request::post("/webhooks/livekit")
        .header("content-type", "application/webhook+json")
        .body(Body::from(event.to_string()))
        .unwrap();
    assert_eq!(world.send(unsigned).await.fault(), (401, "unauthorized", None));
    // A person's token is signed with the same key.
    let join = world.get(&format!("/v1/rooms/{room}/token")).await.with(200);
    let replayed = Request::post("/webhooks/livekit")
        .header("authorization", join["token"].as_str().unwrap())
        .header("content-type", "application/webhook+json")
        .body(Body::from(event.to_string()))
        .unwrap();
    assert_eq!(world.send(replayed).await.fault(), (401, "unauthorized", None));
    assert!(!ended(&world, &room).await);
}

#[tokio::test]
async fn notices_are_bounded_and_of_their_own_media_type() {
    let world = World::new().await;
    let event = json!({ "event": "track_published", "id": "EV_1" });
    let json = Notice {
        media_type: "application/json",
        ..Notice::new(&event)
    };
    assert_eq!(
        json.tell(&world).await.fault(),
        (415, "unsupported_media_type", None)
    );
    let huge = Notice::new(&json!({ "event": "x".repeat(300_000), "id": "EV_1" }));
    assert_eq!(huge.tell(&world).await.fault(), (413, "body_too_large", None));
    let unreadable = Notice::new(&json!(["no event"]));
    assert_eq!(
        unreadable.tell(&world).await.fault(),
        (422, "validation_error", None)
    );
    Notice::new(&event).tell(&world).await.with(200);
}

#[tokio::test]
async fn a_late_notice_ends_no_room_that_took_the_name() {
    let world = World::new().await;
    let room = world.started_room().await;
    let name = livekit_room(&world, &room).await;
    Notice::new(&finished("EV_1", &name, "RM_an_earlier_one"))
        .tell(&world)
        .await
        .with(200);
    assert!(!ended(&world, &room).await);
}

#[tokio::test]
async fn a_notice_that_could_not_be_acted_upon_counts_when_told_again() {
    let world = World::new().await;
    let room = world.started_room().await;
    let name = livekit_room(&world, &room).await;
    let notice = Notice::new(&finished("EV_1", &name, "RM_any"));
    world.livekit.lose(&name);
    world.livekit.set_down(true);
    assert_eq!(notice.tell(&world).await.fault(), (502, "livekit_error", None));
    world.livekit.set_down(false);
    assert_eq!(notice.tell(&world).await.with(200)["duplicate"], false);
    assert!(ended(&world, &room).await);
}

#[tokio::test]
async fn rooms_of_nobody_here_are_passed_over() {
    let world = World::new().await;
    let waiting = world.room().await;
    for (id, name) in [("EV_1", "somebody-elses"), ("EV_2", waiting.as_str())] {
        Notice::new(&finished(id, name, "RM_any"))
            .tell(&world)
            .await
            .with(200);
    }
    assert!(!ended(&world, &waiting).await);
}

const MINUTE_MS: i64 = 60_000;

async fn reconcile(world: &World, minutes: i64) -> Timestamp {
    let now = world.store.now().await.unwrap().plus_ms(minutes * MINUTE_MS);
    world.rooms.reconcile_at(now).await.unwrap();
    now
}

#[tokio::test]
async fn a_freeform_room_that_livekit_lost_ends_after_its_empty_timeout() {
    let world = World::new().await;
    let room = world.started_room().await;
    let name = livekit_room(&world, &room).await;
    world.livekit.lose(&name);
    reconcile(&world, 0).await;
    reconcile(&world, 4).await;
    assert!(!ended(&world, &room).await);
    reconcile(&world, 6).await;
    assert!(ended(&world, &room).await);
}

#[tokio::test]
async fn people_who_come_back_keep_a_freeform_room() {
    let world = World::new().await;
    let room = world.started_room().await;
    let name = livekit_room(&world, &room).await;
    let person = livekit_protocol::ParticipantInfo {
        identity: "user-123".into(),
        ..Default::default()
    };
    reconcile(&world, 0).await;
    world.livekit.join(&name, person.clone());
    reconcile(&world, 6).await;
    assert!(!ended(&world, &room).await);
    // It is told as well, and counts at once.
    reconcile(&world, 7).await;
    let joined = json!({
        "event": "participant_joined", "id": "EV_1",
        "room": { "name": name }, "participant": { "identity": "user-123", "kind": "STANDARD" },
    });
    Notice::new(&joined).tell(&world).await.with(200);
    reconcile(&world, 20).await;
    assert!(!ended(&world, &room).await);
}

#[tokio::test]
async fn a_scripted_room_that_livekit_lost_is_made_again() {
    let world = World::new().await;
    let body = json!({ "name": "Stage", "mode": "scripted" });
    let room = crate::support::id(&world.post("/v1/rooms", body).await.with(201));
    let character = json!({ "characterId": crate::support::BUILT_IN });
    world
        .post(&format!("/v1/rooms/{room}/participants"), character)
        .await
        .with(201);
    world
        .post(&format!("/v1/rooms/{room}/start"), json!({}))
        .await
        .with(200);
    let name = livekit_room(&world, &room).await;
    world.livekit.lose(&name);
    reconcile(&world, 0).await;
    assert_eq!(world.livekit.rooms(), [name]);
    reconcile(&world, 60).await;
    assert!(!ended(&world, &room).await);
}

#[tokio::test]
async fn nothing_is_decided_without_livekits_answer() {
    let world = World::new().await;
    let room = world.started_room().await;
    reconcile(&world, 0).await;
    world.livekit.set_down(true);
    let now = world.store.now().await.unwrap().plus_ms(60 * MINUTE_MS);
    assert!(world.rooms.reconcile_at(now).await.is_err());
    assert!(!ended(&world, &room).await);
}
