//! How each service answers, by its documentation.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::server::{Reply, Script, Trouble};

/// What every person says.
const LINE: &str = "one two three";

/// Deepgram: partial words with the first sound, the rest after `Finalize`.
pub(crate) fn deepgram() -> Box<dyn Script> {
    Box::new(DeepgramScript { has_heard: false })
}

/// AssemblyAI: partial words with the first sound, the rest after `ForceEndpoint`.
pub(crate) fn assemblyai() -> Box<dyn Script> {
    Box::new(AssemblyAiScript {
        turn: 0,
        has_heard: false,
    })
}

/// ElevenLabs: a second of sound after the end of the text.
pub(crate) fn elevenlabs() -> Box<dyn Script> {
    Box::new(ElevenLabsScript {
        text: String::new(),
        is_over: false,
    })
}

/// Cartesia: a second of sound after each flush.
pub(crate) fn cartesia() -> Box<dyn Script> {
    Box::new(CartesiaScript {
        text: String::new(),
        context: Value::Null,
        said_s: 0.0,
        flushes: 0,
    })
}

fn reply(value: Value) -> Reply {
    Reply::Text(value.to_string())
}

fn order(frame: &Message) -> Option<Value> {
    frame
        .to_text()
        .ok()
        .and_then(|text| serde_json::from_str(text).ok())
}

struct DeepgramScript {
    has_heard: bool,
}

impl DeepgramScript {
    fn results(text: &str, is_final: bool, from_finalize: bool) -> Reply {
        let words = text.split_whitespace().enumerate();
        let words: Vec<_> = words
            .map(|(nth, word)| {
                let start = nth as f64 * 0.5;
                json!({"word": word, "punctuated_word": word, "start": start, "end": start + 0.4, "confidence": 0.9})
            })
            .collect();
        reply(json!({
            "type": "Results", "channel_index": [0, 1], "start": 0.0, "duration": 1.5, "is_final": is_final,
            "speech_final": false, "from_finalize": from_finalize,
            "channel": {"alternatives": [{"transcript": text, "confidence": 0.9, "words": words}]},
            "metadata": {"request_id": "r", "model_uuid": "m"},
        }))
    }
}

impl Script for DeepgramScript {
    fn greeting(&self) -> Vec<Reply> {
        Vec::new()
    }

    fn hear(&mut self, frame: &Message, is_laconic: bool) -> (Vec<Reply>, Vec<Reply>) {
        if frame.is_binary() {
            let is_first = !std::mem::replace(&mut self.has_heard, true);
            return match is_first {
                true if is_laconic => (vec![Self::results(LINE, true, false)], Vec::new()),
                true => (vec![Self::results("one", false, false)], Vec::new()),
                false => (Vec::new(), Vec::new()),
            };
        }
        let kind = order(frame).map(|order| order["type"].clone());
        match kind.as_ref().and_then(Value::as_str) {
            Some("Finalize") if !is_laconic => {
                self.has_heard = false;
                (
                    vec![Self::results("one two", false, false)],
                    vec![Self::results(LINE, true, true)],
                )
            }
            _ => (Vec::new(), Vec::new()),
        }
    }

    fn complaint(&self, trouble: Trouble) -> Vec<Reply> {
        match trouble {
            // It refuses keys and crowds in the handshake alone; in a connection, only trouble of its own ends it.
            Trouble::Key => vec![Reply::Close(1008, "INVALID_AUTH")],
            Trouble::TooMany | Trouble::Theirs => vec![Reply::Close(1011, "NET-0000")],
        }
    }

    fn chatter(&self) -> Vec<Reply> {
        vec![
            reply(json!({"type": "SpeechStarted", "channel": [0], "timestamp": 0.1})),
            reply(json!({"type": "UtteranceEnd", "channel": [0, 1], "last_word_end": 1.0})),
            reply(json!({"type": "SomethingNew"})),
        ]
    }
}

