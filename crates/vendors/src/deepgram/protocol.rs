//! The messages of `/v1/listen`.

use serde::Deserialize;

use crate::hearing::{Protocol, Segment};
use crate::socket::Outgoing;
use crate::word::{Word, seconds};
use crate::{Fault, pcm};

/// One connection.
#[derive(Debug, Default)]
pub(super) struct Listen {
    /// The piece that is still corrected.
    number: u64,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Message {
    Results {
        #[serde(default)]
        is_final: bool,
        #[serde(default)]
        from_finalize: bool,
        channel: Channel,
    },
    Error {},
    /// `Metadata`, `SpeechStarted`, `UtteranceEnd`, and what is still to be invented.
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Channel {
    alternatives: Vec<Alternative>,
}

#[derive(Deserialize)]
struct Alternative {
    transcript: String,
    #[serde(default)]
    words: Vec<TimedWord>,
}

#[derive(Deserialize)]
struct TimedWord {
    word: String,
    punctuated_word: Option<String>,
    start: f64,
    end: f64,
}

fn order(kind: &str) -> Outgoing {
    Outgoing::Text(serde_json::json!({ "type": kind }).to_string())
}

impl Protocol for Listen {
    fn sound(&mut self, pcm: &[i16]) -> Option<Outgoing> {
        // No bytes at all would end the stream.
        (!pcm.is_empty()).then(|| Outgoing::Binary(pcm::bytes(pcm)))
    }

    fn finish(&mut self) -> Vec<Outgoing> {
        vec![order("Finalize")]
    }

    fn keep_alive(&self) -> Option<Outgoing> {
        Some(order("KeepAlive"))
    }

    fn goodbye(&self) -> Option<Outgoing> {
        Some(order("CloseStream"))
    }

    fn take_in(&mut self, frame: &str) -> Result<Option<Segment>, Fault> {
        let message = serde_json::from_str(frame).map_err(|_| Fault::Unreadable {
            detail: "no message of live transcription",
        })?;
        let (is_final, is_answer, channel) = match message {
            Message::Results {
                is_final,
                from_finalize,
                channel,
            } => (is_final, from_finalize, channel),
            Message::Error {} => return Err(Fault::BrokenOff),
            Message::Other => return Ok(None),
        };
        let best = channel.alternatives.into_iter().next().ok_or(Fault::Unreadable {
            detail: "a result without a transcript",
        })?;
        let words = best.words.into_iter().map(|word| Word {
            start: seconds(word.start),
            end: seconds(word.end),
            text: word.punctuated_word.unwrap_or(word.word),
        });
        let segment = Segment {
            number: self.number,
            text: best.transcript,
            words: words.collect(),
            is_final,
            is_answer,
        };
        self.number += u64::from(is_final);
        Ok(Some(segment))
    }

    fn closed(&self, code: u16, reason: &str) -> Fault {
        match code {
            // DATA-0000: what was sent is no sound to it.
            1008 if reason.contains("DATA") => Fault::Refused {
                detail: "sound in this encoding",
            },
            1008 => Fault::KeyRefused { status: code },
            // NET-0000 and NET-0001: something went wrong there, or nothing came for too long.
            _ => Fault::BrokenOff,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::time::Duration;

    use super::*;

    const INTERIM: &str = r#"{"type":"Results","channel_index":[0,1],"duration":1.0,"start":0.0,"is_final":false,
        "speech_final":false,"channel":{"alternatives":[{"transcript":"hello wor","confidence":0.9,"words":[]}]},
        "metadata":{"request_id":"r","model_info":{"name":"n","version":"v","arch":"a"},"model_uuid":"u"},
        "from_finalize":false}"#;
    const FINAL: &str = r#"{"type":"Results","channel_index":[0,1],"duration":1.5,"start":0.0,"is_final":true,
        "speech_final":true,"channel":{"alternatives":[{"transcript":"Hello, world.","confidence":0.99,"words":[
        {"word":"hello","start":0.08,"end":0.4,"confidence":0.99,"punctuated_word":"Hello,"},
        {"word":"world","start":0.5,"end":1.0,"confidence":0.98,"punctuated_word":"world."}]}]},
        "from_finalize":true}"#;

    #[test]
    fn a_final_result_takes_the_place_of_interim_ones() {
        let mut listen = Listen::default();
        let interim = listen.take_in(INTERIM).unwrap().unwrap();
        assert_eq!(
            (interim.number, interim.text.as_str(), interim.is_final),
            (0, "hello wor", false)
        );
        let whole = listen.take_in(FINAL).unwrap().unwrap();
        assert_eq!((whole.number, whole.is_final, whole.is_answer), (0, true, true));
        assert_eq!(whole.words[0].text, "Hello,");
        assert_eq!(whole.words[1].start, Duration::from_millis(500));
        assert_eq!(listen.take_in(INTERIM).unwrap().unwrap().number, 1);
    }

    #[test]
    fn what_is_not_about_words_is_passed_over() {
        let mut listen = Listen::default();
        for kind in ["Metadata", "SpeechStarted", "UtteranceEnd", "InventedTomorrow"] {
            assert_eq!(
                listen.take_in(&format!(r#"{{"type":"{kind}","channel":[0]}}"#)),
                Ok(None)
            );
        }
        assert!(listen.take_in("}{").is_err());
        assert!(
            listen
                .take_in(r#"{"type":"Results","channel":{"alternatives":[]}}"#)
                .is_err()
        );
    }

    #[test]
    fn orders_are_text() {
        let mut listen = Listen::default();
        assert_eq!(
            listen.finish(),
            [Outgoing::Text(r#"{"type":"Finalize"}"#.to_owned())]
        );
        assert_eq!(listen.sound(&[]), None);
        assert_eq!(listen.sound(&[1]), Some(Outgoing::Binary(vec![1, 0])));
    }
}
