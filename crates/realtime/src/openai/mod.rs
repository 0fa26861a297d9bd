//! OpenAI Realtime over WebSocket, as generally available since 2025: no turn detection of the server's, questions by
//! `response.create`, the talk as conversation items.

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
use server::{Message, Response, ServerError};

const NAME: &str = "openai";
/// Calls of one response. Full: the others are not done, as if the model had not asked for them.
const CALLS_MAX: usize = 16;

/// The protocol's state over one connection.
pub(crate) struct OpenAi {
    access: Access,
    /// What the server was told last.
    brief: Brief,
    is_ready: bool,
    mirror: Mirror,
    /// Questions so far; the current one's number.
    asked: u64,
    /// Whether the current one is wanted.
    is_wanted: bool,
    /// A response of the server's is under way.
    is_busy: bool,
    /// The current answer's name, once the server has given it one.
    response: Option<String>,
    /// The latest answer's item with sound.
    item: Option<String>,
    /// Sound of the current answer so far, samples; and how much of it came before that item.
    sounded: usize,
    item_from: usize,
    /// What the current answer wants done, with the names of the items that say so.
    calls: Vec<(String, Call)>,
    /// What the current answer took so far.
    usage: Usage,
    /// A question that waits until the server is done with the one before, which was cancelled.
    waiting: Vec<String>,
}

impl OpenAi {
    pub(crate) fn new(access: Access) -> Self {
        Self {
            access,
            brief: Brief::default(),
            is_ready: false,
            mirror: Mirror::default(),
            asked: 0,
            is_wanted: false,
            is_busy: false,
            response: None,
            item: None,
            sounded: 0,
            item_from: 0,
            calls: Vec::new(),
            usage: Usage::default(),
            waiting: Vec::new(),
        }
    }

    /// An answer of which nothing is there yet.
    fn begin_anew(&mut self) {
        self.response = None;
        self.item = None;
        self.sounded = 0;
        self.item_from = 0;
        self.calls.clear();
        self.usage = Usage::default();
    }

    fn tell(&mut self, question: &Question) -> Vec<String> {
        let mut out = Vec::new();
        for step in self.mirror.steps(&question.lines) {
            out.push(match step {
                Step::Delete(id) => client::delete(&id),
                Step::Insert { index, after, id } => {
                    let Some(line) = question.lines.get(index) else {
                        continue;
                    };
                    let is_last = index + 1 == question.lines.len();
                    let sound = line.sound.as_deref().filter(|_| is_last);
                    client::create(&id, after.as_deref(), line, sound)
                }
            });
        }
        out
    }

    fn is_current(&self, response: &str) -> bool {
        self.is_wanted && self.response.as_deref() == Some(response)
    }

    fn done(&mut self, response: &Response) -> Vec<Event> {
        let mut events = Vec::new();
        if self.is_current(&response.id) {
            self.usage.add(response.usage());
            let wants = response.status.as_deref() == Some("completed") && !self.calls.is_empty();
            self.is_wanted = wants;
            events.push(match response.status.as_deref() {
                Some("completed") if wants => {
                    Event::Calls(self.calls.iter().map(|(_, call)| call.clone()).collect())
                }
                Some("completed") => Event::Done(self.usage),
                // It ran out of tokens: what there is of it is said.
                Some("incomplete") if !response.is_filtered() => Event::Done(self.usage),
                Some("incomplete") => Event::Failed(Error::Failed {
                    provider: NAME,
                    code: "content_filter".to_owned(),
                }),
                _ => Event::Failed(failure(&response.error())),
            });
        }
        self.is_busy = false;
        if !self.waiting.is_empty() {
            self.is_busy = true;
            events.push(Event::Send(std::mem::take(&mut self.waiting)));
        }
        events
    }

    fn failed(&mut self, error: &ServerError) -> Vec<Event> {
        // Whoever tidies up may come too late: the response was over, the item never came to be.
        let is_late = error.event_id.as_deref().is_some_and(client::is_tidying);
        if is_late {
            return Vec::new();
        }
        let was_asked = error
            .event_id
            .as_deref()
            .is_some_and(|id| id == client::ask_id(self.asked));
        if was_asked {
            self.is_busy = false;
        }
        vec![Event::Failed(failure(error))]
    }
}

impl Protocol for OpenAi {
    fn url(&self) -> String {
        format!("{}?model={}", self.access.url, self.access.model)
    }

    fn key_header(&self) -> Option<(&'static str, HeaderValue)> {
        let key = self.access.key.as_ref()?;
        let mut value = HeaderValue::from_str(&format!("Bearer {key}")).ok()?;
        value.set_sensitive(true);
        Some(("authorization", value))
    }

    fn takes_briefs(&self) -> bool {
        true
    }

    fn open(&mut self, brief: &Brief) -> Vec<String> {
        self.mirror.clear();
        self.is_ready = false;
        self.is_wanted = false;
        self.is_busy = false;
        self.begin_anew();
        self.waiting.clear();
        self.brief.clone_from(brief);
        vec![client::session(
            brief,
            self.access.voice.as_deref(),
            Provider::OpenAi.heard_rate_hz(),
        )]
    }

