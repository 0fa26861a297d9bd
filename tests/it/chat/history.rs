//! Pages of messages.

use serde_json::{Value, json};

use super::talk::{Talk, list, text};

fn contents(page: &Value) -> Vec<&str> {
    list(&page["data"])
        .iter()
        .map(|message| text(&message["content"]))
        .collect()
}

#[tokio::test]
async fn messages_come_newest_first_and_page() {
    let talk = Talk::new().await;
    let room = talk.room("a", &[]).await;
    for content in ["1", "2", "3", "4", "5"] {
        talk.say("a", &room, content).await;
    }
    let path = format!("rooms/{room}/messages");
    let all = talk.get("a", &path).await.with(200);
    assert_eq!(contents(&all), ["5", "4", "3", "2", "1"]);
    let page = talk.get("a", &format!("{path}?limit=2&offset=1")).await.with(200);
    assert_eq!(contents(&page), ["4", "3"]);
    assert_eq!(
        (&page["total"], &page["limit"], &page["offset"]),
        (&json!(5), &json!(2), &json!(1))
    );
    assert_eq!(
        contents(&talk.get("a", &format!("{path}?offset=9")).await.with(200)).len(),
        0
    );
    for (query, param) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("offset=x", "offset"),
        ("before=now", "before"),
        ("before=", "before"),
        ("after=1", "after"),
    ] {
        let answer = talk.get("a", &format!("{path}?{query}")).await;
        assert_eq!(answer.fault(), (422, "validation_error", Some(param)), "{query}");
    }
    talk.get("a", &format!("{path}?limit=200")).await.with(200);
}

#[tokio::test]
async fn before_is_exclusive() {
    let talk = Talk::new().await;
    let room = talk.room("a", &[]).await;
    for content in ["1", "2", "3"] {
        talk.say("a", &room, content).await;
    }
    // Three moments, as far apart as no test waits.
    for (content, at) in [("1", "1000"), ("2", "2000"), ("3", "2000")] {
        talk.world
            .alter(
                "UPDATE entries SET created_at = CAST($1 AS BIGINT) WHERE content = $2",
                &[at, content],
            )
            .await;
    }
    let path = format!("rooms/{room}/messages");
    for (before, expected) in [
        ("1970-01-01T00:00:03Z", vec!["3", "2", "1"]),
        ("1970-01-01T00:00:02.001Z", vec!["3", "2", "1"]),
        ("1970-01-01T00:00:02.0001Z", vec!["3", "2", "1"]),
        ("1970-01-01T00:00:02Z", vec!["1"]),
        ("1970-01-01T01:00:02%2B01:00", vec!["1"]),
        ("1970-01-01T01:00:02+01:00", vec!["1"]),
        ("1970-01-01T00:00:01.000Z", vec![]),
    ] {
        let page = talk.get("a", &format!("{path}?before={before}")).await.with(200);
        assert_eq!(contents(&page), expected, "{before}");
        assert_eq!(page["total"], expected.len(), "{before}");
    }
}

#[tokio::test]
async fn time_never_runs_backwards_in_a_room() {
    let talk = Talk::new().await;
    let room = talk.room("a", &[]).await;
    talk.say("a", &room, "1").await;
    // As if the clock had been wrong before.
    let far = "4102444800000";
    talk.world
        .alter(
            "UPDATE chat_rooms SET last_message_at = CAST($1 AS BIGINT)",
            &[far],
        )
        .await;
    let second = talk.say("a", &room, "2").await;
    assert_eq!(second["created_at"], "2100-01-01T00:00:00.000Z");
    let listed = talk.get("a", "rooms").await.with(200);
    assert_eq!(listed["data"][0]["last_message_at"], second["created_at"]);
}
