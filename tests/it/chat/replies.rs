//! Collected answers: who gives them, what is kept when models fail, order and bounds.

use std::sync::Arc;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower::ServiceExt;
use troupe::chat::{EXCHANGES_MAX, ROOM_EXCHANGES_MAX};

use super::model::{Act, Model};
use super::talk::{Talk, answered, list, text};
use crate::support::{BUILT_IN, World};

/// A room of `ann` and `ben` with Atlas and Nova, who do what they are told.
async fn four(atlas: Act, nova: Act) -> (Talk, String) {
    let talk = Talk::with(Model::start(&[("Atlas", atlas), ("Nova", nova)]).await).await;
    let cast = [talk.character("Atlas").await, talk.character("Nova").await];
    let room = talk.room("ann", &[&cast[0], &cast[1]]).await;
    talk.join("ann", &room, "ben").await;
    (talk, room)
}

const ATLAS: Act = Act::Say(&["I would ", "plant beans."]);
const NOVA: Act = Act::Say(&["Beans need ", "a lot of sun."]);

#[tokio::test]
async fn two_users_and_two_characters_talk() {
    let (talk, room) = four(ATLAS, NOVA).await;
    let first = talk.say("ann", &room, "What should you two plant?").await;
    assert_eq!(first["errors"], json!([]));
    let mut who = answered(&first);
    who.sort_unstable();
    assert_eq!(who, ["Atlas", "Nova"]);
    let second = talk.say("ben", &room, "Nova, why?").await;
    assert_eq!(answered(&second), ["Nova"], "only she was called");
    assert_eq!(
        second["replr_responses"][0]["content"],
        "Beans need a lot of sun."
    );
    let third = talk.say("ann", &room, "Nova and Atlas, is it settled?").await;
    assert_eq!(answered(&third), ["Nova", "Atlas"], "in the order of the call");
    let told = talk.told("ben", &room).await;
    assert_eq!(told.len(), 8);
    assert_eq!(told[0], "ann: What should you two plant?");
    assert_eq!(told[3], "ben: Nova, why?");
    assert_eq!(told[7], "Atlas: I would plant beans.");
    // Each hears all that was written before, by names, and its own lines as its own.
    let last = talk.model.asked().pop().unwrap();
    assert_eq!(last.name, "Atlas");
    for line in [
        "ann: What should you two plant?",
        "ben: Nova, why?",
        "Nova: Beans need a lot of sun.",
        "ann: Nova and Atlas, is it settled?\nNova: Beans need a lot of sun.",
    ] {
        assert!(last.heard.contains(line), "{line}: {}", last.heard);
    }
    assert!(!last.heard.contains("Atlas: "));
}

#[tokio::test]
async fn a_failing_character_is_left_out_and_reported() {
    for (act, code) in [
        (Act::Status(500), "model_failed"),
        (Act::Status(401), "model_unavailable"),
        (Act::Status(429), "model_rate_limited"),
        (Act::Hang, "model_timeout"),
        (Act::Tear(&["I would "]), "model_failed"),
    ] {
        let (talk, room) = four(act, NOVA).await;
        let sent = talk.say("ann", &room, "What do you two think?").await;
        assert_eq!(answered(&sent), ["Nova"]);
        let errors = list(&sent["errors"]);
        assert_eq!(errors.len(), 1, "{code}");
        assert_eq!(
            (text(&errors[0]["replr_name"]), text(&errors[0]["code"])),
            ("Atlas", code)
        );
        assert!(errors[0]["message"].is_string() && errors[0]["replr_id"].is_string());
        assert_eq!(
            talk.told("ann", &room).await.len(),
            2,
            "nothing half said is kept"
        );
    }
}

#[tokio::test]
async fn another_answers_for_the_one_that_was_called_and_failed() {
    let (talk, room) = four(Act::Status(503), NOVA).await;
    let sent = talk.say("ann", &room, "Atlas, are you there?").await;
    assert_eq!(answered(&sent), ["Nova"]);
    assert_eq!(sent["errors"][0]["replr_name"], "Atlas");
    let asked = talk.model.asked();
    let attempts = asked.iter().filter(|asked| asked.name == "Atlas").count();
    assert_eq!(attempts, 2, "a server's failure is tried once more");
}

#[tokio::test]
async fn a_message_is_kept_though_every_model_fails() {
    let (talk, room) = four(Act::Status(500), Act::Tear(&["Well"])).await;
    let sent = talk.say("ann", &room, "Is anybody there?").await;
    assert_eq!(answered(&sent).len(), 0);
    let mut failed: Vec<&str> = list(&sent["errors"])
        .iter()
        .map(|error| text(&error["replr_name"]))
        .collect();
    failed.sort_unstable();
    assert_eq!(failed, ["Atlas", "Nova"]);
    assert_eq!(talk.told("ben", &room).await, ["ann: Is anybody there?"]);
}

