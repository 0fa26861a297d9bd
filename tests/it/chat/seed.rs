//! Every request that a client of this surface sends, in the order of its reference, and what it gets.

use serde_json::{Value, json};

use super::model::{Act, Model};
use super::talk::{Talk, list, same_shape, text};

const TIME: &str = "2026-03-09T14:22:00Z";

fn member(role: &str) -> Value {
    json!({"user_id": "usr_1", "role": role, "joined_at": TIME})
}

fn replr() -> Value {
    json!({"replr_id": "rp_1", "name": "Atlas", "added_at": TIME})
}

fn room(members: &[Value], replrs: &[Value]) -> Value {
    json!({
        "id": "room_1", "name": "n", "description": "d", "owner_id": "usr_1", "is_public": false,
        "members": members, "replrs": replrs, "created_at": TIME, "updated_at": TIME,
    })
}

fn message() -> Value {
    json!({
        "id": "msg_1", "room_id": "room_1", "sender": {"type": "user", "id": "usr_1", "name": "Jordan"},
        "content": "c", "created_at": TIME,
    })
}

#[tokio::test]
async fn every_request_answers_in_its_documented_shape() {
    let model = Model::start(&[
        ("Atlas", Act::Say(&["Retention ", "first."])),
        ("Nova", Act::Say(&["And the funnel."])),
    ])
    .await;
    let talk = Talk::with(model).await;
    let (atlas, nova, sage) = (
        talk.character("Atlas").await,
        talk.character("Nova").await,
        talk.character("Sage").await,
    );
    let guest = talk.user_id("guest").await;

    // Create a room.
    let body = json!({
        "name": "Strategy HQ", "description": "Where we plan.", "replr_ids": [atlas, nova], "is_public": false,
    });
    let made = talk.post("jordan", "rooms", body).await.with(201);
    same_shape(&room(&[member("owner")], &[replr(), replr()]), &made, "room");
    assert_eq!(made["members"][0]["role"], "owner");
    assert_eq!(made["members"][0]["user_id"], made["owner_id"]);
    assert_eq!(made["replrs"][0]["replr_id"], atlas);
    assert_eq!(made["replrs"][1]["name"], "Nova");
    let id = text(&made["id"]);
    assert!(id.starts_with("room_") && text(&made["owner_id"]).starts_with("usr_"));

    // List rooms.
    let summary = json!({
        "id": "room_1", "name": "n", "description": "d", "is_public": false, "member_count": 1, "replr_count": 2,
        "last_message_at": TIME, "created_at": TIME,
    });
    talk.say("jordan", id, "What do you two think about our strategy?")
        .await;
    let listed = talk.get("jordan", "rooms").await.with(200);
    same_shape(
        &json!({"data": [summary], "total": 1, "limit": 20, "offset": 0}),
        &listed,
        "rooms",
    );
    assert_eq!((&listed["limit"], &listed["total"]), (&json!(20), &json!(1)));
    assert_eq!(
        (
            &listed["data"][0]["member_count"],
            &listed["data"][0]["replr_count"]
        ),
        (&json!(1), &json!(2))
    );

    // Get, update.
    let read = talk.get("jordan", &format!("rooms/{id}")).await.with(200);
    assert_eq!(read, made);
    for method in ["PATCH", "PUT"] {
        let body = json!({"name": format!("{method} HQ"), "description": "Refined."});
        let changed = talk
            .call("jordan", method, &format!("rooms/{id}"), Some(body.clone()))
            .await
            .with(200);
        let settings = json!({
            "id": "room_1", "name": "n", "description": "d", "owner_id": "usr_1", "is_public": false,
            "created_at": TIME, "updated_at": TIME,
        });
        same_shape(&settings, &changed, "settings");
        assert_eq!(
            (&changed["name"], &changed["description"]),
            (&body["name"], &body["description"])
        );
    }

    // Send a message, read the history.
    let sent = talk
        .post(
            "jordan",
            &format!("rooms/{id}/messages"),
            json!({"content": "And you two, what of partners?"}),
        )
        .await
        .with(201);
    let reply = json!({
        "id": "msg_1", "replr_id": "rp_1", "replr_name": "Atlas", "content": "c", "created_at": TIME,
    });
    let mut expected = message();
    expected["replr_responses"] = json!([reply, reply]);
    same_shape(&expected, &sent, "exchange");
    assert_eq!(sent["sender"]["type"], "user");
    assert_eq!(sent["errors"], json!([]));
    assert!(text(&sent["id"]).starts_with("msg_"));
    let history = talk
        .get("jordan", &format!("rooms/{id}/messages"))
        .await
        .with(200);
    let six: Vec<Value> = (0..6).map(|_| message()).collect();
    same_shape(
        &json!({"data": six, "total": 6, "limit": 50, "offset": 0}),
        &history,
        "history",
    );
    assert_eq!((&history["limit"], &history["total"]), (&json!(50), &json!(6)));
    let kinds: Vec<&str> = list(&history["data"])
        .iter()
        .map(|message| text(&message["sender"]["type"]))
        .collect();
    assert_eq!(kinds, ["replr", "replr", "user", "replr", "replr", "user"]);
    assert_eq!(history["data"][2]["id"], sent["id"]);

    // Members.
    let path = format!("rooms/{id}/members");
    let added = talk
        .post("jordan", &path, json!({"user_id": guest}))
        .await
        .with(201);
    same_shape(
        &json!({"room_id": "room_1", "user_id": "usr_1", "role": "member", "joined_at": TIME}),
        &added,
        "member",
    );
    assert_eq!(added["role"], "member");
    let removed = talk.delete("jordan", &format!("{path}/{guest}")).await.with(200);
    assert_eq!(removed, json!({"deleted": true, "room_id": id, "user_id": guest}));

    // REPLRs.
    let path = format!("rooms/{id}/replrs");
    let added = talk
        .post("jordan", &path, json!({"replr_id": sage}))
        .await
        .with(201);
    let seat = json!({"room_id": "room_1", "replr_id": "rp_1", "name": "Sage", "added_at": TIME});
    same_shape(&seat, &added, "replr");
    assert_eq!(added["name"], "Sage");
    let removed = talk.delete("jordan", &format!("{path}/{sage}")).await.with(200);
    assert_eq!(removed, json!({"deleted": true, "room_id": id, "replr_id": sage}));

    // Delete.
    let deleted = talk.delete("jordan", &format!("rooms/{id}")).await.with(200);
    assert_eq!(deleted, json!({"deleted": true, "id": id}));
    talk.get("jordan", &format!("rooms/{id}")).await.with(404);
}

#[tokio::test]
async fn a_users_own_key_and_the_projects_key_act_alike() {
    let talk = Talk::new().await;
    let mine = crate::support::request("GET", "/chat/v1/me", &talk.world.user_key, None);
    let mine = talk.world.send(mine).await.with(200);
    // The key was made for the user whom the project calls so.
    assert_eq!(mine, talk.get("somebody", "me").await.with(200));
    assert_eq!(mine["name"], "somebody");
    let user = talk
        .world
        .store
        .user(&project(&talk).await, text(&mine["user_id"]))
        .await
        .unwrap();
    assert!(user.is_some());
}

async fn project(talk: &Talk) -> String {
    let room = talk.world.post("/v1/rooms", json!({"name": "a"})).await.with(201);
    text(&room["projectId"]).to_owned()
}
