//! Who may do what, over HTTP. The decision itself is tested where it is made.

use axum::http::HeaderValue;
use serde_json::{Value, json};

use super::talk::{Talk, list, text};
use crate::support::{BUILT_IN, request};

/// A room of `owner` with an `admin` and a `member`.
async fn staffed(talk: &Talk, is_public: bool) -> String {
    let body = json!({"name": "Kitchen", "is_public": is_public, "replr_ids": [BUILT_IN]});
    let room = talk.post("owner", "rooms", body).await.with(201);
    let room = text(&room["id"]).to_owned();
    for user in ["admin", "member"] {
        talk.join("owner", &room, user).await;
    }
    let admin = talk.user_id("admin").await;
    talk.call(
        "owner",
        "PATCH",
        &format!("rooms/{room}/members/{admin}"),
        Some(json!({"role": "admin"})),
    )
    .await
    .with(200);
    room
}

/// What each request answers to somebody: the status of all of them in one text.
async fn statuses(talk: &Talk, user: &str, is_public: bool) -> String {
    let stranger = talk.user_id("stranger").await;
    let member = talk.user_id("member").await;
    let requests: [(&str, &str, Option<Value>); 9] = [
        ("GET", "", None),
        ("GET", "/messages", None),
        ("POST", "/messages", Some(json!({"content": "Hello."}))),
        ("PATCH", "", Some(json!({"name": "Salon"}))),
        ("POST", "/replrs", Some(json!({"replr_id": BUILT_IN}))),
        ("POST", "/members", Some(json!({"user_id": stranger}))),
        ("PATCH", "/members/MEMBER", Some(json!({"role": "admin"}))),
        ("DELETE", "/members/MEMBER", None),
        ("DELETE", "", None),
    ];
    let mut seen = Vec::new();
    for (method, path, body) in requests {
        let room = staffed(talk, is_public).await;
        let path = format!("rooms/{room}{}", path.replace("MEMBER", &member));
        let answer = talk.call(user, method, &path, body).await;
        seen.push(answer.status.as_u16().to_string());
    }
    seen.join(" ")
}

#[tokio::test]
async fn the_matrix_of_roles() {
    let talk = Talk::new().await;
    for (user, is_public, expected) in [
        ("owner", false, "200 200 201 200 200 201 200 200 200"),
        ("admin", false, "200 200 201 200 200 201 403 403 403"),
        ("member", false, "200 200 201 403 403 403 403 200 403"),
        ("outsider", false, "404 404 404 404 404 404 404 404 404"),
        ("outsider", true, "200 403 403 403 403 403 403 403 403"),
    ] {
        assert_eq!(
            statuses(&talk, user, is_public).await,
            expected,
            "{user} {is_public}"
        );
    }
}

#[tokio::test]
async fn an_owner_hands_over_before_leaving() {
    let talk = Talk::new().await;
    let room = staffed(&talk, false).await;
    let (owner, member) = (talk.user_id("owner").await, talk.user_id("member").await);
    let leave = format!("rooms/{room}/members/{owner}");
    let refused = talk.delete("owner", &leave).await;
    assert_eq!(refused.fault(), (409, "owner_must_hand_over", None));
    let refused = talk
        .call("owner", "PATCH", &leave, Some(json!({"role": "member"})))
        .await;
    assert_eq!(refused.fault(), (409, "owner_must_hand_over", None));
    let path = format!("rooms/{room}/members/{member}");
    let handed = talk
        .call("owner", "PATCH", &path, Some(json!({"role": "owner"})))
        .await
        .with(200);
    assert_eq!(
        (text(&handed["user_id"]), text(&handed["role"])),
        (member.as_str(), "owner")
    );
    let read = talk.get("owner", &format!("rooms/{room}")).await.with(200);
    assert_eq!(read["owner_id"], member);
    let roles: Vec<&str> = list(&read["members"])
        .iter()
        .map(|member| text(&member["role"]))
        .collect();
    assert_eq!(roles, ["admin", "admin", "owner"]);
    talk.delete("owner", &leave).await.with(200);
    talk.get("owner", &format!("rooms/{room}")).await.with(404);
}

#[tokio::test]
async fn anybody_of_the_project_joins_a_public_room() {
    let talk = Talk::new().await;
    let public = staffed(&talk, true).await;
    let me = talk.user_id("guest").await;
    let path = format!("rooms/{public}/members");
    let joined = talk.post("guest", &path, json!({"user_id": me})).await.with(201);
    assert_eq!(joined["role"], "member");
    assert_eq!(
        talk.post("guest", &path, json!({"user_id": me})).await.with(200),
        joined
    );
    talk.get("guest", &format!("rooms/{public}/messages"))
        .await
        .with(200);
    let private = staffed(&talk, false).await;
    let refused = talk
        .post(
            "guest",
            &format!("rooms/{private}/members"),
            json!({"user_id": me}),
        )
        .await;
    assert_eq!(refused.fault(), (404, "not_found", None));
}

