//! Answers as server-sent events.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower::ServiceExt;

use super::model::{Act, Model};
use super::talk::{Talk, text};

/// Events of an answer, as they come.
struct Stream {
    body: Body,
    read: String,
}

impl Stream {
    async fn open(talk: &Talk, request: Request<Body>) -> Self {
        let response = talk.world.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 201);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            body: response.into_body(),
            read: String::new(),
        }
    }

    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
                let found = field("event: ").map(|name| {
                    let data = field("data: ").unwrap();
                    (name.to_owned(), serde_json::from_str(data).unwrap())
                });
                self.read = rest.to_owned();
                match found {
                    Some(found) => return Some(found),
                    None => continue,
                }
            }
            let frame = self.body.frame().await?.unwrap();
            self.read
                .push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    }

    async fn rest(mut self) -> Vec<(String, Value)> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

fn request(talk: &Talk, room: &str, content: &str) -> Request<Body> {
    let body = json!({"content": content});
    let mut request = talk.request("ann", "POST", &format!("rooms/{room}/messages"), Some(body));
    request
        .headers_mut()
        .insert("accept", "text/event-stream, */*;q=0.1".parse().unwrap());
    request
}

async fn pair(atlas: Act, nova: Act) -> (Talk, String) {
    let talk = Talk::with(Model::start(&[("Atlas", atlas), ("Nova", nova)]).await).await;
    let cast = [talk.character("Atlas").await, talk.character("Nova").await];
    let room = talk.room("ann", &[&cast[0], &cast[1]]).await;
    (talk, room)
}

fn names(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

#[tokio::test]
async fn answers_stream_as_they_form() {
    let gate = Arc::new(Notify::new());
    let atlas = Act::Pause(&["One thing at ", "a time."], Arc::clone(&gate));
    let (talk, room) = pair(atlas, Act::Say(&["Or two."])).await;
    let mut stream = Stream::open(&talk, request(&talk, &room, "Atlas and Nova, go on.")).await;
    let (name, message) = stream.next().await.unwrap();
    assert_eq!(
        (name.as_str(), text(&message["content"])),
        ("message", "Atlas and Nova, go on.")
    );
    assert_eq!(message["sender"]["type"], "user");
    let (name, started) = stream.next().await.unwrap();
    assert_eq!(
        (name.as_str(), text(&started["replr_name"])),
        ("reply.started", "Atlas")
    );
    // The first piece is here while the model still holds back the rest.
    let (name, first) = stream.next().await.unwrap();
    assert_eq!(name, "reply.delta");
    assert!(
        "One thing at ".starts_with(text(&first["text"]).trim_end()),
        "{first}"
    );
    gate.notify_one();
    let rest = stream.rest().await;
    let said: String = rest
        .iter()
        .filter(|(name, delta)| name == "reply.delta" && delta["replr_id"] == first["replr_id"])
        .map(|(_, delta)| text(&delta["text"]))
        .collect();
    assert_eq!(format!("{}{said}", text(&first["text"])), "One thing at a time.");
    let mut kinds = names(&rest);
    kinds.retain(|name| *name != "reply.delta");
    assert_eq!(
        kinds,
        ["reply.completed", "reply.started", "reply.completed", "done"]
    );
    let done = &rest.last().unwrap().1;
    let completed: Vec<&Value> = rest
        .iter()
        .filter(|(name, _)| name == "reply.completed")
        .map(|(_, reply)| reply)
        .collect();
    assert_eq!(json!(completed), done["replr_responses"]);
    assert_eq!((&done["id"], &done["errors"]), (&message["id"], &json!([])));
    assert_eq!(talk.told("ann", &room).await.len(), 3);
}

#[tokio::test]
async fn a_failing_character_is_told_of_in_the_stream() {
    let (talk, room) = pair(Act::Tear(&["Half of "]), Act::Say(&["All of it."])).await;
    let events = Stream::open(&talk, request(&talk, &room, "Atlas, Nova?"))
        .await
        .rest()
        .await;
    let failed = &events.iter().find(|(name, _)| name == "reply.failed").unwrap().1;
    assert_eq!(
        (text(&failed["replr_name"]), text(&failed["code"])),
        ("Atlas", "model_failed")
    );
    let done = &events.last().unwrap().1;
    assert_eq!(done["errors"], json!([failed]));
    assert_eq!(done["replr_responses"][0]["content"], "All of it.");
}

#[tokio::test]
async fn refusals_have_their_status_in_streams_too() {
    let (talk, room) = pair(Act::Status(500), Act::Status(500)).await;
    let path = format!("rooms/{room}/messages");
    let send = async |user: &str, body: Value| {
        let mut request = talk.request(user, "POST", &path, Some(body));
        request
            .headers_mut()
            .insert("accept", "text/event-stream".parse().unwrap());
        talk.world.send(request).await
    };
    let empty = send("ann", json!({"content": ""})).await;
    assert_eq!(empty.fault(), (422, "validation_error", Some("content")));
    let outsider = send("eve", json!({"content": "Hello."})).await;
    assert_eq!(outsider.fault(), (404, "not_found", None));
}

#[tokio::test]
async fn a_client_that_hangs_up_loses_no_replies() {
    let gate = Arc::new(Notify::new());
    let atlas = Act::Pause(&["I am ", "still here."], Arc::clone(&gate));
    let (talk, room) = pair(atlas, Act::Say(&["So am I."])).await;
    let mut stream = Stream::open(&talk, request(&talk, &room, "Atlas, Nova?")).await;
    assert_eq!(stream.next().await.unwrap().0, "message");
    drop(stream);
    gate.notify_one();
    talk.say("ann", &room, "Nova?").await;
    let told = talk.told("ann", &room).await;
    assert_eq!(
        told[1..3],
        ["Atlas: I am still here.".to_owned(), "Nova: So am I.".to_owned()]
    );
}

#[tokio::test]
async fn a_repeated_request_gets_its_answer_at_once() {
    let (talk, room) = pair(Act::Say(&["Once."]), Act::Say(&["Twice."])).await;
    let keyed = || {
        let mut request = request(&talk, &room, "Atlas?");
        request
            .headers_mut()
            .insert("idempotency-key", "k".parse().unwrap());
        request
    };
    let first = Stream::open(&talk, keyed()).await.rest().await;
    let again = Stream::open(&talk, keyed()).await.rest().await;
    assert_eq!(names(&again), ["done"]);
    assert_eq!(again[0], *first.last().unwrap());
    assert_eq!(talk.told("ann", &room).await.len(), 2);
}
