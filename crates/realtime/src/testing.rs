//! What the tests of both protocols ask, and how they read what is sent.
#![expect(clippy::panic, reason = "tests fail by panicking")]

use std::sync::Arc;

use serde_json::Value;

use crate::protocol::Asked;
use crate::question::{Line, Question, Speaker};

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
        instructions: "Be Mara.".into(),
        lines: lines.iter().map(line).collect(),
    }
}

/// The messages of a question that goes out on the connection that is there.
pub(crate) fn sent(asked: Asked) -> Vec<Value> {
    let Asked::Send(messages) = asked else {
        panic!("no new connection is needed")
    };
    messages
        .iter()
        .filter_map(|message| serde_json::from_str(message).ok())
        .collect()
}
