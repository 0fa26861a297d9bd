use serde_json::json;

use super::{in_livekit, made, person};
use crate::support::{World, request};

/// Percent-encodes everything but letters and digits.
fn encoded(name: &str) -> String {
    let byte = |byte: u8| match byte {
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    name.bytes().map(byte).collect()
}

fn hostile() -> Vec<String> {
    let mut names: Vec<String> = [
        " ",
        "a b",
        " a",
        "a ",
        "a/b",
        "../rooms",
        "a\\b",
        "a%2Fb",
        "%2e%2e",
        "a%00",
        "a\u{0}b",
        "a\nb",
        "a\r\nb",
        "a\tb",
        "a?b",
        "a#b",
        "a+b",
        "a*",
        "a&b",
        "a=b",
        "a;b",
        "a,b",
        "a@b",
        "a!b",
        "a$b",
        "a'b",
        "a\"b",
        "a<b>",
        "a{b}",
        "a[b]",
        "a|b",
        "a`b",
        "a^b",
        "a~b",
        "(a)",
        "ä",
        "а",
        "ａ",
        "日本",
        "🎭",
        "a\u{200b}",
        "a\u{202e}b",
        "a\u{301}",
        "٣",
        "ſ",
        "a\u{7f}",
        "a\u{85}",
    ]
    .map(str::to_owned)
    .into();
    names.push("x".repeat(129));
    names.push("x".repeat(10_000));
    names
}

fn strange_but_fine() -> Vec<String> {
    let mut names: Vec<String> = [
        ".",
        "..",
        "...",
        "-",
        "_",
        "__",
        ":",
        "a:b",
        "-rf",
        "a.b-c_d:e",
        "p_",
        "p_project_x__",
        "p_other__room",
        "__room",
        "null",
        "0",
        "true",
        "constructor",
        "CON",
        "room_",
        "rp_",
        "token",
        "participants",
    ]
    .map(str::to_owned)
    .into();
    names.push("x".repeat(128));
    names
}

#[tokio::test]
async fn hostile_names_are_refused_in_bodies_and_paths() {
    let world = World::new().await;
    for name in hostile() {
        let answer = world.post("/live/v1/rooms", json!({ "name": name })).await;
        assert_eq!(
            answer.fault(),
            (422, "validation_error", Some("name")),
            "{name:?}"
        );
        let path = format!("/live/v1/rooms/{}", encoded(&name));
        for (method, path) in [
            ("GET", path.clone()),
            ("DELETE", path.clone()),
            ("POST", format!("{path}/token")),
            ("DELETE", format!("{path}/participants/somebody")),
        ] {
            let answer = world.call(method, &path, None).await;
            assert_eq!(
                answer.fault(),
                (422, "invalid_request", Some("name")),
                "{method} {path}"
            );
            assert_eq!(answer.body["error"]["type"], "invalid_request");
        }
    }
    // No text at all.
    let answer = world.get("/live/v1/rooms/%FF").await;
    assert_eq!(answer.fault(), (422, "invalid_request", Some("name")));
    let answer = world.post("/live/v1/rooms", json!({ "name": "" })).await;
    assert_eq!(answer.fault(), (422, "validation_error", Some("name")));
    assert!(world.livekit.rooms().is_empty() && world.livekit.requests().is_empty());
}

#[tokio::test]
async fn strange_names_are_names() {
    let world = World::new().await;
    for name in strange_but_fine() {
        assert_eq!(made(&world, &name).await["room"], name.as_str());
        let path = format!("/live/v1/rooms/{}", encoded(&name));
        assert_eq!(world.get(&path).await.with(200)["room"], name.as_str());
    }
    let listed = world.get("/live/v1/rooms").await.with(200);
    let mut names: Vec<&str> = listed["rooms"]
        .as_array()
        .unwrap()
        .iter()
        .map(|room| room["room"].as_str().unwrap())
        .collect();
    let mut wanted = strange_but_fine();
    names.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(names, wanted);
}

#[tokio::test]
async fn names_are_decoded_once() {
    let world = World::new().await;
    made(&world, "a:b").await;
    world.get("/live/v1/rooms/a%3Ab").await.with(200);
    let twice = world.get("/live/v1/rooms/a%253Ab").await;
    assert_eq!(twice.fault(), (422, "invalid_request", Some("name")));
}

#[tokio::test]
async fn identities_are_decoded_once_and_may_be_anything_readable() {
    let world = World::new().await;
    made(&world, "lobby").await;
    for identity in ["user-123", "a b/c", "ä🎭", "100%25", "..", "agent-ada"] {
        world.livekit.join(&in_livekit(&world, "lobby"), person(identity));
        let path = format!("/live/v1/rooms/lobby/participants/{}", encoded(identity));
        world.call("DELETE", &path, None).await.with(200);
    }
    for bad in ["%00", "%0D", "%20", "%FF"] {
        let path = format!("/live/v1/rooms/lobby/participants/{bad}");
        let answer = world.call("DELETE", &path, None).await;
        let (status, code, _) = answer.fault();
        assert_eq!((status, code), (422, "invalid_request"), "{bad}");
    }
}

#[tokio::test]
async fn no_project_sees_or_reaches_another_ones_room() {
    let world = World::new().await;
    made(&world, "lobby").await;
    let real = in_livekit(&world, "lobby");
    world.livekit.join(&real, person("user-123"));
    let other =
        async |method: &str, path: &str| world.send(request(method, path, &world.other_key, None)).await;
    assert_eq!(
        other("GET", "/live/v1/rooms").await.with(200),
        json!({ "rooms": [] })
    );
    // By its name, and by the name that LiveKit knows.
    for name in ["lobby", &real] {
        let path = format!("/live/v1/rooms/{name}");
        assert_eq!(other("GET", &path).await.fault(), (404, "not_found", None));
        let removed = other("DELETE", &format!("{path}/participants/user-123")).await;
        assert_eq!(removed.fault(), (404, "not_found", None));
        other("DELETE", &path).await.with(200);
    }
    assert_eq!(world.livekit.rooms(), [real]);
    assert_eq!(
        world.get("/live/v1/rooms/lobby").await.with(200)["numParticipants"],
        1
    );
    // The same name is another room there.
    let theirs = world
        .send(request(
            "POST",
            "/live/v1/rooms",
            &world.other_key,
            Some(json!({"name": "lobby"})),
        ))
        .await
        .with(201);
    assert_eq!(theirs["numParticipants"], 0);
    assert_eq!(world.livekit.rooms().len(), 2);
}

#[tokio::test]
async fn rooms_of_nobody_are_not_listed() {
    let world = World::new().await;
    made(&world, "lobby").await;
    for name in ["lobby", "p_", "p_project_", "p_project_x__lobby"] {
        use troupe::rooms::livekit::{RoomService, RoomTimeouts};
        let timeouts = RoomTimeouts {
            empty_s: 1,
            departure_s: 1,
        };
        world.livekit.create_room(name, timeouts).await.unwrap();
    }
    let listed = world.get("/live/v1/rooms").await;
    assert!(!listed.text.contains("p_project"), "{}", listed.text);
    assert_eq!(listed.body["rooms"].as_array().unwrap().len(), 1);
}
