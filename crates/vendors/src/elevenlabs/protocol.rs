//! The messages of `stream-input`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::pcm::Samples;
use crate::socket::Outgoing;
use crate::speaking::{Piece, Protocol, RATE_HZ, Told};
use crate::{Fault, Word};

/// One connection.
#[derive(Debug, Default)]
pub(super) struct StreamInput {
    samples: Samples,
    /// Samples that came.
    made: u64,
    /// A word that goes on in the next message.
    word: Option<Word>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    audio: Option<String>,
    is_final: Option<bool>,
    alignment: Option<Alignment>,
    error: Option<String>,
    code: Option<u16>,
}

/// When each character sounds, counted from the beginning of the message's sound.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alignment {
    chars: Vec<String>,
    char_start_times_ms: Vec<u64>,
    #[serde(alias = "charsDurationsMs")]
    char_durations_ms: Vec<u64>,
}

fn text(message: serde_json::Value) -> Outgoing {
    Outgoing::Text(message.to_string())
}

impl StreamInput {
    /// Words that ended in this message.
    fn words(&mut self, alignment: Alignment) -> Vec<Word> {
        let begun = Duration::from_micros(self.made * 1_000_000 / u64::from(RATE_HZ));
        let times = alignment
            .char_start_times_ms
            .into_iter()
            .zip(alignment.char_durations_ms);
        let mut words = Vec::new();
        for (letter, (start, length)) in alignment.chars.into_iter().zip(times) {
            if letter.trim().is_empty() {
                words.extend(self.word.take());
                continue;
            }
            let start = begun + Duration::from_millis(start);
            let end = start + Duration::from_millis(length);
            let word = self.word.get_or_insert(Word {
                text: String::new(),
                start,
                end,
            });
            word.text.push_str(&letter);
            word.end = end;
        }
        words
    }
}

impl Protocol for StreamInput {
    fn open(&mut self) -> Vec<Outgoing> {
        vec![text(serde_json::json!({ "text": " " }))]
    }

    fn say(&mut self, line: &str, _: Duration) -> Vec<Outgoing> {
        // It wants each text to end in a space, and no text at all as the end.
        let line = format!("{} ", line.trim());
        vec![
            text(serde_json::json!({ "text": line, "flush": true })),
            text(serde_json::json!({ "text": "" })),
        ]
    }

    fn cancel(&mut self) -> Option<Outgoing> {
        None
    }

    fn end(&mut self) -> Option<Outgoing> {
        None
    }

    fn take_in(&mut self, frame: &str) -> Result<Vec<Told>, Fault> {
        let message: Message = serde_json::from_str(frame).map_err(|_| Fault::Unreadable {
            detail: "no message of speech",
        })?;
        if let Some(error) = message.error {
            return Err(failure(message.code.unwrap_or_default(), &error));
        }
        let mut told = Vec::new();
        if let Some(alignment) = message.alignment {
            let words = self.words(alignment);
            if !words.is_empty() {
                told.push(Told::Piece(Piece::Words(words)));
            }
        }
        if let Some(audio) = message.audio.filter(|audio| !audio.is_empty()) {
            let bytes = STANDARD.decode(audio).map_err(|_| Fault::Unreadable {
                detail: "sound that is not base64",
            })?;
            let pcm = self.samples.push(&bytes);
            self.made += pcm.len() as u64;
            told.push(Told::Piece(Piece::Pcm(pcm)));
        }
        if message.is_final == Some(true) {
            if let Some(word) = self.word.take() {
                told.push(Told::Piece(Piece::Words(vec![word])));
            }
            told.push(Told::Over);
        }
        Ok(told)
    }

    fn closed(&self, code: u16, reason: &str) -> Fault {
        failure(code, reason)
    }
}

/// What an error is, by its name, which also begins the reason of a close; the code alone says little.
fn failure(code: u16, error: &str) -> Fault {
    let has = |words: &[&str]| words.iter().any(|word| error.contains(word));
    if has(&[
        "invalid_api_key",
        "unauthorized",
        "needs_authorization",
        "missing_permissions",
        "quota_exceeded",
    ]) {
        Fault::KeyRefused { status: code }
    } else if has(&["too_many_concurrent", "rate_limit", "system_busy"]) {
        Fault::RateLimited { retry_after: None }
    } else if has(&[
        "voice_not_found",
        "voice_does_not_exist",
        "model_not_found",
        "unsupported",
        "invalid_",
    ]) {
        Fault::Refused {
            detail: "this voice, model or text",
        }
    } else {
        Fault::BrokenOff
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_text_is_flushed_and_ended() {
        let mut stream = StreamInput::default();
        assert_eq!(stream.open(), [Outgoing::Text(r#"{"text":" "}"#.to_owned())]);
        let frames = stream.say("Hello.", ms(0));
        assert_eq!(
            frames[0],
            Outgoing::Text(r#"{"flush":true,"text":"Hello. "}"#.to_owned())
        );
        assert_eq!(frames[1], Outgoing::Text(r#"{"text":""}"#.to_owned()));
    }

    #[test]
    fn words_are_made_of_characters_across_messages() {
        let mut stream = StreamInput::default();
        // 4 800 bytes of silence are 100 ms.
        let audio = STANDARD.encode(vec![0; 4_800]);
        let first = format!(
            r#"{{"audio":"{audio}","isFinal":null,"normalizedAlignment":null,"alignment":{{"chars":["H","i"," ","y"],
            "charStartTimesMs":[0,20,40,60],"charDurationsMs":[20,20,20,40]}}}}"#
        );
        let told = stream.take_in(&first).unwrap();
        let word = |text: &str, start, end| Word {
            text: text.to_owned(),
            start: ms(start),
            end: ms(end),
        };
        assert_eq!(told[0], Told::Piece(Piece::Words(vec![word("Hi", 0, 40)])));
        assert_eq!(told[1], Told::Piece(Piece::Pcm(vec![0; 2_400])));
        let second = format!(
            r#"{{"audio":"{audio}","alignment":{{"chars":["o","u"],"charStartTimesMs":[0,50],"charDurationsMs":[50,50]}}}}"#
        );
        assert_eq!(stream.take_in(&second).unwrap().len(), 1);
        let told = stream.take_in(r#"{"isFinal":true}"#).unwrap();
        assert_eq!(
            told,
            [Told::Piece(Piece::Words(vec![word("you", 60, 200)])), Told::Over]
        );
    }

    #[test]
    fn errors_have_names() {
        let mut stream = StreamInput::default();
        let mut of = |error: &str| {
            let frame = format!(r#"{{"message":"Oh.","error":"{error}","code":1008}}"#);
            stream.take_in(&frame).unwrap_err()
        };
        assert_eq!(of("quota_exceeded"), Fault::KeyRefused { status: 1008 });
        assert_eq!(of("invalid_api_key"), Fault::KeyRefused { status: 1008 });
        assert_eq!(of("system_busy"), Fault::RateLimited { retry_after: None });
        assert_eq!(of("input_timeout_exceeded"), Fault::BrokenOff);
        assert!(matches!(of("voice_not_found"), Fault::Refused { .. }));
        assert!(stream.take_in("}{").is_err());
        assert!(stream.take_in(r#"{"audio":"%%"}"#).is_err());
    }
}
