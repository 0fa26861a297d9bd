//! Gemini Live (`BidiGenerateContent`) over WebSocket: activity is told, not detected, and what was said once can't be
//! taken back, so a talk that went on differently than the server knows is told anew to a new connection.

mod client;
mod server;
#[cfg(test)]
mod tests;

use std::time::Duration;

use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::access::{Access, Provider};
use crate::error::Error;
use crate::mirror::{Mirror, Step};
use crate::pcm;
use crate::protocol::{Asked, Cut, Event, Protocol};
use crate::question::{Brief, Call, Question};
use crate::session::Usage;
use server::Message;

const NAME: &str = "gemini";

/// The protocol's state over one connection.
pub(crate) struct Gemini {
    access: Access,
    /// What the server was told; it can't be told another thing on this connection.
    brief: Brief,
    mirror: Mirror,
    /// Answers so far; the current one's name in the mirror.
    answers: u64,
    /// Whether the current one is wanted.
    is_wanted: bool,
    /// Whether it has begun.
    has_begun: bool,
    usage: Usage,
}

impl Gemini {
    pub(crate) fn new(access: Access) -> Self {
        Self {
            access,
            brief: Brief::default(),
            mirror: Mirror::default(),
            answers: 0,
            is_wanted: false,
            has_begun: false,
            usage: Usage::default(),
        }
    }

    fn answer(&self) -> String {
        format!("answer_{}", self.answers)
    }

    fn begin(&mut self) {
        if !std::mem::replace(&mut self.has_begun, true) {
            let answer = self.answer();
            self.mirror.said(&answer);
        }
    }
}

impl Protocol for Gemini {
    fn url(&self) -> String {
        self.access.url.clone()
    }

    fn key_header(&self) -> Option<(&'static str, HeaderValue)> {
        let mut value = HeaderValue::from_str(self.access.key.as_ref()?).ok()?;
        value.set_sensitive(true);
        Some(("x-goog-api-key", value))
    }

    fn takes_briefs(&self) -> bool {
        false
    }

    fn open(&mut self, brief: &Brief) -> Vec<String> {
        self.mirror.clear();
        self.is_wanted = false;
        self.has_begun = false;
        self.brief.clone_from(brief);
        vec![client::setup(
            &self.access.model,
            brief,
            self.access.voice.as_deref(),
        )]
    }

    fn ask(&mut self, question: &Question) -> Asked {
        if question.brief != self.brief {
            return Asked::Anew;
        }
        let steps = self.mirror.steps(&question.lines);
        let mut expected = question.lines.len().saturating_sub(steps.len());
        for step in &steps {
            match step {
                // Only what comes last can be told.
                Step::Insert { index, .. } if *index == expected => expected += 1,
                _ => return Asked::Anew,
            }
        }
        let new = question.lines.len().saturating_sub(steps.len());
        let new = question.lines.get(new..).unwrap_or_default();
        self.answers += 1;
        self.is_wanted = true;
        self.has_begun = false;
        self.usage = Usage::default();
        let sound = new.last().and_then(|line| line.sound.as_deref());
        Asked::Send(match sound {
            Some(sound) => std::iter::once(client::turns(new, false))
                .chain(client::activity(sound, Provider::Gemini.heard_rate_hz()))
                .collect(),
            None => vec![client::turns(new, true)],
        })
    }

    fn go_on(&mut self, results: &[(Call, String)], _may_call: bool) -> Vec<String> {
        vec![client::results(results)]
    }

    fn cut(&mut self, heard: Option<Duration>) -> Cut {
        // One that is given up stays in the server's memory, and so does what nobody heard of one that was cut.
        let was_wanted = std::mem::take(&mut self.is_wanted);
        Cut {
            send: Vec::new(),
            anew: !self.mirror.is_empty() && (was_wanted || heard.is_some()),
        }
    }

    fn read(&mut self, text: &str) -> Vec<Event> {
        let Ok(message) = serde_json::from_str::<Message>(text) else {
            return vec![Event::Failed(Error::Malformed { provider: NAME })];
        };
        let mut events = Vec::new();
        if message.setup_complete.is_some() {
            events.push(Event::Ready);
        }
        if message.go_away.is_some() {
            events.push(Event::Expiring);
        }
        if let Some(usage) = message.usage_metadata {
            self.usage = Usage {
                heard: usage.prompt_token_count,
                spoken: usage.response_token_count,
            };
        }
        let wanted = message.tool_call.filter(|_| self.is_wanted);
        let calls = wanted.map(server::ToolCall::into_calls).unwrap_or_default();
        if !calls.is_empty() {
            events.push(Event::Calls(calls));
        }
        let Some(content) = message.server_content.filter(|_| self.is_wanted) else {
            return events;
        };
        if let Some(words) = content.output_transcription.and_then(|words| words.text) {
            self.begin();
            let answer = self.answer();
            self.mirror.goes_on(&answer, &words);
            events.push(Event::Text(words));
        }
        for sound in content.model_turn.iter().flat_map(server::Content::sounds) {
            self.begin();
            events.push(match pcm::decode(sound) {
                Some(pcm) => Event::Sound(pcm),
                None => Event::Failed(Error::Malformed { provider: NAME }),
            });
        }
        if content.turn_complete {
            self.is_wanted = false;
            events.push(Event::Done(self.usage));
        } else if content.interrupted {
            self.is_wanted = false;
            events.push(Event::Failed(Error::BrokenOff { provider: NAME }));
        }
        events
    }

    fn closed(&self, _code: u16, reason: &str) -> Error {
        let reason = reason.to_ascii_lowercase();
        if reason.contains("api key") || reason.contains("permission") {
            Error::Unauthorized {
                provider: NAME,
                variable: Provider::Gemini.key_variable(),
            }
        } else if reason.contains("quota") || reason.contains("exhausted") {
            Error::RateLimited { provider: NAME }
        } else {
            Error::BrokenOff { provider: NAME }
        }
    }
}
