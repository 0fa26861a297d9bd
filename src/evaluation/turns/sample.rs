//! One pause, and what was known of it.

use std::time::Duration;

use serde::Serialize;
use troupe_dialogue::endpointing::{Evidence, Habits};

/// A pause of a speaker that the manifest knows, with what was known of it when it was heard.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// The recording.
    pub clip: String,
    /// Who speaks: left out together.
    pub speaker: String,
    /// Kind of recording: left out together for the harder check.
    pub category: String,
    /// Where it begins, s.
    pub at_s: f64,
    /// After how long the speaker goes on, s; `None` at the end of a turn.
    pub goes_on_after_s: Option<f64>,
    /// From its beginning to the moment at which the ear reported it, s; `None` if it never did.
    pub heard_after_s: Option<f64>,
    /// By how much the ear took the last sound for later than the manifest, s.
    pub last_voice_s: f64,
    /// From the ear's report to the moment at which words and the end-of-turn model's answer were there, s.
    pub evidence_s: f64,
    /// From the first sound of the turn to the last, s.
    pub spoken_s: f64,
    /// What the end-of-turn model made of the sound when the ear reported the pause.
    pub audio: Option<f32>,
    /// What it made of the sound 0.2 s after the last, for the comparison with itself alone.
    pub audio_later: Option<f32>,
    /// Whether the words of the turn so far end as a sentence or a question does.
    pub finished: bool,
    /// The words of the turn so far: not part of any report.
    #[serde(skip)]
    pub words: String,
    /// The speaker's pauses before this one.
    #[serde(skip)]
    pub habits: Habits,
}

impl Sample {
    /// Whether the turn was over.
    pub fn is_end(&self) -> bool {
        self.goes_on_after_s.is_none()
    }

    /// What the product's decision is made from.
    pub fn evidence(&self) -> Evidence<'_> {
        Evidence {
            audio: self.audio,
            words: &self.words,
            spoken: Duration::from_secs_f64(self.spoken_s.max(0.0)),
            answers_question: false,
        }
    }

    /// How long after the manifest's last sound a decision comes that wants so much silence and needs words and
    /// the end-of-turn model's answer, or (`is_silence_alone`) only to have heard the pause; `None` if it was
    /// not heard.
    pub fn decided_after_s(&self, silence: Duration, is_silence_alone: bool) -> Option<f64> {
        let heard = self.heard_after_s?;
        let ready = heard + if is_silence_alone { 0.0 } else { self.evidence_s };
        Some((self.last_voice_s + silence.as_secs_f64()).max(ready))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A pause that the ear heard after 0.1 s, with its evidence at once.
    pub(in super::super) fn sample(speaker: &str, goes_on_after_s: Option<f64>) -> Sample {
        Sample {
            clip: speaker.into(),
            speaker: speaker.into(),
            category: String::new(),
            at_s: 1.0,
            goes_on_after_s,
            heard_after_s: Some(0.1),
            last_voice_s: 0.0,
            evidence_s: 0.0,
            spoken_s: 2.0,
            audio: None,
            audio_later: Some(0.2),
            finished: false,
            words: String::new(),
            habits: Habits::default(),
        }
    }

    #[test]
    fn a_decision_waits_for_its_evidence_unless_it_needs_none() {
        let late = Sample {
            evidence_s: 0.5,
            ..sample("a", None)
        };
        let after = |silence, alone| late.decided_after_s(Duration::from_millis(silence), alone);
        assert_eq!(after(200, true), Some(0.2));
        assert_eq!(after(200, false), Some(0.6));
        assert_eq!(after(900, false), Some(0.9));
    }
}
