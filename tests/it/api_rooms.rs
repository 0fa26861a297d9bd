use serde_json::{Value, json};

use crate::support::{BUILT_IN, LIVEKIT_SECRET, World, id};

fn is_time(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.len() == 24 && text.ends_with('Z') && text.as_bytes()[19] == b'.')
}

#[tokio::test]
async fn a_new_room_shows_every_documented_field() {
    let world = World::new().await;
    let room = world
        .post(
            "/v1/rooms",
            json!({"name": "Town Square", "mode": "scripted", "scenePrompt": "Dusk.", "ambience": "rain"}),
        )
        .await
        .with(201);
    assert!(id(&room).starts_with("room_") && id(&room).len() >= 21);
    assert!(is_time(&room["createdAt"]));
    assert!(room["projectId"].as_str().unwrap().starts_with("project_"));
    assert_eq!(room["name"], "Town Square");
    assert_eq!(room["mode"], "scripted");
    assert_eq!(room["scenePrompt"], "Dusk.");
    assert_eq!(room["ambience"], "rain");
    assert_eq!(room["endedAt"], Value::Null);
    assert_eq!(room["participants"], json!([]));
    let read = world.get(&format!("/v1/rooms/{}", id(&room))).await.with(200);
    assert_eq!(read, room);
}

#[tokio::test]
async fn mode_is_freeform_and_the_scene_null_unless_said() {
    let world = World::new().await;
    for body in [
        json!({"name": "a"}),
        json!({"name": "a", "scenePrompt": null}),
        json!({"name": "a", "scenePrompt": " "}),
    ] {
        let room = world.post("/v1/rooms", body).await.with(201);
        assert_eq!(
            (&room["mode"], &room["scenePrompt"]),
            (&json!("freeform"), &Value::Null)
        );
    }
}

#[tokio::test]
async fn active_rooms_are_listed_newest_first_with_their_cast() {
    let world = World::new().await;
    let rooms = [world.room().await, world.started_room().await, world.room().await];
    world
        .post(&format!("/v1/rooms/{}/end", rooms[0]), json!({}))
        .await
        .with(200);
    let listed = world.get("/v1/rooms").await.with(200);
    let ids: Vec<String> = listed.as_array().unwrap().iter().map(id).collect();
    assert_eq!(ids, [rooms[2].clone(), rooms[1].clone()]);
    assert_eq!(listed[1]["participants"][0]["characterId"], BUILT_IN);
    world.get(&format!("/v1/rooms/{}", rooms[0])).await.with(200);
}

