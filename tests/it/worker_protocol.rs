use serde_json::{Value, json};

use crate::support::{BUILT_IN, LIVEKIT_SECRET, World};

fn line(sequence: u64, content: &str) -> Value {
    json!({"sequence": sequence, "speakerType": "agent", "characterId": BUILT_IN, "content": content})
}

fn beat(worker: &str, rooms: &[(&str, u64)]) -> Value {
    let rooms: Vec<Value> = rooms
        .iter()
        .map(|(room, epoch)| json!({"roomId": room, "epoch": epoch}))
        .collect();
    json!({"workerId": worker, "rooms": rooms, "draining": false})
}

fn release(worker: &str, epoch: u64, reason: &str) -> Value {
    json!({"workerId": worker, "epoch": epoch, "reason": reason})
}

#[tokio::test]
async fn a_claim_carries_everything_needed_to_play() {
    let world = World::new().await;
    let room = world.started_room().await;
    let claims = world.claim("w", "r").await;
    assert_eq!(claims.len(), 1);
    let claim = &claims[0];
    assert_eq!((&claim["roomId"], &claim["epoch"]), (&json!(room), &json!(1)));
    assert_eq!(
        (&claim["mode"], &claim["livekitUrl"]),
        (&json!("freeform"), &json!("ws://inside:7880"))
    );
    assert!(claim["limits"]["maxDurationS"].as_u64().unwrap() > 0);
    let member = &claim["cast"][0];
    assert_eq!(
        (&member["identity"], &member["character"]["name"]),
        (&json!("agent-ada"), &json!("Ada"))
    );
    let token = livekit_token::TokenVerifier::with_api_key("key", LIVEKIT_SECRET)
        .verify(member["token"].as_str().unwrap())
        .unwrap();
    assert_eq!(
        (token.kind.as_str(), token.sub.as_str(), token.name.as_str()),
        ("agent", "agent-ada", "Ada")
    );
    assert!(token.video.agent && token.video.can_update_own_metadata());
    assert_eq!(claim["livekitRoom"], token.video.room);
}

#[tokio::test]
async fn a_repeated_request_answers_the_same_claim() {
    let world = World::new().await;
    let room = world.started_room().await;
    let first = world.claim("w", "r").await;
    let second = world.claim("w", "r").await;
    assert_eq!(second.len(), 1);
    assert_eq!(
        (&second[0]["roomId"], &second[0]["epoch"]),
        (&json!(room), &first[0]["epoch"])
    );
    assert!(world.claim("w", "another").await.is_empty());
}

#[tokio::test]
async fn two_workers_never_hold_one_room() {
    let world = World::new().await;
    for _ in 0..6 {
        world.started_room().await;
    }
    let workers: Vec<String> = (0..8).map(|n| format!("w{n}")).collect();
    let claims = futures::future::join_all(workers.iter().map(|worker| world.claim(worker, "r"))).await;
    let mut rooms: Vec<String> = claims
        .iter()
        .flatten()
        .map(|claim| claim["roomId"].to_string())
        .collect();
    rooms.sort();
    rooms.dedup();
    assert_eq!((rooms.len(), claims.iter().flatten().count()), (6, 6));
}

#[tokio::test]
async fn capacity_is_kept_and_the_longest_waiting_room_goes_first() {
    let world = World::new().await;
    let rooms = [world.started_room().await, world.started_room().await];
    let body = json!({"workerId": "w", "requestId": "r", "capacity": 1, "waitMs": 0});
    let answer = world.work("claims", body).await.with(200);
    assert_eq!(answer["leaseMs"], 8_000);
    assert_eq!(answer["claims"].as_array().unwrap().len(), 1);
    assert_eq!(answer["claims"][0]["roomId"], rooms[0]);
}

#[tokio::test]
async fn a_waiting_claim_is_woken_by_a_start() {
    let world = World::new().await;
    let wait = json!({"workerId": "w", "requestId": "r", "capacity": 1, "waitMs": 30_000});
    let (answer, room) = tokio::join!(world.work("claims", wait), world.started_room());
    assert_eq!(answer.with(200)["claims"][0]["roomId"], room);
}

