//! The OpenAI-compatible server.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use troupe::providers::Tokens;
use troupe::providers::openai::{Config, Deadline, OpenAi, Timing};

use super::conduct::{Conduct, Patience};
use super::http::{Script, Server};
use super::subject::{KEY, LINE, Provided, Role, SPOKEN, Subject};

/// What the server says that an answer took.
const TOOK: Tokens = Tokens { read: 21, written: 3 };

/// What each role asks there.
#[derive(Clone, Copy)]
pub(super) struct Model(Role);

impl Model {
    pub(super) const HEARS: Self = Self(Role::Hears);
    pub(super) const WRITES: Self = Self(Role::Writes);
    pub(super) const SPEAKS: Self = Self(Role::Speaks);
}

#[async_trait]
impl Subject for Model {
    fn provider(&self) -> &'static str {
        "openai"
    }

    fn role(&self) -> Role {
        self.0
    }

    fn tokens(&self) -> Option<Tokens> {
        (self.0 == Role::Writes).then_some(TOOK)
    }

    async fn provide(&self, conducts: &[Conduct], patience: Patience) -> Provided {
        let server = Server::start(script(self.0), conducts).await;
        let deadline = Deadline {
            first: patience.first,
            between: patience.between,
        };
        let config = Config {
            base_url: server.base_url.clone(),
            api_key: Some(KEY.to_owned()),
            timing: Timing {
                stt: deadline,
                llm: deadline,
                tts: deadline,
                backoff: Duration::ZERO,
                ..Timing::default()
            },
        };
        Provided::new(OpenAi::new(&config).unwrap(), Some(Arc::new(server)))
    }
}

fn script(role: Role) -> Script {
    match role {
        Role::Hears => hears(),
        Role::Writes => writes(),
        Role::Speaks => speaks(),
    }
}

fn hears() -> Script {
    let whole = json!({ "text": LINE }).to_string();
    let (begin, rest) = whole.split_at(whole.len() / 2);
    Script {
        media_type: "application/json",
        good: [begin, rest].map(|part| part.as_bytes().to_vec()),
        nonsense: ("application/json", b"<html>"),
        endless: (b"{\"text\":\"".to_vec(), vec![b'x'; 64 * 1024]),
    }
}

fn writes() -> Script {
    let event = |choice| format!("data: {}\n\n", json!({ "choices": [choice] }));
    let text = |text: &str| event(json!({ "index": 0, "delta": { "content": text } }));
    let stop = event(json!({ "index": 0, "delta": {}, "finish_reason": "stop" }));
    let usage = json!({ "prompt_tokens": TOOK.read, "completion_tokens": TOOK.written });
    let last = format!("data: {}\n\n", json!({ "choices": [], "usage": usage }));
    let (begin, rest) = LINE.split_at(4);
    Script {
        media_type: "text/event-stream",
        good: [text(begin), format!("{}{stop}{last}data: [DONE]\n\n", text(rest))].map(String::into_bytes),
        nonsense: ("text/event-stream", b"data: <html>\n\n"),
        endless: (
            Vec::from(": an answer\n\n"),
            text(&"x".repeat(64 * 1024)).into_bytes(),
        ),
    }
}

fn speaks() -> Script {
    // An odd number of bytes: a network cuts samples in half.
    let cut = SPOKEN + 1;
    Script {
        media_type: "audio/pcm",
        good: [vec![7; cut], vec![7; 2 * SPOKEN - cut]],
        nonsense: ("text/html", b"<html>"),
        endless: (vec![7; 2], vec![7; 256 * 1024]),
    }
}