#[tokio::test]
async fn pages_of_rooms_follow_the_link_header() {
    let world = World::new().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(world.room().await);
    }
    made.reverse();
    let mut seen = Vec::new();
    let mut path = "/v1/rooms?limit=2".to_owned();
    loop {
        let answer = world.get(&path).await;
        let link = answer
            .headers
            .get("link")
            .map(|link| link.to_str().unwrap().to_owned());
        let page = answer.with(200);
        assert!(page.as_array().unwrap().len() <= 2);
        seen.extend(page.as_array().unwrap().iter().map(id));
        let Some(link) = link else { break };
        path = link
            .strip_prefix("<https://api.example")
            .and_then(|rest| rest.strip_suffix(">; rel=\"next\""))
            .unwrap()
            .to_owned();
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn adding_a_character_twice_answers_the_same_participant() {
    let world = World::new().await;
    let path = format!("/v1/rooms/{}/participants", world.room().await);
    let first = world
        .post(&path, json!({"characterId": BUILT_IN}))
        .await
        .with(201);
    assert_eq!(first["livekitIdentity"], "agent-ada");
    assert!(first["conversationId"].as_str().unwrap().starts_with("conv_"));
    assert_eq!(first["leftAt"], Value::Null);
    let second = world
        .post(&path, json!({"characterId": BUILT_IN}))
        .await
        .with(200);
    assert_eq!(second, first);
    let unknown = world.post(&path, json!({"characterId": "character_none"})).await;
    assert_eq!(unknown.fault(), (404, "not_found", None));
}

#[tokio::test]
async fn a_character_added_again_remembers_nothing() {
    let world = World::new().await;
    let path = format!("/v1/rooms/{}/participants", world.room().await);
    let first = world
        .post(&path, json!({"characterId": BUILT_IN}))
        .await
        .with(201);
    let left = world
        .call("DELETE", &format!("{path}/{BUILT_IN}"), None)
        .await
        .with(200);
    assert_eq!(left["id"], first["id"]);
    assert!(is_time(&left["leftAt"]));
    let again = world.call("DELETE", &format!("{path}/{BUILT_IN}"), None).await;
    assert_eq!(again.fault(), (404, "not_found", None));
    let second = world
        .post(&path, json!({"characterId": BUILT_IN}))
        .await
        .with(201);
    assert_ne!(second["conversationId"], first["conversationId"]);
    assert_ne!(second["id"], first["id"]);
}

#[tokio::test]
async fn starting_needs_a_character_and_may_be_repeated() {
    let world = World::new().await;
    let room = world.room().await;
    let start = format!("/v1/rooms/{room}/start");
    assert_eq!(
        world.post(&start, json!({})).await.fault(),
        (409, "no_participants", None)
    );
    world
        .post(
            &format!("/v1/rooms/{room}/participants"),
            json!({"characterId": BUILT_IN}),
        )
        .await
        .with(201);
    for _ in 0..2 {
        let answer = world.call("POST", &start, None).await.with(200);
        assert_eq!(answer, json!({"started": true}));
    }
    let livekit = world.livekit.rooms();
    assert_eq!(livekit.len(), 1);
    assert!(livekit[0].starts_with("p_project_") && livekit[0].ends_with(&format!("__{room}")));
}

#[tokio::test]
async fn a_room_does_not_start_without_livekit() {
    let world = World::new().await;
    let room = world.room().await;
    world
        .post(
            &format!("/v1/rooms/{room}/participants"),
            json!({"characterId": BUILT_IN}),
        )
        .await
        .with(201);
    world.livekit.set_down(true);
    let answer = world.post(&format!("/v1/rooms/{room}/start"), json!({})).await;
    assert_eq!(answer.fault(), (502, "livekit_error", None));
    assert!(!answer.body.to_string().contains("7880"));
    assert!(world.claim("w", "r").await.is_empty());
    world.livekit.set_down(false);
    world
        .post(&format!("/v1/rooms/{room}/start"), json!({}))
        .await
        .with(200);
    assert_eq!(world.claim("w", "r").await.len(), 1);
}

#[tokio::test]
async fn an_ended_room_refuses_everything_but_reading_and_ending() {
    let world = World::new().await;
    let room = world.started_room().await;
    let ended = world
        .post(&format!("/v1/rooms/{room}/end"), json!({}))
        .await
        .with(200);
    assert!(is_time(&ended["endedAt"]));
    assert_eq!(ended["participants"][0]["leftAt"], ended["endedAt"]);
    assert!(world.livekit.rooms().is_empty());
    let again = world
        .post(&format!("/v1/rooms/{room}/end"), json!({}))
        .await
        .with(200);
    assert_eq!(again, ended);
    assert_eq!(world.get(&format!("/v1/rooms/{room}")).await.with(200), ended);
    for (method, path, body) in [
        ("POST", "participants", Some(json!({"characterId": BUILT_IN}))),
        ("DELETE", "participants/ada", None),
        ("POST", "start", None),
        ("GET", "token", None),
    ] {
        let answer = world
            .call(method, &format!("/v1/rooms/{room}/{path}"), body)
            .await;
        assert_eq!(answer.fault(), (409, "room_ended", None), "{method} {path}");
    }
}

#[tokio::test]
async fn ending_without_livekit_ends_and_sweeps_later() {
    let world = World::new().await;
    let room = world.started_room().await;
    world.livekit.set_down(true);
    let answer = world.post(&format!("/v1/rooms/{room}/end"), json!({})).await;
    assert_eq!(answer.fault(), (502, "livekit_error", None));
    assert!(is_time(
        &world.get(&format!("/v1/rooms/{room}")).await.with(200)["endedAt"]
    ));
    world.livekit.set_down(false);
    world.rooms.sweep().await.unwrap();
    assert!(world.livekit.rooms().is_empty());
}

#[tokio::test]
async fn a_join_token_is_for_this_room_and_a_person() {
    let world = World::new().await;
    let room = world.room().await;
    let path = format!("/v1/rooms/{room}/token");
    let verifier = livekit_token::TokenVerifier::with_api_key("key", LIVEKIT_SECRET);
    let answer = world
        .get(&format!("{path}?identity=carol&name=Carol%20C"))
        .await
        .with(200);
    assert_eq!(answer["url"], "wss://outside");
    let claims = verifier.verify(answer["token"].as_str().unwrap()).unwrap();
    assert_eq!(
        (claims.sub.as_str(), claims.name.as_str(), claims.kind.as_str()),
        ("carol", "Carol C", "")
    );
    assert!(claims.video.room_join && claims.video.can_publish() && claims.video.can_subscribe());
    assert!(claims.video.room.ends_with(&room) && !claims.video.agent && !claims.video.room_admin);
    assert!(claims.exp > claims.nbf);
    let fresh = [world.get(&path).await.with(200), world.get(&path).await.with(200)];
    assert_ne!(fresh[0]["identity"], fresh[1]["identity"]);
    let refused = world.get(&format!("{path}?identity=agent-ada")).await;
    assert_eq!(refused.fault(), (422, "validation_error", Some("identity")));
}

#[tokio::test]
async fn removing_from_an_unclaimed_room_takes_the_participant_out() {
    let world = World::new().await;
    let room = world.started_room().await;
    world
        .call(
            "DELETE",
            &format!("/v1/rooms/{room}/participants/{BUILT_IN}"),
            None,
        )
        .await
        .with(200);
    let removed = world.livekit.removed();
    assert_eq!(removed.len(), 1);
    assert!(removed[0].0.ends_with(&room) && removed[0].1 == "agent-ada");
}

#[tokio::test]
async fn a_room_whose_time_is_up_ends_without_its_worker() {
    let world = World::new().await;
    let room = world.started_room().await;
    world.rooms.sweep().await.unwrap();
    let path = format!("/v1/rooms/{room}");
    assert_eq!(world.get(&path).await.with(200)["endedAt"], Value::Null);
    world
        .alter("UPDATE rooms SET started_at = started_at - 15000000", &[])
        .await;
    world.rooms.sweep().await.unwrap();
    assert!(is_time(&world.get(&path).await.with(200)["endedAt"]));
    assert!(world.livekit.rooms().is_empty());
}
