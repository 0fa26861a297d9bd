//! What the tests of both protocols ask, and how they read what is sent.
#![expect(clippy::panic, reason = "tests fail by panicking")]

use std::sync::Arc;

use serde_json::Value;

use crate::protocol::Asked;
use crate::question::{Brief, Call, Line, Question, Speaker, Tool};

/// A talk of these lines, Ann's and the character's own; all of them sounded like this.
pub(crate) fn question(lines: &[&str], sound: Option<&Arc<[i16]>>) -> Question {
    let line = |text: &&str| Line {
        speaker: if text.starts_with("Ann") {
            Speaker::Others
        } else {
            Speaker::Own
        },
        text: (*text).to_owned(),
        sound: sound.cloned(),
    };
    Question {
        brief: mara(),
        lines: lines.iter().map(line).collect(),
    }
}

/// Who answers.
pub(crate) fn mara() -> Brief {
    Brief {
        instructions: "Be Mara.".into(),
        tools: Vec::new(),
    }
}

/// The same with a tool.
pub(crate) fn able() -> Brief {
    let parameters = serde_json::json!({"type": "object", "properties": {"town": {"type": "string"}}});
    Brief {
        tools: vec![Tool {
            name: "weather".into(),
            description: "Tells the weather.".into(),
            parameters: parameters.as_object().cloned().unwrap_or_default(),
        }],
        ..mara()
    }
}

/// What it wants to know with it.
pub(crate) fn weather(id: &str) -> Call {
    Call {
        id: id.to_owned(),
        name: "weather".into(),
        arguments: r#"{"town":"Rome"}"#.into(),
    }
}

/// The messages of a question that goes out on the connection that is there.
pub(crate) fn sent(asked: Asked) -> Vec<Value> {
    let Asked::Send(messages) = asked else {
        panic!("no new connection is needed")
    };
    parsed(&messages)
}

/// What was sent.
pub(crate) fn parsed(messages: &[String]) -> Vec<Value> {
    messages
        .iter()
        .filter_map(|message| serde_json::from_str(message).ok())
        .collect()
}
