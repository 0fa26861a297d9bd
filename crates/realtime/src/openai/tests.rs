#![expect(clippy::panic, reason = "tests fail by panicking")]
use serde_json::{Value, json};

use super::*;
use crate::access::Timing;
use crate::testing::{self, sent};

fn protocol() -> OpenAi {
    let mut protocol = OpenAi::new(Access {
        provider: Provider::OpenAi,
        url: "wss://api.openai.com/v1/realtime".into(),
        key: Some("sk-1".into()),
        model: "gpt-realtime".into(),
        voice: Some("marin".into()),
        timing: Timing::default(),
    });
    protocol.open(&testing::mara());
    protocol.read(r#"{"type":"session.updated","event_id":"e","session":{}}"#);
    protocol
}

fn question(lines: &[&str]) -> Question {
    testing::question(lines, Some(&vec![1, 2].into()))
}

fn kinds(messages: &[Value]) -> Vec<&str> {
    messages
        .iter()
        .filter_map(|message| message["type"].as_str())
        .collect()
}

fn created(ask: u64, id: &str) -> String {
    json!({"type": "response.created", "response": {"id": id, "status": "in_progress", "metadata": {"ask": ask.to_string()}}})
        .to_string()
}

fn answers(protocol: &mut OpenAi, ask: u64, id: &str, words: &str) {
    protocol.read(&created(ask, id));
    let item = format!("item_{id}");
    let added = json!({"type": "response.output_item.added", "response_id": id, "output_index": 0,
        "item": {"id": item, "type": "message", "role": "assistant", "status": "in_progress", "content": []}});
    protocol.read(&added.to_string());
    let delta = json!({"type": "response.output_audio_transcript.delta", "response_id": id, "item_id": item,
        "output_index": 0, "content_index": 0, "delta": words});
    protocol.read(&delta.to_string());
}

#[test]
fn the_session_leaves_turns_to_the_director() {
    let mut protocol = protocol();
    let setup: Value = serde_json::from_str(&protocol.open(&testing::mara())[0]).unwrap_or_default();
    assert_eq!(setup["type"], "session.update");
    assert_eq!(setup["session"]["type"], "realtime");
    assert_eq!(setup["session"]["audio"]["input"]["turn_detection"], Value::Null);
    assert_eq!(
        setup["session"]["audio"]["input"]["format"],
        json!({"type": "audio/pcm", "rate": 24_000})
    );
    assert_eq!(setup["session"]["audio"]["output"]["voice"], "marin");
    assert_eq!(
        protocol.url(),
        "wss://api.openai.com/v1/realtime?model=gpt-realtime"
    );
}

#[test]
fn a_question_tells_what_is_new_and_how_it_sounded() {
    let mut protocol = protocol();
    let first = sent(protocol.ask(&question(&["Ann: Hi.", "Hello.", "Ann: So?"])));
    let item = "conversation.item.create";
    assert_eq!(kinds(&first), [item, item, item, "response.create"]);
    assert_eq!(
        first[0]["item"]["content"],
        json!([{"type": "input_text", "text": "Ann: Hi."}])
    );
    assert_eq!(
        first[1]["item"]["content"],
        json!([{"type": "output_text", "text": "Hello."}])
    );
    assert_eq!(
        first[2]["item"]["content"][1],
        json!({"type": "input_audio", "audio": "AQACAA=="})
    );
    answers(&mut protocol, 1, "r1", "Well.");
    protocol.read(r#"{"type":"response.done","response":{"id":"r1","status":"completed"}}"#);
    let next = sent(protocol.ask(&question(&[
        "Ann: Hi.", "Hello.", "Ann: So?", "Well.", "Ann: Ah.",
    ])));
    assert_eq!(kinds(&next), [item, "response.create"]);
    assert_eq!(next[0]["previous_item_id"], "item_r1");
}

#[test]
fn words_and_sound_come_out_and_what_it_took() {
    let mut protocol = protocol();
    protocol.ask(&question(&["Ann: Hi."]));
    protocol.read(&created(1, "r1"));
    let words =
        r#"{"type":"response.output_audio_transcript.delta","response_id":"r1","item_id":"i","delta":"Yes"}"#;
    assert_eq!(protocol.read(words), [Event::Text("Yes".into())]);
    let sound =
        r#"{"type":"response.output_audio.delta","response_id":"r1","item_id":"i","delta":"AQD+/w=="}"#;
    assert_eq!(protocol.read(sound), [Event::Sound(vec![1, -2])]);
    let done = r#"{"type":"response.done","response":{"id":"r1","status":"completed",
        "usage":{"total_tokens":9,"input_tokens":7,"output_tokens":2}}}"#;
    assert_eq!(protocol.read(done), [Event::Done(Usage { heard: 7, spoken: 2 })]);
    assert_eq!(protocol.read(sound), [], "it is over");
}

