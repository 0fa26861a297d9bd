//! The messages of `/tts/websocket`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::pcm::Samples;
use crate::socket::Outgoing;
use crate::speaking::{Piece, Protocol, RATE_HZ, Told};
use crate::word::{Word, seconds};

/// A context ends by itself a second after its last sound; a text that comes later than this begins another.
const CONTEXT_LASTS: Duration = Duration::from_millis(800);

/// What every text of a context is sent with, always the same.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Request {
    model_id: String,
    voice: Voice,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    output_format: Format,
    add_timestamps: bool,
    /// Whole sentences come; nothing is gained by waiting for more.
    max_buffer_delay_ms: u32,
}

#[derive(Debug, Clone, Serialize)]
struct Voice {
    mode: &'static str,
    id: String,
}

#[derive(Debug, Clone, Serialize)]
struct Format {
    container: &'static str,
    encoding: &'static str,
    sample_rate: u32,
}

impl Request {
    pub(super) fn new(model: &str, voice: &str, language: Option<String>) -> Self {
        Self {
            model_id: model.to_owned(),
            voice: Voice {
                mode: "id",
                id: voice.to_owned(),
            },
            language,
            output_format: Format {
                container: "raw",
                encoding: "pcm_s16le",
                sample_rate: RATE_HZ,
            },
            add_timestamps: true,
            max_buffer_delay_ms: 0,
        }
    }
}

#[derive(Serialize)]
struct Text<'a> {
    #[serde(flatten)]
    request: &'a Request,
    context_id: &'a str,
    transcript: &'a str,
    #[serde(rename = "continue")]
    goes_on: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    flush: bool,
}

/// One speech on one connection.
pub(super) struct Contexts {
    request: Request,
    speech: u64,
    /// Contexts of this speech so far.
    contexts: u64,
    /// The one that texts are said in.
    context: Option<String>,
    /// Sound of this context that belongs to texts that are over.
    over: Duration,
    /// Samples that came of this context.
    made: u64,
    samples: Samples,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    context_id: Option<String>,
    #[serde(default)]
    data: Option<String>,
    #[serde(default)]
    word_timestamps: Option<Times>,
    #[serde(default)]
    status_code: u16,
    #[serde(default)]
    error_code: Option<String>,
}

/// When each word sounds, s, counted from the beginning of the context.
#[derive(Deserialize)]
struct Times {
    words: Vec<String>,
    start: Vec<f64>,
    end: Vec<f64>,
}

impl Contexts {
    pub(super) fn new(request: Request, speech: u64) -> Self {
        Self {
            request,
            speech,
            contexts: 0,
            context: None,
            over: Duration::ZERO,
            made: 0,
            samples: Samples::default(),
        }
    }

    fn text(&self, context: &str, transcript: &str, goes_on: bool, flush: bool) -> Option<Outgoing> {
        let text = Text {
            request: &self.request,
            context_id: context,
            transcript,
            goes_on,
            flush,
        };
        serde_json::to_string(&text).ok().map(Outgoing::Text)
    }

    fn begin(&mut self) -> String {
        self.contexts += 1;
        self.over = Duration::ZERO;
        self.made = 0;
        self.samples = Samples::default();
        format!("speech-{}-{}", self.speech, self.contexts)
    }

    fn length(&self) -> Duration {
        Duration::from_micros(self.made * 1_000_000 / u64::from(RATE_HZ))
    }
}

impl Protocol for Contexts {
    fn open(&mut self) -> Vec<Outgoing> {
        Vec::new()
    }

    fn say(&mut self, line: &str, silent: Duration) -> Vec<Outgoing> {
        let lasting = self.context.take().filter(|_| silent < CONTEXT_LASTS);
        let context = lasting.unwrap_or_else(|| self.begin());
        // Texts are joined letter by letter.
        let line = format!("{} ", line.trim());
        let frames = [
            self.text(&context, &line, true, false),
            self.text(&context, "", true, true),
        ];
        self.context = Some(context);
        frames.into_iter().flatten().collect()
    }

    fn cancel(&mut self) -> Option<Outgoing> {
        let context = self.context.take()?;
        let cancel = serde_json::json!({ "context_id": context, "cancel": true });
        Some(Outgoing::Text(cancel.to_string()))
    }

    fn end(&mut self) -> Option<Outgoing> {
        let context = self.context.take()?;
        self.text(&context, "", false, false)
    }

    fn take_in(&mut self, frame: &str) -> Result<Vec<Told>, Fault> {
        let message: Message = serde_json::from_str(frame).map_err(|_| Fault::Unreadable {
            detail: "no message of speech",
        })?;
        // The end of a former speech on this connection; an error of the connection itself names no context.
        if message.context_id.is_some() && message.context_id != self.context {
            return Ok(Vec::new());
        }
        match message.kind.as_str() {
            "chunk" => {
                let bytes =
                    STANDARD
                        .decode(message.data.unwrap_or_default())
                        .map_err(|_| Fault::Unreadable {
                            detail: "sound that is not base64",
                        })?;
                let pcm = self.samples.push(&bytes);
                self.made += pcm.len() as u64;
                Ok(vec![Told::Piece(Piece::Pcm(pcm))])
            }
            "timestamps" => {
                let times = message.word_timestamps.ok_or(Fault::Unreadable {
                    detail: "times without words",
                })?;
                let ends = times.start.into_iter().zip(times.end);
                let words = times
                    .words
                    .into_iter()
                    .zip(ends)
                    .map(|(text, (start, end))| Word {
                        text,
                        start: seconds(start).saturating_sub(self.over),
                        end: seconds(end).saturating_sub(self.over),
                    });
                Ok(vec![Told::Piece(Piece::Words(words.collect()))])
            }
            "flush_done" => {
                self.over = self.length();
                Ok(vec![Told::Over])
            }
            "done" => {
                self.context = None;
                Ok(vec![Told::Over])
            }
            "error" => {
                self.context = None;
                Err(failure(message.status_code, message.error_code.as_deref()))
            }
            // Phonemes, and what is still to be invented.
            _ => Ok(Vec::new()),
        }
    }

