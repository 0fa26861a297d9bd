//! Interviews as their clients see them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{BUILT_IN, World, id, request};

const ROOMS: &str = "/custdev/api/interviews/rooms";
/// Fields of the reference's answer, and whether each may be null in an answer to its request.
const FIELDS: [(&str, bool); 21] = [
    ("id", false),
    ("project_id", false),
    ("access_token", false),
    ("url", false),
    ("room_name", false),
    ("max_duration_minutes", false),
    ("status", false),
    ("created_at", false),
    ("created_by", false),
    ("record_id", true),
    ("respondent_email", true),
    ("research_goals_override", true),
    ("interview_guide_override", true),
    ("started_at", true),
    ("finished_at", true),
    ("expires_at", false),
    ("voice", false),
    ("realtime_provider", false),
    ("language", false),
    ("topics_for_respondent", false),
    ("display_name", false),
];

pub(crate) async fn project(world: &World) -> String {
    let body = json!({
        "name": "Mornings", "research_goals": "How mornings go.", "interview_guide": "1. Tell me about today.",
        "character_id": BUILT_IN,
    });
    id(&world.post("/custdev/api/projects", body).await.with(201))
}

/// Makes interviews; `more` is added to the body.
pub(crate) async fn rooms(world: &World, more: Value) -> Vec<Value> {
    let mut body = json!({"project_id": project(world).await});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let answer = world.post(ROOMS, body).await.with(201);
    answer["rooms"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_reference_request_answers_the_reference_shape() {
    let world = World::new().await;
    let project_id = project(&world).await;
    let body = json!({
        "project_id": project_id, "count": 1, "max_duration_minutes": 30, "expires_in_days": 7,
        "voice": "alloy", "realtime_provider": "cascade", "language": "de", "topics_for_respondent": "Your mornings",
    });
    let answer = world.post(ROOMS, body).await.with(201);
    let rooms = answer["rooms"].as_array().unwrap();
    assert_eq!(rooms.len(), 1);
    let room = rooms[0].as_object().unwrap();
    let shown: BTreeSet<&str> = room.keys().map(String::as_str).collect();
    assert_eq!(shown, FIELDS.iter().map(|(name, _)| *name).collect());
    for (name, is_null) in FIELDS {
        let value = &room[name];
        match name {
            "max_duration_minutes" => assert_eq!(value, 30),
            _ if is_null => assert!(value.is_null(), "{name}: {value}"),
            _ => assert!(value.is_string(), "{name}: {value}"),
        }
    }
    assert_eq!(room["project_id"], project_id);
    assert_eq!(room["status"], "created");
    let token = room["access_token"].as_str().unwrap();
    assert!(token.len() >= 32);
    assert_eq!(room["url"], format!("https://api.example/i/{token}"));
    assert!(room["created_by"].as_str().unwrap().starts_with("key_"));
    assert_eq!(room["display_name"], "Mornings 1");
    let days = |field: &str| {
        let format = &time::format_description::well_known::Rfc3339;
        time::OffsetDateTime::parse(room[field].as_str().unwrap(), format).unwrap()
    };
    assert_eq!((days("expires_at") - days("created_at")).whole_days(), 7);
}

#[tokio::test]
async fn what_is_left_out_has_its_default_or_is_null() {
    let world = World::new().await;
    let [room] = &rooms(&world, json!({})).await[..] else {
        panic!("one room by default")
    };
    assert_eq!(room["max_duration_minutes"], 30);
    for field in ["voice", "realtime_provider", "language", "topics_for_respondent"] {
        assert!(room[field].is_null(), "{field}");
    }
}

#[tokio::test]
async fn numbers_out_of_range_and_unknown_words_are_refused_by_name() {
    let world = World::new().await;
    let project_id = project(&world).await;
    for (field, value) in [
        ("count", json!(0)),
        ("count", json!(101)),
        ("count", json!(1.5)),
        ("count", json!("1")),
        ("count", json!(null)),
        ("max_duration_minutes", json!(0)),
        ("max_duration_minutes", json!(241)),
        ("expires_in_days", json!(0)),
        ("expires_in_days", json!(91)),
        ("project_id", json!("none")),
        ("project_id", json!(null)),
        ("voice", json!(1)),
        ("language", json!("not a tag")),
        ("topics_for_respondent", json!("x".repeat(5001))),
        ("realtime_provider", json!("nobody")),
        ("extra", json!(1)),
    ] {
        let mut body = json!({"project_id": project_id});
        body[field] = value.clone();
        let answer = world.post(ROOMS, body).await;
        assert_eq!(answer.fault(), (422, "validation_error", Some(field)), "{value}");
        if field == "realtime_provider" {
            let message = answer.body["error"]["message"].as_str().unwrap();
            assert!(message.ends_with("`cascade`, `openai`, `gemini`"), "{message}");
        }
    }
    for (field, value) in [
        ("count", json!(100)),
        ("max_duration_minutes", json!(1)),
        ("max_duration_minutes", json!(240)),
        ("expires_in_days", json!(90)),
    ] {
        let mut body = json!({"project_id": project_id});
        body[field] = value;
        world.post(ROOMS, body).await.with(201);
    }
    let missing = json!({"project_id": "550e8400-e29b-41d4-a716-446655440000"});
    assert_eq!(world.post(ROOMS, missing).await.fault(), (404, "not_found", None));
    let body = json!({"project_id": project_id});
    let stranger = world
        .send(request("POST", ROOMS, &world.other_key, Some(body)))
        .await;
    assert_eq!(stranger.fault(), (404, "not_found", None));
}

#[tokio::test]
async fn each_room_of_a_call_is_one_of_its_own() {
    let world = World::new().await;
    let rooms = rooms(&world, json!({"count": 10})).await;
    for field in ["id", "access_token", "url", "room_name", "display_name"] {
        let distinct: BTreeSet<String> = rooms.iter().map(|room| room[field].to_string()).collect();
        assert_eq!(distinct.len(), 10, "{field}");
    }
}

#[tokio::test]
async fn lists_go_newest_first_in_pages_and_keep_the_secret() {
    let world = World::new().await;
    let mine = rooms(&world, json!({"count": 3})).await;
    rooms(&world, json!({"count": 2})).await;
    let project_id = mine[0]["project_id"].as_str().unwrap();
    let all = world.get(ROOMS).await.with(200);
    assert_eq!(all["rooms"].as_array().unwrap().len(), 5);
    let path = format!("{ROOMS}?project_id={project_id}");
    let of_project = world.get(&path).await.with(200);
    let ids: Vec<&Value> = of_project["rooms"]
        .as_array()
        .unwrap()
        .iter()
        .map(|room| &room["id"])
        .collect();
    assert_eq!(ids, [&mine[2]["id"], &mine[1]["id"], &mine[0]["id"]]);
    for room in of_project["rooms"].as_array().unwrap() {
        assert!(room["access_token"].is_null() && room["url"].is_null(), "{room}");
    }
    let first = world.get(&format!("{path}&limit=2")).await;
    let link = first.headers["link"].to_str().unwrap().to_owned();
    assert_eq!(first.with(200)["rooms"].as_array().unwrap().len(), 2);
    let next = link
        .trim_start_matches("<https://api.example")
        .split('>')
        .next()
        .unwrap();
    let rest = world.get(next).await;
    assert!(rest.headers.get("link").is_none());
    assert_eq!(rest.with(200)["rooms"][0]["id"], mine[0]["id"]);
    let others = world
        .send(request("GET", ROOMS, &world.other_key, None))
        .await
        .with(200);
    assert_eq!(others["rooms"], json!([]));
}

#[tokio::test]
async fn the_token_is_stored_hashed() {
    let world = World::new().await;
    let [room] = &rooms(&world, json!({})).await[..] else {
        panic!("one room")
    };
    let token = room["access_token"].as_str().unwrap();
    let stored = world.blobs("SELECT token_hash FROM interviews").await;
    assert_eq!(stored, [world.secret.hash(token).to_vec()]);
}

#[tokio::test]
async fn the_claim_carries_guide_goals_overrides_and_time() {
    let world = World::new().await;
    let made = rooms(
        &world,
        json!({
            "language": "de", "voice": "piper:thorsten", "max_duration_minutes": 5, "topics_for_respondent": "Mornings",
            "interview_guide_override": "Only: how was today?",
        }),
    )
    .await;
    assert!(world.claim("w", "r1").await.is_empty(), "nobody has joined");
    let token = made[0]["access_token"].as_str().unwrap();
    let join = world.post(&format!("/i/{token}/join"), json!({})).await.with(200);
    assert_eq!(join["seconds_left"], 300);
    let claims = world.claim("w", "r2").await;
    let claim = &claims[0];
    assert_eq!(claim["roomId"], made[0]["id"]);
    assert_eq!(claim["record"], true);
    let character = &claim["cast"][0]["character"];
    assert_eq!(character["language"], "de");
    assert_eq!(character["voices"]["piper"], "thorsten");
    let assignment = &claim["assignment"];
    assert_eq!(assignment["kind"], "interview");
    assert_eq!(assignment["goals"], "How mornings go.");
    assert_eq!(assignment["guide"], "Only: how was today?");
    assert_eq!(assignment["topics"], "Mornings");
    assert_eq!(assignment["opens"], true);
    assert_eq!(claim["limits"]["maxDurationS"], 300);
}

#[tokio::test]
async fn an_interview_goes_from_created_to_finished() {
    let world = World::new().await;
    let made = rooms(&world, json!({})).await;
    let token = made[0]["access_token"].as_str().unwrap();
    let room_id = id(&made[0]);
    let follow = async || world.get(&format!("{ROOMS}/{room_id}")).await.with(200);
    assert_eq!(follow().await["status"], "created");
    world.post(&format!("/i/{token}/join"), json!({})).await.with(200);
    let started = follow().await;
    assert_eq!(started["status"], "started");
    assert!(started["started_at"].is_string() && started["finished_at"].is_null());
    // Coming back is no second start.
    world.post(&format!("/i/{token}/join"), json!({})).await.with(200);
    assert_eq!(follow().await["started_at"], started["started_at"]);

    world.claim("w", "r1").await;
    let entry =
        json!({"sequence": 1, "speakerType": "user", "speakerIdentity": "respondent", "content": "Fine."});
    let batch = json!({"workerId": "w", "epoch": 1, "entries": [entry]});
    world
        .work(&format!("rooms/{room_id}/entries"), batch)
        .await
        .with(200);
    let release = json!({"workerId": "w", "epoch": 1, "reason": "max_duration"});
    world
        .work(&format!("rooms/{room_id}/release"), release)
        .await
        .with(200);
    let finished = follow().await;
    assert_eq!(finished["status"], "finished");
    assert!(finished["finished_at"].is_string());
    assert_eq!(finished["transcript"][0]["content"], "Fine.");
    assert_eq!(finished["report"], Value::Null);
    assert_eq!(finished["recordings"], json!([]));
    let late = world.post(&format!("/i/{token}/join"), json!({})).await;
    assert_eq!(late.fault(), (409, "interview_finished", None));
    let stranger = world
        .send(request(
            "GET",
            &format!("{ROOMS}/{room_id}"),
            &world.other_key,
            None,
        ))
        .await;
    assert_eq!(stranger.fault(), (404, "not_found", None));
}

#[tokio::test]
async fn links_expire_and_interviews_that_nobody_plays_end_by_time() {
    let world = World::new().await;
    let made = rooms(&world, json!({"count": 2})).await;
    let [unused, begun] = [&made[0], &made[1]];
    let token = |room: &Value| room["access_token"].as_str().unwrap().to_owned();
    world
        .post(&format!("/i/{}/join", token(begun)), json!({}))
        .await
        .with(200);
    world.rooms.sweep().await.unwrap();
    let status = async |room: &Value| {
        let answer = world.get(&format!("{ROOMS}/{}", id(room))).await.with(200);
        answer["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(status(unused).await, "created");
    world.alter("UPDATE interviews SET expires_at = 1", &[]).await;
    // Known from the time alone, before any sweep.
    assert_eq!(status(unused).await, "expired");
    assert_eq!(status(begun).await, "started");
    let late = world.post(&format!("/i/{}/join", token(unused)), json!({})).await;
    assert_eq!(late.fault(), (409, "interview_expired", None));
    world.rooms.sweep().await.unwrap();
    assert_eq!(status(unused).await, "expired");
    let ended = world.get(&format!("/v1/rooms/{}", id(unused))).await;
    assert!(
        ended.status == 404 || ended.body["endedAt"].is_string(),
        "{}",
        ended.body
    );
    world
        .alter(
            "UPDATE rooms SET started_at = started_at - 1861000 WHERE id = $1",
            &[&id(begun)],
        )
        .await;
    world.rooms.sweep().await.unwrap();
    assert_eq!(status(begun).await, "finished");
    assert!(world.livekit.rooms().is_empty());
}

#[tokio::test]
async fn projects_are_built_in_or_made() {
    let world = World::new().await;
    let path = "/custdev/api/projects";
    let list = world.get(path).await.with(200);
    let built_in = list["projects"].as_array().unwrap().clone();
    assert!(built_in.len() >= 3 && built_in.iter().all(|project| project["built_in"] == true));
    let mine = project(&world).await;
    let all = world.get(path).await.with(200);
    assert_eq!(
        all["projects"].as_array().unwrap().last().unwrap()["id"],
        mine.as_str()
    );
    // A built-in one is everybody's; its character is not here, so another one asks.
    let body = json!({"project_id": built_in[0]["id"]});
    world.post(ROOMS, body).await.with(201);
    for field in ["name", "research_goals", "interview_guide"] {
        let mut body = json!({"name": "N", "research_goals": "G", "interview_guide": "1."});
        body[field] = json!(" ");
        let answer = world.post(path, body).await;
        assert_eq!(answer.fault(), (422, "validation_error", Some(field)));
    }
    let unknown =
        json!({"name": "N", "research_goals": "G", "interview_guide": "1.", "character_id": "nobody"});
    assert_eq!(
        world.post(path, unknown).await.fault(),
        (422, "validation_error", Some("character_id"))
    );
}
