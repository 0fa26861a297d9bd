//! LiveKit tokens: one room, the least grants, a short life.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::support::{BUILT_IN, World};

/// What a token says, signature aside.
fn decoded(token: &Value) -> Value {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// The grants that are given, by name.
fn granted(claims: &Value) -> Vec<&str> {
    let grants = claims["video"].as_object().unwrap();
    let given = grants
        .iter()
        .filter(|(_, value)| **value != false && **value != "" && **value != json!([]));
    given.map(|(name, _)| name.as_str()).collect()
}

/// Time from its making to its end, s.
fn life_s(claims: &Value) -> i64 {
    claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap()
}

#[tokio::test]
async fn a_persons_token_joins_one_room_for_a_while() {
    let world = World::new().await;
    let room = world.room().await;
    let path = format!("/v1/rooms/{room}/token?identity=carol&name=Carol");
    let claims = decoded(&world.get(&path).await.with(200)["token"]);
    assert_eq!(claims["sub"], "carol");
    let project = world.get(&format!("/v1/rooms/{room}")).await.with(200)["projectId"].clone();
    let name = format!("p_{}__{room}", project.as_str().unwrap());
    assert_eq!(claims["video"]["room"], name);
    assert_eq!(
        granted(&claims),
        ["canPublish", "canPublishData", "canSubscribe", "room", "roomJoin"]
    );
    assert!((1..=900).contains(&life_s(&claims)), "{claims}");
    assert!(
        claims.get("sip").is_none() && claims.get("inference").is_none(),
        "{claims}"
    );
}

#[tokio::test]
async fn a_characters_token_joins_one_room_at_once() {
    let world = World::new().await;
    let room = world.started_room().await;
    let claim = &world.claim("w", "r").await[0];
    let claims = decoded(&claim["cast"][0]["token"]);
    assert_eq!(claims["sub"], format!("agent-{BUILT_IN}"));
    assert_eq!(claims["kind"], "agent");
    assert_eq!(claims["video"]["room"], claim["livekitRoom"]);
    assert!(claim["livekitRoom"].as_str().unwrap().ends_with(&room));
    assert_eq!(
        granted(&claims),
        [
            "agent",
            "canPublish",
            "canPublishData",
            "canSubscribe",
            "canUpdateOwnMetadata",
            "room",
            "roomJoin"
        ]
    );
    assert!((1..=60).contains(&life_s(&claims)), "{claims}");
}

#[tokio::test]
async fn nobody_joins_as_a_character() {
    let world = World::new().await;
    let room = world.room().await;
    for identity in ["agent-ada", "agent-", "agent-nobody"] {
        let answer = world
            .get(&format!("/v1/rooms/{room}/token?identity={identity}"))
            .await;
        assert_eq!(answer.fault(), (422, "validation_error", Some("identity")));
    }
}
