//! Rooms: what they hold, how they are listed, and what is left of deleted ones.

use serde_json::{Value, json};

use super::talk::{Talk, list, text};
use crate::support::{BUILT_IN, id};

#[tokio::test]
async fn refusals_name_the_field() {
    let talk = Talk::new().await;
    let many: Vec<String> = (0..51).map(|number| format!("character_{number}")).collect();
    for (body, param) in [
        (json!({}), "name"),
        (json!({"name": ""}), "name"),
        (json!({"name": " \t\n"}), "name"),
        (json!({"name": "é".repeat(101)}), "name"),
        (json!({"name": "a\u{7}"}), "name"),
        (json!({"name": 1}), "name"),
        (
            json!({"name": "a", "description": "é".repeat(5_001)}),
            "description",
        ),
        (json!({"name": "a", "description": 5}), "description"),
        (json!({"name": "a", "is_public": "yes"}), "is_public"),
        (json!({"name": "a", "is_public": null}), "is_public"),
        (json!({"name": "a", "replr_ids": "ada"}), "replr_ids"),
        (json!({"name": "a", "replr_ids": [1]}), "replr_ids"),
        (json!({"name": "a", "replr_ids": many}), "replr_ids"),
        (json!({"name": "a", "isPublic": true}), "isPublic"),
    ] {
        let answer = talk.post("a", "rooms", body).await;
        assert_eq!(
            answer.fault(),
            (422, "validation_error", Some(param)),
            "{}",
            answer.body
        );
    }
    let unknown = talk
        .post(
            "a",
            "rooms",
            json!({"name": "a", "replr_ids": ["character_none"]}),
        )
        .await;
    assert_eq!(unknown.fault(), (422, "validation_error", Some("replr_ids")));
    assert_eq!(talk.get("a", "rooms").await.with(200)["total"], 0);
}

#[tokio::test]
async fn limits_count_scalars() {
    let talk = Talk::new().await;
    for name in ["🎭".repeat(100), "e\u{301}".repeat(50), "x".to_owned()] {
        let body = json!({"name": name, "description": "🎭".repeat(5_000)});
        let room = talk.post("a", "rooms", body.clone()).await.with(201);
        assert_eq!(
            (&room["name"], &room["description"]),
            (&body["name"], &body["description"])
        );
        let path = format!("rooms/{}/messages", id(&room));
        for (content, status) in [
            ("🎭".repeat(4_000), 201),
            ("🎭".repeat(4_001), 422),
            ("\u{2003}\n".to_owned(), 422),
            ("a\r\n".to_owned(), 422),
            ("a\n\tb".to_owned(), 201),
        ] {
            let answer = talk.post("a", &path, json!({"content": content})).await;
            assert_eq!(answer.status.as_u16(), status);
            if status == 422 {
                assert_eq!(answer.fault(), (422, "validation_error", Some("content")));
            } else {
                assert_eq!(answer.body["content"], content);
            }
        }
    }
}

#[tokio::test]
async fn a_room_is_private_and_bare_unless_said() {
    let talk = Talk::new().await;
    let room = talk
        .post("a", "rooms", json!({"name": "a", "description": null}))
        .await
        .with(201);
    assert_eq!(room["is_public"], false);
    assert_eq!(room["description"], Value::Null);
    assert_eq!(room["replrs"], json!([]));
    let body = json!({"name": "a", "replr_ids": [BUILT_IN, BUILT_IN]});
    let twice = talk.post("a", "rooms", body).await.with(201);
    assert_eq!(list(&twice["replrs"]).len(), 1, "nobody is in a room twice");
    assert_eq!(
        talk.get("a", "rooms").await.with(200)["data"][0]["last_message_at"],
        Value::Null
    );
}

#[tokio::test]
async fn settings_change_one_by_one() {
    let talk = Talk::new().await;
    let body = json!({"name": "a", "description": "b"});
    let room = talk.post("a", "rooms", body).await.with(201);
    let path = format!("rooms/{}", id(&room));
    let change = async |body: Value| {
        let changed = talk.call("a", "PATCH", &path, Some(body)).await.with(200);
        (changed["name"].clone(), changed["description"].clone())
    };
    assert_eq!(change(json!({})).await, (json!("a"), json!("b")));
    assert_eq!(change(json!({"name": "c"})).await, (json!("c"), json!("b")));
    assert_eq!(
        change(json!({"description": null})).await,
        (json!("c"), Value::Null)
    );
    for (body, param) in [
        (json!({"name": null}), "name"),
        (json!({"name": "  "}), "name"),
        (json!({"is_public": true}), "is_public"),
    ] {
        let answer = talk.call("a", "PUT", &path, Some(body)).await;
        assert_eq!(answer.fault(), (422, "validation_error", Some(param)));
    }
}

