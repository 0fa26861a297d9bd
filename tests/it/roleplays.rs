//! Role-plays as their clients see them.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use troupe::rooms::livekit::LiveKitError;

use crate::support::{BUILT_IN, World, request, token_claims};

/// The built-in premade role-play of the tests' built-in character.
pub(crate) const PREMADE: &str = "5241c23e-67a0-4106-b1c6-cc3e9ddacff0";

/// Status, code and parameter of an error.
type Fault = (u16, &'static str, Option<&'static str>);

/// The request of the reference, with a real id.
fn body() -> Value {
    json!({
        "premadeRoleplayId": PREMADE,
        "userUniqueIdentifier": "user-123",
        "userName": "John Doe",
        "recordVideo": false,
    })
}

fn is_uuid(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.len() == 36 && uuid::Uuid::parse_str(text).is_ok())
}

async fn create(world: &World) -> Value {
    let answer = world.post("/api/roleplay/create-room", body()).await;
    answer.with(201)["data"].clone()
}

#[tokio::test]
async fn the_reference_request_answers_the_reference_shape() {
    let world = World::new().await;
    let answer = world.post("/api/roleplay/create-room", body()).await.with(201);
    assert_eq!(answer["success"], true);
    let data = answer["data"].as_object().unwrap();
    let fields: BTreeSet<&str> = data.keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        BTreeSet::from(["roleplayId", "roomName", "accessToken", "websocketUrl"])
    );
    assert!(is_uuid(&data["roleplayId"]), "{answer}");
    let id = data["roleplayId"].as_str().unwrap();
    assert_eq!(data["roomName"], format!("John Doe::{id}"));
    assert_eq!(data["websocketUrl"], "wss://outside");
    let claims = token_claims(data["accessToken"].as_str().unwrap());
    assert_eq!(claims["name"], "John Doe");
    assert_eq!(claims["video"]["roomJoin"], true);
    let room = claims["video"]["room"].as_str().unwrap();
    assert!(
        room.starts_with("p_project_") && room.ends_with(&format!("__rp_{id}")),
        "{room}"
    );
    assert_eq!(world.livekit.rooms(), [room]);
}