struct AssemblyAiScript {
    turn: u64,
    has_heard: bool,
}

impl AssemblyAiScript {
    fn turn(&self, transcript: &str, is_over: bool, is_formatted: bool) -> Reply {
        let words = LINE.split_whitespace().enumerate();
        let stay = transcript.split_whitespace().count();
        let words: Vec<_> = words
            .take(stay + usize::from(!is_over))
            .map(|(nth, word)| {
                json!({"text": word, "start": nth * 500, "end": nth * 500 + 400, "confidence": 0.9, "word_is_final": nth < stay})
            })
            .collect();
        reply(json!({
            "type": "Turn", "turn_order": self.turn, "turn_is_formatted": is_formatted, "end_of_turn": is_over,
            "transcript": transcript, "end_of_turn_confidence": 0.1, "words": words, "utterance": "",
        }))
    }
}

impl Script for AssemblyAiScript {
    fn greeting(&self) -> Vec<Reply> {
        vec![reply(
            json!({"type": "Begin", "id": "i", "expires_at": 1_759_796_682}),
        )]
    }

    fn hear(&mut self, frame: &Message, is_laconic: bool) -> (Vec<Reply>, Vec<Reply>) {
        if frame.is_binary() {
            let is_first = !std::mem::replace(&mut self.has_heard, true);
            return match is_first {
                true if is_laconic => (
                    vec![self.turn(LINE, true, false)],
                    vec![self.turn(LINE, true, true)],
                ),
                true => (vec![self.turn("", false, false)], Vec::new()),
                false => (Vec::new(), Vec::new()),
            };
        }
        let kind = order(frame).map(|order| order["type"].clone());
        match kind.as_ref().and_then(Value::as_str) {
            Some("ForceEndpoint") if !is_laconic => {
                self.has_heard = false;
                let begin = vec![self.turn("one", false, false)];
                let rest = vec![self.turn(LINE, true, false), self.turn(LINE, true, true)];
                self.turn += 1;
                (begin, rest)
            }
            _ => (Vec::new(), Vec::new()),
        }
    }

    fn complaint(&self, trouble: Trouble) -> Vec<Reply> {
        let (code, text) = match trouble {
            Trouble::Key => (1008, "Unauthorized Connection: Missing Authorization header"),
            Trouble::TooMany => (3009, "Too many concurrent sessions"),
            Trouble::Theirs => (3005, "Session Cancelled: An error occurred"),
        };
        vec![
            reply(json!({"type": "Error", "error_code": code, "error": text})),
            Reply::Close(code, text),
        ]
    }

    fn chatter(&self) -> Vec<Reply> {
        vec![
            reply(json!({"type": "SpeechStarted", "timestamp": 100, "confidence": 0.9})),
            reply(json!({"type": "SomethingNew"})),
        ]
    }
}

/// Half a second of sound.
fn sound() -> String {
    STANDARD.encode(vec![7; 24_000])
}

struct ElevenLabsScript {
    text: String,
    is_over: bool,
}

impl Script for ElevenLabsScript {
    fn greeting(&self) -> Vec<Reply> {
        Vec::new()
    }

    fn hear(&mut self, frame: &Message, _: bool) -> (Vec<Reply>, Vec<Reply>) {
        let Some(order) = order(frame) else {
            return (Vec::new(), Vec::new());
        };
        let text = order["text"].as_str().unwrap_or_default();
        if !text.is_empty() || std::mem::replace(&mut self.is_over, true) {
            self.text.push_str(text);
            return (Vec::new(), Vec::new());
        }
        let chars: Vec<_> = self.text.trim().chars().map(String::from).collect();
        let starts: Vec<_> = (0..chars.len()).map(|nth| nth * 10).collect();
        let lengths = vec![10; chars.len()];
        let alignment = json!({"chars": chars, "charStartTimesMs": starts, "charDurationsMs": lengths});
        let begin = json!({"audio": sound(), "isFinal": null, "alignment": alignment, "normalizedAlignment": alignment});
        let rest = json!({"audio": sound(), "isFinal": null, "alignment": null, "normalizedAlignment": null});
        let last = json!({"audio": null, "isFinal": true, "alignment": null, "normalizedAlignment": null});
        (vec![reply(begin)], vec![reply(rest), reply(last)])
    }