    fn closed(&self, code: u16, _: &str) -> Fault {
        match code {
            1008 => Fault::KeyRefused { status: code },
            _ => Fault::BrokenOff,
        }
    }
}

fn failure(status: u16, code: Option<&str>) -> Fault {
    match (status, code) {
        (_, Some("concurrency_limited")) => Fault::RateLimited { retry_after: None },
        // Nothing left to pay with.
        (402, _) => Fault::KeyRefused { status },
        (0, _) => Fault::BrokenOff,
        _ => Fault::of_status(status, None),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    const AT_ONCE: Duration = Duration::ZERO;

    fn contexts() -> Contexts {
        Contexts::new(Request::new("sonic-3", "v", Some("en".to_owned())), 7)
    }

    fn json(frame: &Outgoing) -> serde_json::Value {
        match frame {
            Outgoing::Text(text) => serde_json::from_str(text).unwrap(),
            Outgoing::Binary(_) => serde_json::Value::Null,
        }
    }

    fn message(kind: &str, context: &str, rest: &str) -> String {
        format!(r#"{{"type":"{kind}","context_id":"{context}","done":false,"status_code":206{rest}}}"#)
    }

    #[test]
    fn texts_of_a_speech_share_a_context_and_are_flushed() {
        let mut contexts = contexts();
        let frames = contexts.say("Hello.", AT_ONCE);
        let text = json(&frames[0]);
        assert_eq!(text["transcript"], "Hello. ");
        assert_eq!(
            (&text["continue"], &text["context_id"]),
            (&true.into(), &"speech-7-1".into())
        );
        assert_eq!(text["output_format"]["encoding"], "pcm_s16le");
        assert_eq!(text["voice"], serde_json::json!({"mode": "id", "id": "v"}));
        assert_eq!(
            (&json(&frames[1])["flush"], &json(&frames[1])["transcript"]),
            (&true.into(), &"".into())
        );
        assert_eq!(
            json(&contexts.say("You.", AT_ONCE)[0])["context_id"],
            "speech-7-1"
        );
        assert_eq!(
            json(&contexts.say("Late.", CONTEXT_LASTS)[0])["context_id"],
            "speech-7-2"
        );
        assert_eq!(json(&contexts.end().unwrap())["continue"], false);
    }

    #[test]
    fn times_count_from_the_beginning_of_a_text() {
        let mut contexts = contexts();
        contexts.say("Hello.", AT_ONCE);
        let data = STANDARD.encode(vec![0; 48_000]);
        contexts
            .take_in(&message(
                "chunk",
                "speech-7-1",
                &format!(r#","data":"{data}","step_time":1"#),
            ))
            .unwrap();
        assert_eq!(
            contexts
                .take_in(&message("flush_done", "speech-7-1", r#","flush_id":1"#))
                .unwrap(),
            [Told::Over]
        );
        contexts.say("You.", AT_ONCE);
        let times = r#","word_timestamps":{"words":["You."],"start":[1.25],"end":[1.5]}"#;
        let told = contexts
            .take_in(&message("timestamps", "speech-7-1", times))
            .unwrap();
        let word = Word {
            text: "You.".to_owned(),
            start: Duration::from_millis(250),
            end: Duration::from_millis(500),
        };
        assert_eq!(told, [Told::Piece(Piece::Words(vec![word]))]);
    }

    #[test]
    fn other_speeches_of_the_connection_are_not_heard() {
        let mut contexts = contexts();
        contexts.say("Hello.", AT_ONCE);
        assert_eq!(
            contexts.take_in(&message("done", "speech-6-1", "")),
            Ok(Vec::new())
        );
        assert_eq!(
            contexts.take_in(&message("new", "speech-7-1", "")),
            Ok(Vec::new())
        );
    }

    #[test]
    fn errors_have_numbers() {
        let of = |status: u16, code: &str| {
            let frame = format!(
                r#"{{"type":"error","done":true,"title":"t","message":"m","error_code":"{code}","status_code":{status}}}"#
            );
            contexts().take_in(&frame).unwrap_err()
        };
        assert_eq!(
            of(429, "concurrency_limited"),
            Fault::RateLimited { retry_after: None }
        );
        assert_eq!(of(401, "x"), Fault::KeyRefused { status: 401 });
        assert_eq!(of(500, "x"), Fault::Status { status: 500 });
        assert!(matches!(of(400, "model_not_found"), Fault::Refused { .. }));
    }
}