#[tokio::test]
async fn the_character_is_called_in_without_another_call() {
    let world = World::new().await;
    let made = create(&world).await;
    let claims = world.claim("w", "r1").await;
    let [claim] = claims.as_slice() else {
        panic!("{claims:?}")
    };
    assert_eq!(claim["roomId"], made["roleplayId"]);
    assert_eq!(claim["record"], true);
    assert_eq!(claim["ambience"], "room_tone");
    assert_eq!(claim["cast"][0]["character"]["id"], BUILT_IN);
    let assignment = &claim["assignment"];
    assert_eq!(assignment["kind"], "roleplay");
    assert_eq!(assignment["person"], "John Doe");
    assert!(assignment["scenario"].as_str().unwrap().contains("church clock"));
    assert_eq!(assignment["opens"], true);
    assert_eq!(assignment["warnBeforeEndS"], 60);
    assert_eq!(claim["limits"]["maxDurationS"], 15 * 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_calls_at_once_make_one_user_who_keeps_their_name() {
    let world = Arc::new(World::new().await);
    let calls = (0..50).map(|number| {
        let world = world.clone();
        tokio::spawn(async move {
            let mut body = body();
            body["userName"] = json!(format!("Name {number}"));
            let answer = world.post("/api/roleplay/create-room", body).await.with(201);
            token_claims(answer["data"]["accessToken"].as_str().unwrap())["sub"].clone()
        })
    });
    let mut people = BTreeSet::new();
    for call in futures::future::join_all(calls).await {
        people.insert(call.unwrap().as_str().unwrap().to_owned());
    }
    assert_eq!(people.len(), 1, "{people:?}");
    let person = people.first().unwrap();
    assert!(person.starts_with("usr_"), "{person}");
    let world = &world;
    let known = world
        .store
        .user(&project_of(world).await, person)
        .await
        .unwrap()
        .unwrap();
    let first = known.name.clone();
    assert!(first.as_ref().is_some_and(|name| name.starts_with("Name ")));
    assert!(known.team_id.is_some(), "{known:?}");
    create(world).await;
    let later = world
        .store
        .user(&known.project_id, person)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(later.name, first, "a known name stays");
}

async fn project_of(world: &World) -> String {
    let room = world.post("/v1/rooms", json!({"name": "x"})).await.with(201);
    room["projectId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn video_needs_an_egress_and_nothing_is_made_without_one() {
    let world = World::new().await;
    let mut body = body();
    body["recordVideo"] = json!(true);
    let answer = world.post("/api/roleplay/create-room", body).await;
    assert_eq!(answer.fault(), (503, "video_recording_unavailable", None));
    assert_eq!(answer.body["success"], false);
    assert!(world.livekit.rooms().is_empty());
    assert!(world.claim("w", "r1").await.is_empty());
}

#[tokio::test]
async fn video_is_asked_of_egress_as_the_room_is_made() {
    let world = World::filming("films").await;
    let film = |world: &World| world.livekit.requests().pop().unwrap().egress;
    world.post("/api/roleplay/create-room", body()).await.with(201);
    assert_eq!(film(&world), None, "only where it is asked for");
    let mut body = body();
    body["recordVideo"] = json!(true);
    let made = world
        .post("/api/roleplay/create-room", body.clone())
        .await
        .with(201);
    let id = made["data"]["roleplayId"].as_str().unwrap();
    let film = film(&world).unwrap().room.unwrap();
    assert!(world.livekit.rooms().contains(&film.room_name));
    assert_eq!(film.file_outputs[0].filepath, format!("films/{id}.mp4"));

    world
        .livekit
        .fail_with(Some(LiveKitError::Refused("internal".into())));
    let answer = world.post("/api/roleplay/create-room", body).await;
    assert_eq!(answer.fault(), (503, "video_recording_unavailable", None));
}

#[tokio::test]
async fn when_livekit_is_down_nothing_is_made() {
    let world = World::new().await;
    world.livekit.set_down(true);
    let answer = world.post("/api/roleplay/create-room", body()).await;
    assert_eq!(answer.fault(), (502, "livekit_error", None));
    world.livekit.set_down(false);
    assert!(world.claim("w", "r1").await.is_empty());
}

#[tokio::test]
async fn whatever_is_refused_says_no_success() {
    let world = World::new().await;
    let path = "/api/roleplay/create-room";
    let without = |field: &str| {
        let mut body = body();
        body.as_object_mut().unwrap().remove(field);
        body
    };
    let with = |field: &str, value: Value| {
        let mut body = body();
        body[field] = value;
        body
    };
    let mut cases: Vec<(Value, Fault)> = Vec::new();
    for field in [
        "premadeRoleplayId",
        "userUniqueIdentifier",
        "userName",
        "recordVideo",
    ] {
        cases.push((without(field), (422, "validation_error", Some(field))));
        cases.push((with(field, json!(7)), (422, "validation_error", Some(field))));
    }
    for field in ["userUniqueIdentifier", "userName"] {
        cases.push((with(field, json!(" ")), (422, "validation_error", Some(field))));
        cases.push((
            with(field, json!("x".repeat(201))),
            (422, "validation_error", Some(field)),
        ));
        cases.push((
            with(field, json!("a\u{0}b")),
            (422, "validation_error", Some(field)),
        ));
    }
    cases.push((
        with("premadeRoleplayId", json!("none")),
        (422, "validation_error", Some("premadeRoleplayId")),
    ));
    cases.push((
        with("premadeRoleplayId", json!("550e8400-e29b-41d4-a716-446655440000")),
        (404, "not_found", None),
    ));
    cases.push((with("extra", json!(1)), (422, "validation_error", Some("extra"))));
    for (body, fault) in cases {
        let answer = world.post(path, body).await;
        assert_eq!(answer.fault(), fault, "{}", answer.body);
        assert_eq!(answer.body["success"], false, "{}", answer.body);
    }
    for (method, path, key, status) in [
        ("POST", path, "sk_none_none", 401),
        ("POST", path, world.user_key.as_str(), 403),
        ("DELETE", path, world.key.as_str(), 405),
        ("GET", "/api/roleplay/none/none", world.key.as_str(), 404),
        ("GET", "/api/roleplay/none", world.key.as_str(), 404),
    ] {
        let answer = world.send(request(method, path, key, None)).await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(answer.body["success"], false, "{method} {path} {}", answer.body);
    }
}

#[tokio::test]
async fn a_role_play_can_be_followed_to_its_end() {
    let world = World::new().await;
    let made = create(&world).await;
    let id = made["roleplayId"].as_str().unwrap();
    let path = format!("/api/roleplay/{id}");
    let fresh = world.get(&path).await.with(200)["data"].clone();
    assert_eq!(fresh["status"], "created");
    assert_eq!(fresh["roomName"], made["roomName"]);
    assert_eq!(fresh["report"], Value::Null);
    assert_eq!(fresh["transcript"], json!([]));
    assert_eq!(fresh["recordings"], json!([]));
    assert_eq!(fresh["userUniqueIdentifier"], "user-123");

    world.claim("w", "r1").await;
    let entry = json!({"sequence": 1, "speakerType": "agent", "characterId": BUILT_IN, "content": "Hello?"});
    let batch = json!({"workerId": "w", "epoch": 1, "entries": [entry]});
    world.work(&format!("rooms/{id}/entries"), batch).await.with(200);
    let going = world.get(&path).await.with(200)["data"].clone();
    assert_eq!(going["status"], "started");
    assert_eq!(going["transcript"][0]["content"], "Hello?");

    let release = json!({"workerId": "w", "epoch": 1, "reason": "empty"});
    world
        .work(&format!("rooms/{id}/release"), release)
        .await
        .with(200);
    let over = world.get(&path).await.with(200)["data"].clone();
    assert_eq!(over["status"], "finished");
    assert!(over["endedAt"].is_string());

    let strange = world.send(request("GET", &path, &world.other_key, None)).await;
    assert_eq!(strange.fault(), (404, "not_found", None));
    let voice = world.get("/v1/rooms").await.with(200);
    assert_eq!(voice, json!([]), "each surface lists its own rooms");
}

#[tokio::test]
async fn premade_role_plays_are_built_in_or_made() {
    let world = World::new().await;
    let path = "/api/roleplay/premade-roleplays";
    let list = world.get(path).await.with(200);
    assert_eq!(list["success"], true);
    let built_in = list["data"].as_array().unwrap();
    assert!(built_in.len() >= 3);
    for premade in built_in {
        assert!(is_uuid(&premade["id"]) && premade["builtIn"] == true, "{premade}");
        assert!(!premade["rubric"].as_array().unwrap().is_empty());
    }
    let body = json!({
        "name": "Complaint", "scenario": "You want your money back.", "characterId": BUILT_IN,
        "rubric": [{"name": "Stays kind"}],
    });
    let made = world.post(path, body).await.with(201)["data"].clone();
    assert_eq!(made["maxDurationMinutes"], 60);
    assert_eq!(made["rubric"][0]["weight"], 1.0);
    assert_eq!(made["characterOpens"], false);
    let all = world.get(path).await.with(200)["data"].clone();
    assert_eq!(all.as_array().unwrap().last(), Some(&made));
    let others = world
        .send(request("GET", path, &world.other_key, None))
        .await
        .with(200);
    assert_eq!(others["data"].as_array().unwrap().len(), built_in.len());

    let play = json!({
        "premadeRoleplayId": made["id"], "userUniqueIdentifier": "u", "userName": "U", "recordVideo": false,
    });
    world
        .post("/api/roleplay/create-room", play.clone())
        .await
        .with(201);
    let stranger = world
        .send(request(
            "POST",
            "/api/roleplay/create-room",
            &world.other_key,
            Some(play),
        ))
        .await;
    assert_eq!(stranger.fault(), (404, "not_found", None));

    let page = world.get(&format!("{path}?limit=1")).await;
    let link = page.headers["link"].to_str().unwrap().to_owned();
    assert_eq!(page.with(200)["data"].as_array().unwrap().len(), 1);
    let next = link
        .trim_start_matches("<https://api.example")
        .split('>')
        .next()
        .unwrap();
    let second = world.get(next).await.with(200)["data"].clone();
    assert_eq!(second[0], all[1]);

    for (field, value) in [
        ("name", json!("")),
        ("scenario", json!(null)),
        ("characterId", json!("nobody")),
        ("ambience", json!("jungle")),
        ("maxDurationMinutes", json!(241)),
        ("maxDurationMinutes", json!(1.5)),
        ("language", json!("not a tag")),
    ] {
        let mut body = json!({"name": "N", "scenario": "S", "characterId": BUILT_IN});
        body[field] = value;
        let answer = world.post(path, body).await;
        assert_eq!(answer.fault(), (422, "validation_error", Some(field)));
    }
    let bad = json!({"name": "N", "scenario": "S", "characterId": BUILT_IN, "rubric": [{"name": "a", "weight": 101}]});
    let answer = world.post(path, bad).await;
    assert_eq!(answer.fault(), (422, "validation_error", Some("rubric.0.weight")));
}

#[tokio::test]
async fn a_role_play_that_nobody_plays_ends_by_time() {
    let world = World::new().await;
    let made = create(&world).await;
    let id = made["roleplayId"].as_str().unwrap();
    world.rooms.sweep().await.unwrap();
    assert_eq!(world.livekit.rooms().len(), 1);
    // Its 15 minutes and the worker's grace are over.
    world
        .alter(
            "UPDATE rooms SET started_at = started_at - 961000 WHERE id = $1",
            &[id],
        )
        .await;
    world.rooms.sweep().await.unwrap();
    let over = world.get(&format!("/api/roleplay/{id}")).await.with(200);
    assert_eq!(over["data"]["status"], "finished");
    assert!(world.livekit.rooms().is_empty());
}

#[tokio::test]
async fn the_same_idempotency_key_makes_one_role_play() {
    let world = World::new().await;
    let send = async || {
        let mut request = request("POST", "/api/roleplay/create-room", &world.key, Some(body()));
        request
            .headers_mut()
            .insert("idempotency-key", "k".parse().unwrap());
        world.send(request).await.with(201)
    };
    assert_eq!(send().await, send().await);
    assert_eq!(world.livekit.rooms().len(), 1);
}