#[tokio::test]
async fn a_waiting_claim_is_answered_when_the_server_stops() {
    let world = World::new().await;
    let wait = json!({"workerId": "w", "requestId": "r", "capacity": 1, "waitMs": 30_000});
    let (answer, ()) = tokio::join!(world.work("claims", wait), async { world.shutdown.cancel() });
    assert_eq!(answer.with(200)["claims"], json!([]));
}

#[tokio::test]
async fn a_lapsed_workers_room_is_taken_over_with_its_timeline() {
    let world = World::new().await;
    let room = world.started_room().await;
    world.claim("w1", "r").await;
    let entries = format!("rooms/{room}/entries");
    let body = json!({"workerId": "w1", "epoch": 1, "entries": [line(1, "Welcome!")]});
    world.work(&entries, body).await.with(200);
    assert!(world.claim("w2", "r").await.is_empty());
    world.lapse("w1").await;
    let claims = world.claim("w2", "r").await;
    assert_eq!(
        (&claims[0]["roomId"], &claims[0]["epoch"]),
        (&json!(room), &json!(2))
    );
    assert_eq!(claims[0]["timeline"][0]["content"], "Welcome!");
    let late = json!({"workerId": "w1", "epoch": 1, "entries": [line(2, "I am still here")]});
    assert_eq!(
        world.work(&entries, late).await.fault(),
        (409, "stale_epoch", None)
    );
    let stale = world
        .work(&format!("rooms/{room}/release"), release("w1", 1, "ended"))
        .await;
    assert_eq!(stale.fault(), (409, "stale_epoch", None));
    let answer = world.work("heartbeat", beat("w1", &[(&room, 1)])).await.with(200);
    assert_eq!(answer, json!({"lost": [room], "leaseMs": 8_000}));
    let answer = world.work("heartbeat", beat("w2", &[(&room, 2)])).await.with(200);
    assert_eq!(answer["lost"], json!([]));
}

#[tokio::test]
async fn a_poll_that_outlived_its_workers_lease_takes_no_room() {
    let world = World::new().await;
    let room = world.started_room().await;
    world.claim("w1", "r").await;
    // Its lease runs out while it waits. Where the machine is so slow that it asks afterwards, it is given the room, and
    // it is tried again with more time.
    for lease_ms in [300, 1_000, 3_000, 7_000] {
        world.lapses_in("w1", lease_ms).await;
        let wait =
            json!({"workerId": "w1", "requestId": lease_ms.to_string(), "capacity": 1, "waitMs": 30_000});
        let answer = world.work("claims", wait).await.with(200);
        if answer["claims"] == json!([]) {
            break;
        }
        assert_ne!(lease_ms, 7_000, "{answer}");
    }
    let claims = world.claim("w2", "r").await;
    assert_eq!(claims[0]["roomId"], json!(room), "it is there for somebody else");
    // Who asks anew is there.
    world.lapse("w2").await;
    assert_eq!(world.claim("w1", "r3").await[0]["roomId"], json!(room));
}

#[tokio::test]
async fn a_heartbeat_in_time_keeps_the_room() {
    let world = World::new().await;
    let room = world.started_room().await;
    world.claim("w1", "r").await;
    world.lapse("w1").await;
    world.work("heartbeat", beat("w1", &[(&room, 1)])).await.with(200);
    assert!(world.claim("w2", "r").await.is_empty());
}

#[tokio::test]
async fn a_room_that_its_worker_forgot_is_open_again() {
    let world = World::new().await;
    world.started_room().await;
    world.claim("w1", "r").await;
    world.work("heartbeat", beat("w1", &[])).await.with(200);
    assert!(
        world.claim("w2", "r1").await.is_empty(),
        "the claim's answer may be on its way"
    );
    world
        .alter("UPDATE rooms SET claimed_at = claimed_at - 9000", &[])
        .await;
    world.work("heartbeat", beat("w1", &[])).await.with(200);
    assert_eq!(world.claim("w2", "r2").await.len(), 1);
}

#[tokio::test]
async fn a_draining_worker_gets_nothing() {
    let world = World::new().await;
    world.started_room().await;
    let draining = json!({"workerId": "w", "rooms": [], "draining": true});
    world.work("heartbeat", draining).await.with(200);
    assert!(world.claim("w", "r").await.is_empty());
    assert_eq!(world.claim("other", "r").await.len(), 1);
}