#[tokio::test]
async fn a_character_that_asks_for_a_model_nobody_has_is_reported() {
    let (talk, room) = four(ATLAS, NOVA).await;
    let body = json!({"name": "Odd", "persona": "You are Odd.", "models": {"llm": "acme:best"}});
    let odd = talk.world.post("/v1/characters", body).await.with(201);
    talk.post(
        "ann",
        &format!("rooms/{room}/replrs"),
        json!({"replr_id": odd["id"]}),
    )
    .await
    .with(201);
    let sent = talk.say("ann", &room, "Odd, Atlas: your turn.").await;
    assert_eq!(answered(&sent), ["Atlas"]);
    assert_eq!(sent["errors"][0]["code"], "model_unavailable");
}

#[tokio::test]
async fn a_server_without_models_serves_everything_else() {
    let world = World::new().await;
    let talk = Talk {
        world,
        model: Model::start(&[]).await,
    };
    let room = talk.room("ann", &[BUILT_IN]).await;
    let sent = talk.say("ann", &room, "Ada?").await;
    assert_eq!(answered(&sent).len(), 0);
    assert_eq!(sent["errors"][0]["code"], "model_unavailable");
    let alone = talk.room("ann", &[]).await;
    let sent = talk.say("ann", &alone, "Nobody?").await;
    assert_eq!(
        (&sent["replr_responses"], &sent["errors"]),
        (&json!([]), &json!([]))
    );
}

#[tokio::test]
async fn a_removed_character_answers_no_more() {
    let (talk, room) = four(ATLAS, NOVA).await;
    let read = talk.get("ann", &format!("rooms/{room}")).await.with(200);
    let nova = text(&read["replrs"][1]["replr_id"]);
    talk.delete("ann", &format!("rooms/{room}/replrs/{nova}"))
        .await
        .with(200);
    let sent = talk.say("ann", &room, "Nova, are you there?").await;
    assert_eq!(answered(&sent), ["Atlas"]);
    // Nor does one that is removed, or whose room is, while it writes.
    let gate = Arc::new(Notify::new());
    let (talk, room) = four(Act::Pause(&["I ", "stay."], Arc::clone(&gate)), NOVA).await;
    let read = talk.get("ann", &format!("rooms/{room}")).await.with(200);
    let atlas = text(&read["replrs"][0]["replr_id"]);
    let (sent, ()) = tokio::join!(talk.say("ann", &room, "Atlas?"), async {
        talk.model.was_asked(1).await;
        talk.delete("ann", &format!("rooms/{room}/replrs/{atlas}"))
            .await
            .with(200);
        gate.notify_one();
    });
    assert_eq!(answered(&sent), ["Nova"]);
    assert_eq!(sent["errors"][0]["code"], "removed");
    let room = talk.room("ann", &[atlas]).await;
    let path = format!("rooms/{room}/messages");
    let (answer, ()) = tokio::join!(talk.post("ann", &path, json!({"content": "Atlas?"})), async {
        talk.model.was_asked(3).await;
        talk.delete("ann", &format!("rooms/{room}")).await.with(200);
        gate.notify_one();
    });
    assert_eq!(answer.fault(), (404, "not_found", None));
}

#[tokio::test]
async fn concurrent_messages_keep_their_answers_together() {
    let (talk, room) = four(ATLAS, NOVA).await;
    let send = async |number: usize| {
        let user = if number.is_multiple_of(2) { "ann" } else { "ben" };
        talk.say(user, &room, &format!("Atlas, Nova: number {number}?"))
            .await
    };
    let sent = futures::future::join_all((0..ROOM_EXCHANGES_MAX).map(send)).await;
    let told = talk.told("ann", &room).await;
    assert_eq!(told.len(), ROOM_EXCHANGES_MAX * 3);
    for exchange in told.chunks(3) {
        assert!(exchange[0].contains(": Atlas, Nova: number "), "{exchange:?}");
        assert!(
            exchange[1].starts_with("Atlas: ") && exchange[2].starts_with("Nova: "),
            "{exchange:?}"
        );
    }
    let history = talk
        .get("ann", &format!("rooms/{room}/messages?limit=200"))
        .await
        .with(200);
    let times: Vec<&str> = list(&history["data"])
        .iter()
        .map(|message| text(&message["created_at"]))
        .collect();
    assert!(times.is_sorted_by(|later, earlier| later >= earlier), "{times:?}");
    let mut ids: Vec<&str> = sent.iter().map(|sent| text(&sent["id"])).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), ROOM_EXCHANGES_MAX);
}