#[test]
fn a_cut_cancels_and_says_how_much_was_heard() {
    let mut protocol = protocol();
    protocol.ask(&question(&["Ann: Hi."]));
    answers(&mut protocol, 1, "r1", "One two three.");
    let cancelled = protocol.cut(None);
    assert!(cancelled.send[0].contains("response.cancel") && !cancelled.anew);
    let truncated: Value =
        serde_json::from_str(&protocol.cut(Some(Duration::from_millis(640))).send[0]).unwrap_or_default();
    assert_eq!(truncated["type"], "conversation.item.truncate");
    assert_eq!(
        (&truncated["item_id"], &truncated["audio_end_ms"]),
        (&json!("item_r1"), &json!(640))
    );
    // A new question waits until the server is done with the old one, and the old one's rest is nobody's.
    let waits = sent(protocol.ask(&question(&["Ann: Hi.", "One two", "Ann: Wait."])));
    assert_eq!(waits, Vec::<Value>::new());
    let rest =
        r#"{"type":"response.output_audio.delta","response_id":"r1","item_id":"item_r1","delta":"AQD+/w=="}"#;
    assert_eq!(protocol.read(rest), []);
    let events = protocol.read(r#"{"type":"response.done","response":{"id":"r1","status":"cancelled"}}"#);
    let [Event::Send(messages)] = &events[..] else {
        panic!("the question that waits is sent: {events:?}")
    };
    assert_eq!(messages.len(), 2);
}

#[test]
fn failures_say_what_they_are() {
    let unauthorized = Error::Unauthorized {
        provider: NAME,
        variable: "OPENAI_API_KEY",
    };
    for (code, expect) in [
        ("invalid_api_key", unauthorized),
        ("rate_limit_exceeded", Error::RateLimited { provider: NAME }),
        ("insufficient_quota", Error::RateLimited { provider: NAME }),
        ("session_expired", Error::BrokenOff { provider: NAME }),
        (
            "odd \"code",
            Error::Failed {
                provider: NAME,
                code: "oddcode".into(),
            },
        ),
    ] {
        let mut protocol = protocol();
        protocol.ask(&question(&["Ann: Hi."]));
        let error = json!({"type": "error", "error": {"type": "invalid_request_error", "code": code, "message": "m"}});
        assert_eq!(protocol.read(&error.to_string()), [Event::Failed(expect)]);
    }
}

#[test]
fn what_comes_too_late_to_tidy_up_is_no_failure() {
    let mut protocol = protocol();
    protocol.ask(&question(&["Ann: Hi."]));
    let late = r#"{"type":"error","error":{"type":"invalid_request_error","code":"response_cancel_not_active","event_id":"tidy_response"}}"#;
    assert_eq!(protocol.read(late), []);
    assert_eq!(
        protocol.read(r#"{"type":"rate_limits.updated","rate_limits":[]}"#),
        []
    );
    assert_eq!(
        protocol.read("{"),
        [Event::Failed(Error::Malformed { provider: NAME })]
    );
}

/// Says a few words with 200 ms of sound, and wants to know the weather.
fn calls(protocol: &mut OpenAi, ask: u64, id: &str) -> Vec<Event> {
    answers(protocol, ask, id, "Let me see.");
    sounds(protocol, id, 4_800);
    let call = json!({"type": "response.output_item.done", "response_id": id, "output_index": 1, "item": {
        "id": "item_call", "type": "function_call", "status": "completed", "call_id": "call_1", "name": "weather",
        "arguments": r#"{"town":"Rome"}"#}});
    protocol.read(&call.to_string());
    let done = json!({"type": "response.done", "response": {"id": id, "status": "completed",
        "usage": {"input_tokens": 5, "output_tokens": 3}}});
    protocol.read(&done.to_string())
}

fn sounds(protocol: &mut OpenAi, id: &str, samples: usize) {
    let sound = json!({"type": "response.output_audio.delta", "response_id": id, "item_id": format!("item_{id}"),
        "delta": pcm::encode(&vec![1; samples])});
    protocol.read(&sound.to_string());
}

#[test]
fn a_call_is_answered_and_what_follows_is_cut_by_its_own_sound() {
    let mut protocol = protocol();
    let asked = Question {
        brief: testing::able(),
        ..question(&["Ann: Rain?"])
    };
    let first = sent(protocol.ask(&asked));
    assert_eq!(kinds(&first)[0], "session.update");
    assert_eq!(first[0]["session"]["tools"][0]["name"], "weather");
    let call = testing::weather("call_1");
    assert_eq!(calls(&mut protocol, 1, "a"), [Event::Calls(vec![call.clone()])]);
    let told = testing::parsed(&protocol.go_on(&[(call, "rain".into())], false));
    assert_eq!(kinds(&told), ["conversation.item.create", "response.create"]);
    assert_eq!(told[0]["item"]["output"], "rain");
    assert_eq!(told[1]["response"]["tool_choice"], "none");
    answers(&mut protocol, 1, "b", "It rains.");
    sounds(&mut protocol, "b", 4_800);
    let cut = testing::parsed(&protocol.cut(Some(Duration::from_millis(250))).send);
    let truncated = cut.last().map(|last| (&last["item_id"], &last["audio_end_ms"]));
    assert_eq!(truncated, Some((&json!("item_b"), &json!(50))));
}

#[test]
fn what_a_tool_took_counts_with_the_answer_and_a_call_without_outcome_is_taken_out() {
    let mut protocol = protocol();
    protocol.ask(&question(&["Ann: Rain?"]));
    calls(&mut protocol, 1, "a");
    let cut = testing::parsed(&protocol.cut(None).send);
    assert_eq!(kinds(&cut), ["conversation.item.delete"]);
    assert_eq!(cut[0]["item_id"], "item_call");
    protocol.ask(&question(&["Ann: Rain?"]));
    calls(&mut protocol, 2, "b");
    protocol.go_on(&[(testing::weather("call_1"), "rain".into())], true);
    answers(&mut protocol, 2, "c", "It rains.");
    let done = json!({"type": "response.done", "response": {"id": "c", "status": "completed",
        "usage": {"input_tokens": 10, "output_tokens": 4}}});
    let usage = Usage { heard: 15, spoken: 7 };
    assert_eq!(protocol.read(&done.to_string()), [Event::Done(usage)]);
}
