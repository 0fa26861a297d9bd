//! What is sent to OpenAI Realtime.

use std::time::Duration;

use serde_json::{Value, json};

use crate::SPOKEN_RATE_HZ;
use crate::pcm;
use crate::question::{Brief, Line, Speaker, Tool};

/// Names of events that may fail because what they are for is over.
const TIDYING: &str = "tidy_";

/// Whether an event of this name only tidied up.
pub(super) fn is_tidying(event_id: &str) -> bool {
    event_id.starts_with(TIDYING)
}

/// The name of the event that asks for an answer.
pub(super) fn ask_id(number: u64) -> String {
    format!("ask_{number}")
}

/// What the session is.
pub(super) fn session(brief: &Brief, voice: Option<&str>, heard_rate_hz: u32) -> String {
    let mut output = json!({"format": {"type": "audio/pcm", "rate": SPOKEN_RATE_HZ}});
    if let Some(voice) = voice {
        output["voice"] = voice.into();
    }
    event(
        "session.update",
        "setup",
        json!({"session": {
            "type": "realtime",
            "instructions": brief.instructions,
            "tools": tools(&brief.tools),
            "output_modalities": ["audio"],
            "audio": {
                "input": {
                    "format": {"type": "audio/pcm", "rate": heard_rate_hz},
                    // The director decides who speaks when, and somebody else writes down what people say.
                    "turn_detection": null,
                    "transcription": null,
                },
                "output": output,
            },
        }}),
    )
}

/// Other instructions and tools from now on.
pub(super) fn brief(brief: &Brief) -> String {
    event(
        "session.update",
        "brief",
        json!({"session": {
            "type": "realtime",
            "instructions": brief.instructions,
            "tools": tools(&brief.tools),
        }}),
    )
}

fn tools(tools: &[Tool]) -> Value {
    let tool = |tool: &Tool| {
        json!({
            "type": "function",
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.parameters,
        })
    };
    tools.iter().map(tool).collect()
}

/// What came of a call.
pub(super) fn output(call: &str, output: &str) -> String {
    event(
        "conversation.item.create",
        "output",
        json!({"item": {"type": "function_call_output", "call_id": call, "output": output}}),
    )
}

/// One line behind another, or first of all.
pub(super) fn create(id: &str, after: Option<&str>, line: &Line, sound: Option<&[i16]>) -> String {
    let (role, kind) = match line.speaker {
        Speaker::Own => ("assistant", "output_text"),
        Speaker::Others => ("user", "input_text"),
    };
    let mut content = vec![json!({"type": kind, "text": line.text})];
    if let (Speaker::Others, Some(sound)) = (line.speaker, sound) {
        content.push(json!({"type": "input_audio", "audio": pcm::encode(sound)}));
    }
    event(
        "conversation.item.create",
        id,
        json!({
            "previous_item_id": after.unwrap_or("root"),
            "item": {"id": id, "type": "message", "role": role, "content": content},
        }),
    )
}

/// Takes one out.
pub(super) fn delete(id: &str) -> String {
    event(
        "conversation.item.delete",
        &format!("{TIDYING}{id}"),
        json!({"item_id": id}),
    )
}

/// Only so much of a spoken one was heard.
pub(super) fn truncate(id: &str, heard: Duration) -> String {
    let ms = u64::try_from(heard.as_millis()).unwrap_or(u64::MAX);
    event(
        "conversation.item.truncate",
        &format!("{TIDYING}{id}"),
        json!({"item_id": id, "content_index": 0, "audio_end_ms": ms}),
    )
}

/// Asks for an answer, which carries the question's number.
pub(super) fn respond(number: u64, may_call: bool) -> String {
    let mut response = json!({"metadata": {"ask": number.to_string()}});
    if !may_call {
        response["tool_choice"] = "none".into();
    }
    event("response.create", &ask_id(number), json!({"response": response}))
}

/// Whether a message asks for an answer.
pub(super) fn is_respond(message: &str) -> bool {
    serde_json::from_str::<Value>(message).is_ok_and(|message| message["type"] == "response.create")
}

/// Gives up what the server is answering.
pub(super) fn cancel() -> String {
    event("response.cancel", &format!("{TIDYING}response"), json!({}))
}

fn event(kind: &str, id: &str, mut body: Value) -> String {
    body["type"] = kind.into();
    body["event_id"] = id.into();
    body.to_string()
}