#[tokio::test]
async fn entries_are_stored_once_and_without_gaps() {
    let world = World::new().await;
    let room = world.started_room().await;
    world.claim("w", "r").await;
    let path = format!("rooms/{room}/entries");
    let send = async |lines: Vec<Value>| {
        let body = json!({"workerId": "w", "epoch": 1, "entries": lines});
        world.work(&path, body).await
    };
    for _ in 0..2 {
        let answer = send(vec![line(1, "a"), line(2, "b\u{0}b")]).await.with(200);
        assert_eq!(answer, json!({"acknowledged": 2}));
    }
    assert_eq!(
        send(vec![line(2, "b"), line(3, "c")]).await.with(200)["acknowledged"],
        3
    );
    assert_eq!(
        send(vec![line(5, "e")]).await.fault(),
        (409, "sequence_gap", None)
    );
    let falling = send(vec![line(4, "d"), line(4, "d")]).await;
    assert_eq!(
        falling.fault(),
        (422, "validation_error", Some("entries.1.sequence"))
    );
    assert_eq!(
        send(vec![]).await.fault(),
        (422, "validation_error", Some("entries"))
    );
    let all = world.get(&format!("/v1/rooms/{room}/transcript")).await.with(200);
    let spoken: Vec<&Value> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["content"])
        .collect();
    assert_eq!(spoken, ["a", "bb", "c"]);
}

#[tokio::test]
async fn changes_tell_of_the_cast_and_the_end() {
    let world = World::new().await;
    let room = world.started_room().await;
    world.claim("w", "r").await;
    let grace = world
        .post(
            "/v1/characters",
            json!({"name": "Grace", "persona": "You are Grace."}),
        )
        .await
        .with(201);
    let cast = format!("/v1/rooms/{room}/participants");
    let changes = async |cursor: u64, wait_ms: u64| {
        let body = json!({"workerId": "w", "cursor": cursor, "waitMs": wait_ms});
        world.work("changes", body).await.with(200)
    };
    assert_eq!(changes(0, 0).await["changes"], json!([]));
    let (added, _) = tokio::join!(
        changes(0, 30_000),
        world.post(&cast, json!({"characterId": grace["id"]}))
    );
    let change = &added["changes"][0];
    assert_eq!(
        (&change["roomId"], &change["type"]),
        (&json!(room), &json!("participantAdded"))
    );
    assert_eq!(change["member"]["character"]["name"], "Grace");
    assert!(change["member"]["token"].as_str().unwrap().starts_with("ey"));
    world
        .call("DELETE", &format!("{cast}/{BUILT_IN}"), None)
        .await
        .with(200);
    assert!(world.livekit.removed().is_empty(), "the worker takes it out");
    world
        .post(&format!("/v1/rooms/{room}/end"), json!({}))
        .await
        .with(200);
    let rest = changes(added["cursor"].as_u64().unwrap(), 0).await;
    assert_eq!(
        rest["changes"],
        json!([
            {"roomId": room, "type": "participantRemoved", "characterId": BUILT_IN},
            {"roomId": room, "type": "roomEnded"},
        ])
    );
    assert_eq!(
        changes(rest["cursor"].as_u64().unwrap(), 0).await["changes"],
        json!([])
    );
}

#[tokio::test]
async fn the_last_words_of_an_ended_room_are_kept_until_release() {
    let world = World::new().await;
    let room = world.started_room().await;
    world.claim("w", "r").await;
    world
        .post(&format!("/v1/rooms/{room}/end"), json!({}))
        .await
        .with(200);
    let body = json!({"workerId": "w", "epoch": 1, "entries": [line(1, "Good b")]});
    world
        .work(&format!("rooms/{room}/entries"), body.clone())
        .await
        .with(200);
    let path = format!("rooms/{room}/release");
    for _ in 0..2 {
        world.work(&path, release("w", 1, "ended")).await.with(200);
    }
    let late = world.work(&format!("rooms/{room}/entries"), body).await;
    assert_eq!(late.fault(), (409, "stale_epoch", None));
    assert!(world.claim("w2", "r").await.is_empty());
}