    fn complaint(&self, trouble: Trouble) -> Vec<Reply> {
        let error = match trouble {
            Trouble::Key => "invalid_api_key",
            Trouble::TooMany => "too_many_concurrent_requests",
            Trouble::Theirs => "something_went_wrong",
        };
        vec![
            reply(
                json!({"message": "a message of their own, one two three, key-that-must-not-be-seen", "error": error, "code": 1008}),
            ),
            Reply::Close(1008, error),
        ]
    }

    fn chatter(&self) -> Vec<Reply> {
        vec![reply(json!({"something": "new"}))]
    }
}

struct CartesiaScript {
    text: String,
    context: Value,
    /// Length of what was said in this context, s.
    said_s: f64,
    flushes: u64,
}

impl Script for CartesiaScript {
    fn greeting(&self) -> Vec<Reply> {
        Vec::new()
    }

    fn hear(&mut self, frame: &Message, _: bool) -> (Vec<Reply>, Vec<Reply>) {
        let nothing = (Vec::new(), Vec::new());
        let Some(order) = order(frame).filter(|order| order["cancel"].is_null()) else {
            return nothing;
        };
        if order["context_id"] != self.context {
            self.context = order["context_id"].clone();
            self.said_s = 0.0;
        }
        self.text
            .push_str(order["transcript"].as_str().unwrap_or_default());
        let context = self.context.clone();
        if order["continue"] == false {
            let done = json!({"type": "done", "done": true, "status_code": 200, "context_id": context});
            return (Vec::new(), vec![reply(done)]);
        }
        if order["flush"] != true {
            return nothing;
        }
        self.flushes += 1;
        let chunk = || {
            reply(
                json!({"type": "chunk", "data": sound(), "done": false, "status_code": 206, "step_time": 1.0,
                "context_id": context, "flush_id": self.flushes}),
            )
        };
        let words: Vec<_> = self.text.split_whitespace().map(str::to_owned).collect();
        let starts: Vec<_> = (0..words.len())
            .map(|nth| self.said_s + nth as f64 * 0.2)
            .collect();
        let ends: Vec<_> = starts.iter().map(|start| start + 0.1).collect();
        let times = json!({"type": "timestamps", "done": false, "status_code": 206, "context_id": context,
            "word_timestamps": {"words": words, "start": starts, "end": ends}});
        let over = json!({"type": "flush_done", "done": false, "flush_done": true, "flush_id": self.flushes,
            "status_code": 206, "context_id": context});
        let replies = (vec![chunk()], vec![reply(times), chunk(), reply(over)]);
        self.said_s += 1.0;
        self.text.clear();
        replies
    }

    fn complaint(&self, trouble: Trouble) -> Vec<Reply> {
        let (status, code) = match trouble {
            Trouble::Key => (401, "unauthorized"),
            Trouble::TooMany => (429, "concurrency_limited"),
            Trouble::Theirs => (500, "internal"),
        };
        vec![reply(json!({"type": "error", "done": true, "title": LINE,
            "message": "key-that-must-not-be-seen", "error_code": code,
            "status_code": status, "context_id": self.context, "request_id": "r"}))]
    }

    fn chatter(&self) -> Vec<Reply> {
        vec![
            reply(
                json!({"type": "phoneme_timestamps", "done": false, "status_code": 206, "context_id": self.context,
                "phoneme_timestamps": {"phonemes": ["h"], "start": [0.0], "end": [0.1]}}),
            ),
            reply(json!({"type": "something_new", "context_id": self.context})),
        ]
    }
}