/// Sends a message to each of `rooms` at once while nobody can answer: so many must be refused with `code` and keep
/// nothing, the others be answered once the model goes on.
async fn overfill(talk: &Talk, gate: &Notify, rooms: &[&str], refused: usize, code: &str) {
    let send = |room: &&str| {
        let body = json!({"content": "Atlas?"});
        let request = talk.request("ann", "POST", &format!("rooms/{room}/messages"), Some(body));
        talk.world.send(request)
    };
    let mut answers: FuturesUnordered<_> = rooms.iter().map(send).collect();
    for _ in 0..refused {
        let answer = answers.next().await.unwrap();
        assert_eq!(answer.fault(), (503, code, None));
        assert!(answer.headers.contains_key("retry-after"));
    }
    let go_on = async {
        loop {
            gate.notify_one();
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = go_on => {}
        () = async {
            while let Some(answer) = answers.next().await {
                assert_eq!(answered(&answer.with(201)), ["Atlas"]);
            }
        } => {}
    }
    // The last go-ahead found nobody; it must not let the next message through.
    let _ = gate.notified().now_or_never();
}

#[tokio::test]
async fn a_full_room_and_a_full_server_refuse_and_keep_nothing() {
    let gate = Arc::new(Notify::new());
    let (talk, room) = four(Act::Pause(&["Wait ", "for it."], Arc::clone(&gate)), NOVA).await;
    overfill(
        &talk,
        &gate,
        &[room.as_str(); ROOM_EXCHANGES_MAX + 3],
        3,
        "room_busy",
    )
    .await;
    assert_eq!(talk.told("ann", &room).await.len(), ROOM_EXCHANGES_MAX * 2);

    let read = talk.get("ann", &format!("rooms/{room}")).await.with(200);
    let atlas = text(&read["replrs"][0]["replr_id"]);
    let mut rooms = Vec::new();
    for _ in 0..=EXCHANGES_MAX / ROOM_EXCHANGES_MAX {
        rooms.push(talk.room("ann", &[atlas]).await);
    }
    let sent: Vec<&str> = rooms
        .iter()
        .flat_map(|room| [room.as_str(); ROOM_EXCHANGES_MAX])
        .collect();
    let refused = sent.len() - EXCHANGES_MAX;
    overfill(&talk, &gate, &sent, refused, "too_many_replies").await;
    let mut kept = 0;
    for room in &rooms {
        kept += talk.told("ann", room).await.len();
    }
    assert_eq!(kept, EXCHANGES_MAX * 2);
}

#[tokio::test]
async fn a_client_that_hangs_up_loses_no_replies() {
    let gate = Arc::new(Notify::new());
    let (talk, room) = four(Act::Pause(&["I am ", "still here."], Arc::clone(&gate)), NOVA).await;
    let body = json!({"content": "Nova, Atlas: hello?"});
    let request = talk.request("ann", "POST", &format!("rooms/{room}/messages"), Some(body));
    let client = tokio::spawn(talk.world.router.clone().oneshot(request));
    talk.model.was_asked(2).await;
    client.abort();
    assert!(client.await.unwrap_err().is_cancelled());
    let early = talk.told("ann", &room).await;
    assert_eq!(
        early,
        ["ann: Nova, Atlas: hello?", "Nova: Beans need a lot of sun."],
        "stored as it is made"
    );
    gate.notify_one();
    // The room's next message waits for what goes on without the client.
    talk.say("ben", &room, "Nova?").await;
    let told = talk.told("ann", &room).await;
    assert_eq!(
        told[2..4],
        ["Atlas: I am still here.".to_owned(), "ben: Nova?".to_owned()]
    );
}

#[tokio::test]
async fn a_repeated_message_is_written_once() {
    let (talk, room) = four(ATLAS, NOVA).await;
    let send = async |content: &str| {
        let body = json!({"content": content});
        let mut request = talk.request("ann", "POST", &format!("rooms/{room}/messages"), Some(body));
        request
            .headers_mut()
            .insert("idempotency-key", "k".parse().unwrap());
        talk.world.send(request).await
    };
    let (first, second) = tokio::join!(send("Atlas?"), send("Atlas?"));
    let first: Value = first.with(201);
    assert_eq!(second.with(201), first);
    assert_eq!(send("Nova?").await.fault(), (409, "idempotency_key_reused", None));
    assert_eq!(talk.told("ann", &room).await.len(), 2);
}

#[tokio::test]
async fn a_server_that_stops_does_not_wait_for_models() {
    let gate = Arc::new(Notify::new());
    let (talk, room) = four(Act::Pause(&["I ", "never end."], gate), NOVA).await;
    let (sent, ()) = tokio::join!(talk.say("ann", &room, "Atlas?"), async {
        talk.model.was_asked(1).await;
        talk.world.shutdown.cancel();
    });
    assert_eq!(sent["errors"][0]["code"], "server_stopping");
    assert_eq!(talk.told("ann", &room).await, ["ann: Atlas?"]);
}