#[tokio::test]
async fn releases_end_the_room_or_hand_it_over() {
    let world = World::new().await;
    for (reason, over) in [
        ("empty", true),
        ("max_duration", true),
        ("draining", false),
        ("ended", false),
    ] {
        let room = world.started_room().await;
        assert_eq!(world.claim("w", reason).await.len(), 1);
        world
            .work(&format!("rooms/{room}/release"), release("w", 1, reason))
            .await
            .with(200);
        let read = world.get(&format!("/v1/rooms/{room}")).await.with(200);
        assert_eq!(read["endedAt"].is_string(), over, "{reason}");
        assert_eq!(
            world.claim("w2", reason).await.len(),
            usize::from(!over),
            "{reason}"
        );
        world.rooms.sweep().await.unwrap();
        let livekit_open = world.livekit.rooms().iter().any(|name| name.ends_with(&room));
        assert_eq!(livekit_open, !over, "{reason}");
    }
}

#[tokio::test]
async fn a_failed_room_waits_and_is_given_up_in_the_end() {
    let world = World::new().await;
    let room = world.started_room().await;
    let mut epochs = 0;
    loop {
        let claims = world.claim("w", &format!("r{epochs}")).await;
        let Some(claim) = claims.first() else { break };
        epochs += 1;
        assert_eq!(claim["epoch"], epochs);
        world
            .work(&format!("rooms/{room}/release"), release("w", epochs, "failed"))
            .await
            .with(200);
        assert!(
            world.claim("w", "at once").await.is_empty(),
            "not without a pause"
        );
        world.alter("UPDATE rooms SET claimable_at = 0", &[]).await;
    }
    assert_eq!(epochs, 3);
    assert!(world.get(&format!("/v1/rooms/{room}")).await.with(200)["endedAt"].is_string());
}

#[tokio::test]
async fn a_note_of_no_room_costs_the_heartbeat_nothing() {
    let world = World::new().await;
    let room = world.started_room().await;
    world.claim("w", "r").await;
    let mut sign = beat("w", &[(&room, 1)]);
    sign["notes"] = json!([{"roomId": "room\0", "epoch": 1, "note": {"owed": [], "saying": null}}]);
    let answer = world.work("heartbeat", sign).await.with(200);
    assert_eq!(answer["lost"], json!([]));
}

#[tokio::test]
async fn bad_requests_are_named() {
    let world = World::new().await;
    for (path, body, fault) in [
        (
            "claims",
            json!({"workerId": "w", "requestId": "r", "capacity": 0, "waitMs": 0}),
            Some("capacity"),
        ),
        (
            "claims",
            json!({"workerId": "w", "requestId": "r", "capacity": 1, "waitMs": 30_001}),
            Some("waitMs"),
        ),
        (
            "claims",
            json!({"workerId": " ", "requestId": "r", "capacity": 1, "waitMs": 0}),
            Some("workerId"),
        ),
        (
            "claims",
            json!({"workerId": "w", "capacity": 1, "waitMs": 0}),
            Some("requestId"),
        ),
        (
            "claims",
            json!({"workerId": "w", "requestId": "r", "capacity": 1, "waitMs": 0, "x": 1}),
            Some("x"),
        ),
        (
            "changes",
            json!({"workerId": "w", "cursor": -1, "waitMs": 0}),
            None,
        ),
    ] {
        let answer = world.work(path, body).await;
        assert_eq!(
            answer.fault(),
            (422, "validation_error", fault),
            "{}",
            answer.body
        );
    }
    let unknown = world
        .work("rooms/room_none/release", release("w", 1, "ended"))
        .await;
    assert_eq!(unknown.fault(), (404, "not_found", None));
}

#[tokio::test]
async fn two_hundred_starts_at_once_open_one_room_for_one_claim() {
    let world = World::new().await;
    let room = world.room().await;
    world
        .post(
            &format!("/v1/rooms/{room}/participants"),
            json!({"characterId": BUILT_IN}),
        )
        .await
        .with(201);
    let path = format!("/v1/rooms/{room}/start");
    let starts = (0..200).map(|_| world.post(&path, json!({})));
    for answer in futures::future::join_all(starts).await {
        assert_eq!(answer.with(200), json!({"started": true}));
    }
    let claims = (0..20).map(async |worker| world.claim(&format!("w{worker}"), "r").await);
    let claims: Vec<Value> = futures::future::join_all(claims).await.concat();
    assert_eq!(claims.len(), 1);
    assert_eq!(claims[0]["roomId"], room);
    assert_eq!(claims[0]["epoch"], 1);
}