    fn ask(&mut self, question: &Question) -> Asked {
        let mut out = Vec::new();
        if question.brief != self.brief {
            self.brief.clone_from(&question.brief);
            out.push(client::brief(&question.brief));
        }
        out.extend(self.tell(question));
        self.asked += 1;
        self.is_wanted = true;
        self.begin_anew();
        out.push(client::respond(self.asked, true));
        if self.is_busy {
            // One that waited and was not sent yet is told with this one; its items are known already.
            self.waiting.retain(|message| !client::is_respond(message));
            self.waiting.extend(out);
            return Asked::Send(Vec::new());
        }
        self.is_busy = true;
        Asked::Send(out)
    }

    fn go_on(&mut self, results: &[(Call, String)], may_call: bool) -> Vec<String> {
        let mut out: Vec<String> = results
            .iter()
            .map(|(call, output)| client::output(&call.id, output))
            .collect();
        self.calls.clear();
        self.response = None;
        self.is_busy = true;
        out.push(client::respond(self.asked, may_call));
        out
    }

    fn cut(&mut self, heard: Option<Duration>) -> Cut {
        let mut send = Vec::new();
        // Nothing will come of them, and a call without an outcome is nothing to go on from.
        send.extend(self.calls.drain(..).map(|(item, _)| client::delete(&item)));
        if std::mem::take(&mut self.is_wanted) {
            self.waiting.retain(|message| !client::is_respond(message));
            if self.is_busy {
                send.push(client::cancel());
            }
        }
        let before = Duration::from_secs_f64(self.item_from as f64 / f64::from(crate::SPOKEN_RATE_HZ));
        let heard = heard.map(|heard| heard.saturating_sub(before));
        if let (Some(heard), Some(item)) = (heard, &self.item)
            && !heard.is_zero()
        {
            self.mirror.cut(item);
            send.push(client::truncate(item, heard));
            self.item = None;
        }
        Cut { send, anew: false }
    }

    fn read(&mut self, text: &str) -> Vec<Event> {
        let message = match serde_json::from_str(text) {
            Ok(message) => message,
            Err(_) => return vec![Event::Failed(Error::Malformed { provider: NAME })],
        };
        match message {
            Message::Updated if !self.is_ready => {
                self.is_ready = true;
                vec![Event::Ready]
            }
            Message::Created { response } => {
                if response.is_of(self.asked) {
                    self.response = Some(response.id);
                }
                Vec::new()
            }
            Message::ItemAdded { response_id, item } => {
                if item.is_spoken() {
                    self.mirror.said(&item.id);
                    if self.is_current(&response_id) {
                        self.item = Some(item.id);
                        self.item_from = self.sounded;
                    }
                }
                Vec::new()
            }
            Message::ItemDone { response_id, item } => {
                if self.is_current(&response_id) && self.calls.len() < CALLS_MAX {
                    self.calls.extend(item.into_call());
                }
                Vec::new()
            }
            Message::Words {
                response_id,
                item_id,
                delta,
            } => {
                self.mirror.goes_on(&item_id, &delta);
                if self.is_current(&response_id) {
                    vec![Event::Text(delta)]
                } else {
                    Vec::new()
                }
            }
            Message::Sound { response_id, delta } if self.is_current(&response_id) => {
                match pcm::decode(&delta) {
                    Some(pcm) => {
                        self.sounded = self.sounded.saturating_add(pcm.len());
                        vec![Event::Sound(pcm)]
                    }
                    None => vec![Event::Failed(Error::Malformed { provider: NAME })],
                }
            }
            Message::Done { response } => self.done(&response),
            Message::Error { error } => self.failed(&error),
            Message::Updated | Message::Sound { .. } | Message::Other => Vec::new(),
        }
    }

    fn closed(&self, _code: u16, _reason: &str) -> Error {
        Error::BrokenOff { provider: NAME }
    }
}

/// What an error of the server's is to us.
fn failure(error: &ServerError) -> Error {
    let code = error
        .code
        .as_deref()
        .or(error.kind.as_deref())
        .unwrap_or_default();
    match code {
        "invalid_api_key" | "authentication_error" => Error::Unauthorized {
            provider: NAME,
            variable: Provider::OpenAi.key_variable(),
        },
        "rate_limit_exceeded" | "insufficient_quota" | "rate_limit_error" => {
            Error::RateLimited { provider: NAME }
        }
        "session_expired" => Error::BrokenOff { provider: NAME },
        code => Error::Failed {
            provider: NAME,
            code: Error::code(code),
        },
    }
}

impl Response {
    fn usage(&self) -> Usage {
        self.usage.as_ref().map_or_else(Usage::default, |usage| Usage {
            heard: usage.input_tokens,
            spoken: usage.output_tokens,
        })
    }
}
