//! The messages of `/v3/ws`.

use std::time::Duration;

use serde::Deserialize;

use crate::hearing::{Protocol, RATE_HZ, Segment};
use crate::socket::Outgoing;
use crate::{Fault, Word, pcm};

/// The shortest sound that a message may hold, samples: 50 ms.
const SOUND_MIN: usize = RATE_HZ as usize / 20;

/// One connection.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// Sound that is too short for a message.
    waiting: Vec<i16>,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Message {
    Turn {
        turn_order: u64,
        #[serde(default)]
        turn_is_formatted: bool,
        #[serde(default)]
        end_of_turn: bool,
        transcript: String,
        #[serde(default)]
        words: Vec<TimedWord>,
    },
    Error {
        #[serde(default)]
        error_code: u16,
        #[serde(default)]
        error: String,
    },
    /// `Begin`, `Termination`, `SpeechStarted`, and what is still to be invented.
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct TimedWord {
    text: String,
    start: u64,
    end: u64,
    #[serde(default)]
    word_is_final: bool,
}

fn order(kind: &str) -> Outgoing {
    Outgoing::Text(serde_json::json!({ "type": kind }).to_string())
}

impl Protocol for Stream {
    fn sound(&mut self, pcm: &[i16]) -> Option<Outgoing> {
        self.waiting.extend_from_slice(pcm);
        (self.waiting.len() >= SOUND_MIN)
            .then(|| Outgoing::Binary(pcm::bytes(&std::mem::take(&mut self.waiting))))
    }

    fn finish(&mut self) -> Vec<Outgoing> {
        let mut frames = Vec::new();
        if !self.waiting.is_empty() {
            self.waiting.resize(SOUND_MIN, 0);
            frames.push(Outgoing::Binary(pcm::bytes(&std::mem::take(&mut self.waiting))));
        }
        frames.push(order("ForceEndpoint"));
        frames
    }

    /// It ends a session after hours, not after silence.
    fn keep_alive(&self) -> Option<Outgoing> {
        None
    }

    fn goodbye(&self) -> Option<Outgoing> {
        Some(order("Terminate"))
    }

    fn take_in(&mut self, frame: &str) -> Result<Option<Segment>, Fault> {
        let message = serde_json::from_str(frame).map_err(|_| Fault::Unreadable {
            detail: "no message of universal streaming",
        })?;
        match message {
            Message::Turn {
                turn_order,
                turn_is_formatted,
                end_of_turn,
                transcript,
                words,
            } => {
                // While it goes on, the transcript holds words that stay; those that may change follow them.
                let open: Vec<_> = words.iter().filter(|word| !word.word_is_final).collect();
                let mut text = transcript;
                if !end_of_turn {
                    for word in open {
                        text.push(' ');
                        text.push_str(&word.text);
                    }
                }
                let words = words.into_iter().map(|word| Word {
                    text: word.text,
                    start: Duration::from_millis(word.start),
                    end: Duration::from_millis(word.end),
                });
                Ok(Some(Segment {
                    number: turn_order,
                    text: text.trim().to_owned(),
                    words: words.collect(),
                    is_final: end_of_turn,
                    // The written form follows the spoken one at once.
                    is_answer: end_of_turn && turn_is_formatted,
                }))
            }
            Message::Error { error_code, error } => Err(failure(error_code, &error)),
            Message::Other => Ok(None),
        }
    }

    fn closed(&self, code: u16, reason: &str) -> Fault {
        failure(code, reason)
    }
}

/// What a code means, in an `Error` and in the close that follows it.
fn failure(code: u16, reason: &str) -> Fault {
    match code {
        1008 if reason.to_ascii_lowercase().contains("concurrent") => {
            Fault::RateLimited { retry_after: None }
        }
        1008 | 4001 | 4002 | 4003 => Fault::KeyRefused { status: code },
        // Too many sessions at once; sound faster than it was spoken.
        3009 | 4029 | 4102 => Fault::RateLimited { retry_after: None },
        3006 | 3007 | 4000 | 4032..=4034 | 4100 | 4101 => Fault::Refused {
            detail: "sound or an order of this kind",
        },
        // 3005: an error of theirs; 3008: the session is too old; and whatever ends a connection otherwise.
        _ => Fault::BrokenOff,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn turn(end: bool, formatted: bool, transcript: &str, words: &str) -> String {
        format!(
            r#"{{"turn_order":3,"turn_is_formatted":{formatted},"end_of_turn":{end},"transcript":"{transcript}",
            "end_of_turn_confidence":0.1,"words":[{words}],"utterance":"","type":"Turn"}}"#
        )
    }

    const HI: &str = r#"{"start":1920,"end":2000,"text":"hi","confidence":0.87,"word_is_final":true}"#;
    const MY: &str = r#"{"start":2800,"end":2880,"text":"my","confidence":0.81,"word_is_final":false}"#;

    #[test]
    fn words_that_may_change_follow_those_that_stay() {
        let mut stream = Stream::default();
        let segment = stream
            .take_in(&turn(false, false, "hi", &format!("{HI},{MY}")))
            .unwrap()
            .unwrap();
        assert_eq!(
            (segment.number, segment.text.as_str(), segment.is_final),
            (3, "hi my", false)
        );
        assert_eq!(segment.words[1].start, Duration::from_millis(2_800));
    }

    #[test]
    fn the_written_form_is_the_answer() {
        let mut stream = Stream::default();
        let spoken = stream.take_in(&turn(true, false, "hi my", HI)).unwrap().unwrap();
        assert!(spoken.is_final && !spoken.is_answer);
        let written = stream.take_in(&turn(true, true, "Hi, my.", HI)).unwrap().unwrap();
        assert!(written.is_final && written.is_answer);
        assert_eq!(written.text, "Hi, my.");
    }

    #[test]
    fn sound_goes_out_in_messages_that_are_long_enough() {
        let mut stream = Stream::default();
        assert_eq!(stream.sound(&[1; 512]), None);
        assert_eq!(
            stream.sound(&[1; 512]),
            Some(Outgoing::Binary(pcm::bytes(&[1; 1_024])))
        );
        assert_eq!(stream.sound(&[1; 10]), None);
        let frames = stream.finish();
        assert!(matches!(&frames[0], Outgoing::Binary(bytes) if bytes.len() == 2 * SOUND_MIN));
        assert_eq!(
            frames[1],
            Outgoing::Text(r#"{"type":"ForceEndpoint"}"#.to_owned())
        );
        assert_eq!(stream.finish().len(), 1, "nothing waits");
    }

    #[test]
    fn errors_have_numbers() {
        let mut stream = Stream::default();
        let mut of = |code: u16, text: &str| {
            let frame = format!(r#"{{"type":"Error","error_code":{code},"error":"{text}"}}"#);
            stream.take_in(&frame).unwrap_err()
        };
        assert_eq!(
            of(3008, "Session Expired: Maximum session duration exceeded"),
            Fault::BrokenOff
        );
        assert_eq!(
            of(1008, "Too many concurrent sessions"),
            Fault::RateLimited { retry_after: None }
        );
        assert_eq!(
            of(1008, "Missing Authorization header"),
            Fault::KeyRefused { status: 1008 }
        );
        assert!(matches!(of(3007, "x"), Fault::Refused { .. }));
    }
}
