use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use troupe::rooms::key::{KeyKind, MadeKey, id_of};

use crate::support::{World, request};

#[tokio::test]
async fn requests_without_a_valid_key_are_turned_away() {
    let world = World::new().await;
    let forged = format!("{}x", world.key);
    let swapped = format!("wk{}", world.key.strip_prefix("sk").unwrap());
    for value in [
        None,
        Some("Basic abc".to_owned()),
        Some("Bearer".to_owned()),
        Some("Bearer nonsense".to_owned()),
        Some("Bearer sk_0000000000000000_x".to_owned()),
        Some(format!("Bearer {forged}")),
        Some(format!("Bearer {swapped}")),
    ] {
        let mut request = Request::get("/v1/rooms");
        if let Some(value) = &value {
            request = request.header("authorization", value);
        }
        let answer = world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.fault(), (401, "unauthorized", None), "{value:?}");
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    let lower = Request::get("/v1/rooms").header("authorization", format!("bearer {}", world.key));
    world.send(lower.body(Body::empty()).unwrap()).await.with(200);
}

#[tokio::test]
async fn each_kind_of_key_opens_its_own_doors() {
    let world = World::new().await;
    let heartbeat = json!({"workerId": "w", "rooms": [], "draining": false});
    for (key, rooms, characters, create, worker) in [
        (&world.key, 200, 200, 201, 403),
        (&world.user_key, 403, 200, 403, 403),
        (&world.worker_key, 403, 403, 403, 200),
    ] {
        let status =
            async |method, path, body| world.send(request(method, path, key, body)).await.status.as_u16();
        assert_eq!(status("GET", "/v1/rooms", None).await, rooms);
        assert_eq!(status("GET", "/v1/characters", None).await, characters);
        let character = json!({"name": "A", "persona": "You are A."});
        assert_eq!(status("POST", "/v1/characters", Some(character)).await, create);
        assert_eq!(
            status("POST", "/worker/v1/heartbeat", Some(heartbeat.clone())).await,
            worker
        );
    }
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once() {
    let world = World::new().await;
    world.get("/v1/rooms").await.with(200);
    world.store.revoke_key(&id_of(&world.key).unwrap()).await.unwrap();
    assert_eq!(world.get("/v1/rooms").await.fault(), (401, "unauthorized", None));
    assert!(world.store.revoke_key("key_none").await.is_err());
}

#[tokio::test]
async fn an_expired_key_is_refused() {
    let world = World::new().await;
    for (valid_for_ms, status) in [(60_000, 200), (0, 401)] {
        let key = MadeKey::new(KeyKind::Secret, &world.secret);
        world
            .store
            .insert_key(&key, KeyKind::Secret, Some("one"), None, Some(valid_for_ms))
            .await
            .unwrap();
        let answer = world.send(request("GET", "/v1/rooms", &key.plain, None)).await;
        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn only_a_hash_is_kept() {
    let world = World::new().await;
    let secret = world.key.rsplit('_').next().unwrap();
    for record in world.store.keys(None).await.unwrap() {
        assert_eq!(record.hash.len(), 32);
        assert!(!record.id.contains(secret) && !String::from_utf8_lossy(&record.hash).contains(secret));
    }
}