#[tokio::test]
async fn lists_go_by_activity_and_page_without_gaps() {
    let talk = Talk::new().await;
    let mut rooms = Vec::new();
    for _ in 0..5 {
        rooms.push(talk.room("a", &[]).await);
    }
    talk.room("b", &[]).await;
    talk.say("a", &rooms[1], "Hello.").await;
    rooms.swap(1, 0);
    let mut expected = rooms.clone();
    expected[1..].reverse();
    let ids = |page: &Value| list(&page["data"]).iter().map(id).collect::<Vec<_>>();
    let all = talk.get("a", "rooms").await.with(200);
    // Rooms of one moment keep the order in which they were made, latest first.
    assert_eq!(
        (ids(&all)[0].clone(), all["total"].clone()),
        (expected[0].clone(), json!(5))
    );
    let mut seen = Vec::new();
    for offset in [0, 2, 4, 6] {
        let page = talk
            .get("a", &format!("rooms?limit=2&offset={offset}"))
            .await
            .with(200);
        assert_eq!(
            (&page["limit"], &page["offset"], &page["total"]),
            (&json!(2), &json!(offset), &json!(5))
        );
        seen.extend(ids(&page));
    }
    assert_eq!(seen, ids(&all));
    seen.sort();
    rooms.sort();
    assert_eq!(seen, rooms);
    for (query, param) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("offset=-1", "offset"),
        ("offset=4294967296", "offset"),
        ("visibility=private", "visibility"),
        ("colour=red", "colour"),
    ] {
        let answer = talk.get("a", &format!("rooms?{query}")).await;
        assert_eq!(answer.fault(), (422, "validation_error", Some(param)), "{query}");
    }
    talk.get("a", "rooms?limit=100&offset=4294967295").await.with(200);
}

#[tokio::test]
async fn public_rooms_are_found_by_everyone_of_the_project() {
    let talk = Talk::new().await;
    let body = json!({"name": "Salon", "is_public": true});
    let public = talk.post("a", "rooms", body).await.with(201);
    talk.room("a", &[]).await;
    let found = talk.get("b", "rooms?visibility=public").await.with(200);
    assert_eq!(
        (&found["total"], &found["data"][0]["id"]),
        (&json!(1), &public["id"])
    );
    assert_eq!(found["data"][0]["is_public"], true);
    assert_eq!(talk.get("b", "rooms").await.with(200)["total"], 0);
    let mut elsewhere = crate::support::request(
        "GET",
        "/chat/v1/rooms?visibility=public",
        &talk.world.other_key,
        None,
    );
    elsewhere
        .headers_mut()
        .insert("troupe-user", "b".parse().unwrap());
    assert_eq!(talk.world.send(elsewhere).await.with(200)["total"], 0);
}

#[tokio::test]
async fn surfaces_keep_to_their_own_rooms() {
    let talk = Talk::new().await;
    let chat = talk.room("a", &[]).await;
    let voice = talk.world.room().await;
    talk.get("a", &format!("rooms/{voice}")).await.with(404);
    assert_eq!(list(&talk.world.get("/v1/rooms").await.with(200)).len(), 1);
    for path in ["", "/transcript", "/token", "/events"] {
        talk.world.get(&format!("/v1/rooms/{chat}{path}")).await.with(404);
    }
    for path in ["/start", "/end"] {
        talk.world
            .post(&format!("/v1/rooms/{chat}{path}"), json!({}))
            .await
            .with(404);
    }
}

#[tokio::test]
async fn a_deleted_room_leaves_nothing() {
    let talk = Talk::new().await;
    let room = talk.room("a", &[BUILT_IN]).await;
    let send = async || {
        let body = json!({"content": "Forget this."});
        let mut request = talk.request("a", "POST", &format!("rooms/{room}/messages"), Some(body));
        request
            .headers_mut()
            .insert("idempotency-key", "k".parse().unwrap());
        talk.world.send(request).await
    };
    let first = send().await.with(201);
    assert_eq!(send().await.with(201), first);
    talk.delete("a", &format!("rooms/{room}")).await.with(200);
    assert_eq!(
        send().await.fault(),
        (404, "not_found", None),
        "kept answers go too"
    );
    assert_eq!(talk.delete("a", &format!("rooms/{room}")).await.fault().0, 404);
    assert_eq!(talk.get("a", "rooms").await.with(200)["total"], 0);
}

#[tokio::test]
async fn a_repeated_create_makes_one_room() {
    let talk = Talk::new().await;
    let create = async |user: &str, name: &str| {
        let mut request = talk.request(user, "POST", "rooms", Some(json!({"name": name})));
        request
            .headers_mut()
            .insert("idempotency-key", "k".parse().unwrap());
        talk.world.send(request).await
    };
    let first = create("a", "one").await.with(201);
    assert_eq!(create("a", "one").await.with(201), first);
    assert_eq!(
        create("a", "two").await.fault(),
        (409, "idempotency_key_reused", None)
    );
    let other = create("b", "two").await.with(201);
    assert_ne!(
        text(&other["id"]),
        text(&first["id"]),
        "another user's key is another key"
    );
    assert_eq!(talk.get("a", "rooms").await.with(200)["total"], 1);
}

#[tokio::test]
async fn many_first_calls_of_a_user_make_one_user() {
    let talk = Talk::new().await;
    let calls = (0..50).map(|_| talk.user_id("new"));
    let ids: std::collections::BTreeSet<String> =
        futures::future::join_all(calls).await.into_iter().collect();
    assert_eq!(ids.len(), 1);
}