#[tokio::test]
async fn adding_twice_answers_what_is_there() {
    let talk = Talk::new().await;
    let room = staffed(&talk, false).await;
    let admin = talk.user_id("admin").await;
    let body = json!({"user_id": admin});
    let again = talk
        .post("owner", &format!("rooms/{room}/members"), body)
        .await
        .with(200);
    assert_eq!(again["role"], "admin", "an admin stays one");
    let body = json!({"replr_id": BUILT_IN});
    let again = talk
        .post("owner", &format!("rooms/{room}/replrs"), body)
        .await
        .with(200);
    let read = talk.get("owner", &format!("rooms/{room}")).await.with(200);
    assert_eq!(list(&read["replrs"]).len(), 1);
    assert_eq!(
        (&again["added_at"], &again["name"]),
        (&read["replrs"][0]["added_at"], &json!("Ada"))
    );
}

#[tokio::test]
async fn who_is_not_there_can_not_be_named() {
    let talk = Talk::new().await;
    let room = staffed(&talk, false).await;
    let stranger = talk.user_id("stranger").await;
    let room = format!("rooms/{room}");
    let role = Some(json!({"role": "admin"}));
    for (method, path, body) in [
        ("POST", "/members", Some(json!({"user_id": "usr_none"}))),
        ("POST", "/replrs", Some(json!({"replr_id": "character_none"}))),
        ("DELETE", "/members/usr_none", None),
        ("DELETE", "/replrs/character_none", None),
        ("PATCH", "/members/usr_none", role.clone()),
        ("PATCH", &format!("/members/{stranger}"), role),
    ] {
        let answer = talk.call("owner", method, &format!("{room}{path}"), body).await;
        assert_eq!(answer.fault(), (404, "not_found", None), "{method} {path}");
    }
}

#[tokio::test]
async fn each_kind_of_key_acts_as_it_may() {
    let talk = Talk::new().await;
    let world = &talk.world;
    let call = async |key: &str, user: Option<HeaderValue>| {
        let mut request = request("GET", "/chat/v1/rooms", key, None);
        if let Some(user) = user {
            request.headers_mut().insert("Troupe-User", user);
        }
        world.send(request).await
    };
    call(&world.user_key, None).await.with(200);
    assert_eq!(
        call(&world.key, None).await.fault(),
        (422, "validation_error", Some("Troupe-User"))
    );
    for bad in [" ".to_owned(), "a\tb".to_owned(), "x".repeat(201)] {
        let answer = call(&world.key, Some(bad.parse().unwrap())).await;
        assert_eq!(answer.fault(), (422, "validation_error", Some("Troupe-User")));
    }
    let latin1 = HeaderValue::from_bytes(b"Ren\xe9").unwrap();
    assert_eq!(call(&world.key, Some(latin1)).await.fault().0, 422);
    let utf8 = HeaderValue::from_bytes("René".as_bytes()).unwrap();
    call(&world.key, Some(utf8)).await.with(200);
    let worker = call(&world.worker_key, Some("a".parse().unwrap())).await;
    assert_eq!(worker.fault(), (403, "wrong_key_kind", None));
    assert_eq!(call("sk_none_none", None).await.fault().0, 401);
}

#[tokio::test]
async fn another_projects_rooms_are_nowhere() {
    let talk = Talk::new().await;
    let room = staffed(&talk, true).await;
    let owner = talk.user_id("owner").await;
    for (method, path, body) in [
        ("GET", String::new(), None),
        ("GET", "/messages".into(), None),
        ("POST", "/messages".into(), Some(json!({"content": "Hello."}))),
        ("PATCH", String::new(), Some(json!({"name": "a"}))),
        ("PUT", String::new(), Some(json!({"name": "a"}))),
        ("POST", "/replrs".into(), Some(json!({"replr_id": BUILT_IN}))),
        ("DELETE", format!("/replrs/{BUILT_IN}"), None),
        ("POST", "/members".into(), Some(json!({"user_id": owner}))),
        (
            "PATCH",
            format!("/members/{owner}"),
            Some(json!({"role": "admin"})),
        ),
        ("DELETE", format!("/members/{owner}"), None),
        ("DELETE", String::new(), None),
    ] {
        let path = format!("/chat/v1/rooms/{room}{path}");
        let mut request = request(method, &path, &talk.world.other_key, body);
        request
            .headers_mut()
            .insert("troupe-user", "owner".parse().unwrap());
        let answer = talk.world.send(request).await;
        assert_eq!(answer.fault(), (404, "not_found", None), "{method} {path}");
    }
    // Nor can their users be let in.
    let mut me = request("GET", "/chat/v1/me", &talk.world.other_key, None);
    me.headers_mut().insert("troupe-user", "owner".parse().unwrap());
    let theirs = talk.world.send(me).await.with(200)["user_id"].clone();
    assert_ne!(theirs, owner);
    let answer = talk
        .post(
            "owner",
            &format!("rooms/{room}/members"),
            json!({"user_id": theirs}),
        )
        .await;
    assert_eq!(answer.fault(), (404, "not_found", None));
}
