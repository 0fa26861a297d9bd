use serde_json::{Value, json};

use super::*;
use crate::access::Timing;
use crate::testing::{self, sent};

fn protocol() -> Gemini {
    let mut protocol = Gemini::new(Access {
        provider: Provider::Gemini,
        url: Provider::Gemini.official_url().into(),
        key: Some("k".into()),
        model: "gemini-3.8-live".into(),
        voice: Some("Kore".into()),
        timing: Timing::default(),
    });
    protocol.open(&testing::mara());
    protocol
}

fn question(lines: &[&str], is_heard: bool) -> Question {
    testing::question(lines, is_heard.then(|| vec![1, 2].into()).as_ref())
}

#[test]
fn the_session_leaves_turns_to_the_director() {
    let setup: Value = serde_json::from_str(&protocol().open(&testing::mara())[0]).unwrap_or_default();
    let setup = &setup["setup"];
    assert_eq!(setup["model"], "models/gemini-3.8-live");
    assert_eq!(
        setup["realtimeInputConfig"]["automaticActivityDetection"]["disabled"],
        true
    );
    assert_eq!(setup["systemInstruction"]["parts"][0]["text"], "Be Mara.");
    let voice = &setup["generationConfig"]["speechConfig"]["voiceConfig"]["prebuiltVoiceConfig"];
    assert_eq!(voice["voiceName"], "Kore");
    assert!(setup["outputAudioTranscription"].is_object());
}

#[test]
fn a_question_tells_what_is_new_and_how_it_sounded() {
    let mut protocol = protocol();
    let first = sent(protocol.ask(&question(&["Ann: Hi."], false)));
    let turns = json!([{"role": "user", "parts": [{"text": "Ann: Hi."}]}]);
    assert_eq!(
        first,
        [json!({"clientContent": {"turns": turns, "turnComplete": true}})]
    );
    protocol.read(r#"{"serverContent":{"outputTranscription":{"text":"Well."}}}"#);
    protocol.read(r#"{"serverContent":{"turnComplete":true}}"#);
    let next = sent(protocol.ask(&question(&["Ann: Hi.", "Well.", "Ann: So?"], true)));
    assert_eq!(
        next[0]["clientContent"]["turns"][0]["parts"][0]["text"],
        "Ann: So?"
    );
    assert_eq!(next[0]["clientContent"]["turnComplete"], false);
    assert_eq!(next[1], json!({"realtimeInput": {"activityStart": {}}}));
    let audio = json!({"mimeType": "audio/pcm;rate=16000", "data": "AQACAA=="});
    assert_eq!(next[2], json!({"realtimeInput": {"audio": audio}}));
    assert_eq!(next[3], json!({"realtimeInput": {"activityEnd": {}}}));
}

#[test]
fn several_things_in_one_message_all_come_out() {
    let mut protocol = protocol();
    protocol.ask(&question(&["Ann: Hi."], false));
    let message = json!({
        "serverContent": {
            "modelTurn": {"parts": [{"text": "thought"}, {"inlineData": {"mimeType": "audio/pcm;rate=24000", "data": "AQD+/w=="}}]},
            "outputTranscription": {"text": "Yes"}, "turnComplete": true,
        },
        "usageMetadata": {"promptTokenCount": 7, "responseTokenCount": 2, "totalTokenCount": 9},
        "goAway": {"timeLeft": "10s"},
    });
    let expect = [
        Event::Expiring,
        Event::Text("Yes".into()),
        Event::Sound(vec![1, -2]),
        Event::Done(Usage { heard: 7, spoken: 2 }),
    ];
    assert_eq!(protocol.read(&message.to_string()), expect);
}

#[test]
fn what_can_not_be_taken_back_needs_a_new_connection() {
    let mut protocol = protocol();
    protocol.ask(&question(&["Ann: Hi."], false));
    protocol.read(r#"{"serverContent":{"outputTranscription":{"text":"One two three."}}}"#);
    assert!(protocol.cut(None).anew);
    assert_eq!(
        protocol.ask(&question(&["Ann: Hi.", "One", "Ann: Wait."], false)),
        Asked::Anew
    );
    protocol.open(&testing::mara());
    assert_eq!(
        sent(protocol.ask(&question(&["Ann: Hi.", "One", "Ann: Wait."], false))).len(),
        1
    );
    let other = Question {
        brief: Brief {
            instructions: "Be Otto.".into(),
            ..testing::mara()
        },
        ..question(&["Ann: Hi."], false)
    };
    assert_eq!(protocol.ask(&other), Asked::Anew);
}

#[test]
fn a_closed_connection_says_why() {
    let protocol = protocol();
    let lasting = |reason| protocol.closed(1008, reason).lasts();
    assert!(lasting("API key not valid. Please pass a valid API key."));
    assert!(lasting("You exceeded your current quota"));
    assert!(!lasting(""));
}

#[test]
fn a_call_is_answered_on_the_same_connection() {
    let mut protocol = protocol();
    let able = testing::able();
    let setup = testing::parsed(&protocol.open(&able));
    let declared = &setup[0]["setup"]["tools"][0]["functionDeclarations"][0];
    assert_eq!(declared["name"], "weather");
    assert_eq!(declared["parametersJsonSchema"]["type"], "object");
    let asked = Question {
        brief: able,
        ..question(&["Ann: Rain?"], false)
    };
    assert_eq!(sent(protocol.ask(&asked)).len(), 1);
    let call = testing::weather("call_1");
    let wanted =
        r#"{"toolCall":{"functionCalls":[{"id":"call_1","name":"weather","args":{"town":"Rome"}}]}}"#;
    assert_eq!(protocol.read(wanted), [Event::Calls(vec![call.clone()])]);
    let told = testing::parsed(&protocol.go_on(&[(call, "rain".into())], true));
    let response = json!({"id": "call_1", "name": "weather", "response": {"output": "rain"}});
    assert_eq!(told, [json!({"toolResponse": {"functionResponses": [response]}})]);
    assert!(protocol.cut(None).anew, "it waits for the rest of the answer");
    assert!(protocol.read(wanted).is_empty(), "nobody wants it any more");
}
