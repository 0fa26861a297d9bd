//! A character whose model hears and speaks by itself, beside one whose model does not: one director for both.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use troupe_realtime::Provider;
use troupe_realtime::scripted::{Act, Door, Server};

use super::harness::Stack;
use super::person::is;

/// Words that the realtime model says, and for how long.
fn say(words: &str, sound: Duration) -> Act {
    Act::Say {
        words: words.to_owned(),
        sound,
    }
}

const SHORT: &str = "Yes, the old clock keeps good time.";
const LONG: &str = "The first clock in our town stood over the gate, and the second one was brought by a merchant who \
                    had seen the sea, and the third one never told the same hour as the other two, so that people \
                    met three times for every feast and were glad of it, and nobody ever wanted a fourth one.";
const CASCADE: &str = "Well, I would not know about that.";

fn told(server: &Server) -> String {
    server
        .heard()
        .iter()
        .map(|message| format!("{message}\n"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_realtime_model_takes_part_is_cut_and_is_stood_in_for() {
    let server = Server::start(Provider::OpenAi, Door::default(), Vec::new())
        .await
        .unwrap();
    server.otherwise(say(SHORT, Duration::from_secs(2)));
    let stack = Stack::start_with(|command| {
        command.env("OPENAI_REALTIME_URL", server.url());
    })
    .await;
    stack.models.answers(CASCADE);
    let nell = json!({
        "name": "Nell", "persona": "You are Nell, and you mend clocks.", "talkativeness": 0.0,
        "models": { "realtime": "openai:gpt-realtime" },
    });
    let nell = stack.call(Method::POST, "/v1/characters", Some(nell)).await;
    let nell = nell["id"].as_str().unwrap().to_owned();
    let [(other, other_name)] = stack.characters().await;
    assert_ne!(nell, other);
    let room = stack.room(&[&nell, &other]).await;
    let mut person = stack.guest(&room).await;
    stack.begin(&room).await;
    let (nells, others) = (format!("agent-{nell}"), format!("agent-{other}"));
    person.has_track(&nells).await;
    person.has_track(&others).await;
    let question = stack.recording();
    let said_by = |entries: &[Value], id: &str| -> Vec<String> {
        let own = entries.iter().filter(|entry| entry["characterId"] == id);
        own.map(|entry| entry["content"].as_str().unwrap().to_owned())
            .collect()
    };

    // Words and sound of its own: nothing of it is synthesised, and the model heard the turn.
    stack.models.hears("Nell, how is the clock?");
    person.say(&question).await;
    person.hears(&nells).await;
    let entries = stack
        .entries_until(&room, |entries| !said_by(entries, &nell).is_empty())
        .await;
    // On a slow machine a recording may be two turns, and then there are two answers to it; so with all that follows.
    assert!(said_by(&entries, &nell).iter().all(|said| said == SHORT));
    assert!(
        stack
            .models
            .spoken()
            .iter()
            .all(|(_, text)| !SHORT.contains(text.as_str()))
    );
    let heard = told(&server);
    assert!(heard.contains("input_audio") && heard.contains("how is the clock?"));

    // The other one answers when called, by the usual models; the realtime model is told of it with its next question.
    stack.models.hears(&format!("{other_name}, what do you think?"));
    person.say(&question).await;
    person.hears(&others).await;
    person.hears_out(&others).await;
    stack
        .entries_until(&room, |entries| !said_by(entries, &other).is_empty())
        .await;

    // It is cut by words: what was heard stays, and the model is told how much that was.
    server.otherwise(say(LONG, Duration::from_secs(20)));
    stack.models.hears("Nell, tell me more.");
    person.say(&question).await;
    person
        .until("the long answer", |event| is(event, "sound", &nells))
        .await;
    // Whole words of it are to be heard: of less nothing is remembered.
    person.say(&stack.silence()).await;
    assert!(
        told(&server).contains(CASCADE),
        "what the other one said reached it"
    );
    server.otherwise(say(SHORT, Duration::from_secs(2)));
    stack.models.hears("Stop, Nell, how late is it?");
    person.say(&question).await;
    let entries = stack
        .entries_until(&room, |entries| {
            let said = said_by(entries, &nell);
            let is_cut = |said: &String| LONG.starts_with(said) && said.len() < LONG.len();
            let cut = said.iter().position(is_cut);
            cut.is_some_and(|at| said[at + 1..].iter().any(|said| said == SHORT))
        })
        .await;
    assert!(!said_by(&entries, &nell).iter().any(|said| said == LONG));
    let truncations: Vec<Value> = server
        .heard()
        .into_iter()
        .filter(|message| message["type"] == "conversation.item.truncate")
        .collect();
    assert!(
        truncations
            .iter()
            .any(|message| message["audio_end_ms"].as_u64().is_some_and(|ms| ms > 0)),
        "{truncations:?}"
    );

    // It fails: the usual models answer in its place.
    server.otherwise(Act::Refuse("server_error"));
    stack.models.hears("Nell, are you there?");
    person.say(&question).await;
    stack
        .entries_until(&room, |entries| {
            said_by(entries, &nell).iter().any(|said| said == CASCADE)
        })
        .await;
}
