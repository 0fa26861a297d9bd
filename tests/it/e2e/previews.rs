//! Captions of somebody who still speaks, by a local model.

use serde_json::Value;

use super::harness::Stack;

/// How often the shipped question is asked without a pause.
const TIMES: usize = 6;

#[tokio::test(flavor = "multi_thread")]
async fn a_local_model_shows_words_while_somebody_speaks() {
    let stack = Stack::start_with(|command| {
        command.env("TROUPE_STT", "local:moonshine");
    })
    .await;
    stack.models.answers("Quite so.");
    let [(character, _)] = stack.characters().await;
    let room = stack.room(&[&character]).await;
    let mut person = stack.guest(&room).await;
    stack.begin(&room).await;
    let identity = format!("agent-{character}");
    person.has_track(&identity).await;
    // The model is loaded when it is first needed.
    person.say(&stack.recording()).await;
    person.hears_out(&identity).await;
    let before = person.events.len();
    for _ in 0..TIMES {
        person.say(&stack.recording()).await;
    }
    let is_shown = |event: &Value| {
        event["event"] == "transcription"
            && event["identity"] != identity.as_str()
            && event["attributes"]["lk.transcription_final"] == "false"
    };
    let shown = person
        .events
        .iter()
        .skip(before)
        .filter(|event| is_shown(event))
        .count();
    assert!(shown > 1, "{:#?}", person.events);
}
