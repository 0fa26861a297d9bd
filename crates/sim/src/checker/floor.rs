//! One voice at a time: characters don't sound at once, nor over people.

use troupe_dialogue::{Input, Output, PersonId, SpeechId};

use super::Verdict;
use crate::options::Options;

/// Voice that is known for longer may have been found to be noise, ms.
pub(crate) const NOISE_MS_MIN: u64 = 2_400;
/// Rounding of timers, ms.
const SLACK_MS: u64 = 50;

/// Who is heard, and what keeps it from being heard.
#[derive(Debug)]
pub(super) struct Floor {
    stop_deadline_ms: u64,
    false_interruption_ms: u64,
    /// Whose sound is heard.
    audible: Option<SpeechId>,
    /// A cut that was ordered, when, and is not confirmed.
    unconfirmed: Option<(SpeechId, u64)>,
    /// The speech that is paused after it was heard, since when.
    held: Option<(SpeechId, u64)>,
    /// The speech whose first sound is known.
    started: Option<SpeechId>,
    /// When the last voice was known to end.
    quiet_ms: u64,
    /// When a speech was last let loose or over.
    last_ms: u64,
}

impl Floor {
    pub(super) fn new(options: &Options) -> Self {
        let ms = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self {
            stop_deadline_ms: ms(options.tuning.stop_deadline),
            false_interruption_ms: ms(options.tuning.false_interruption),
            audible: None,
            unconfirmed: None,
            held: None,
            started: None,
            quiet_ms: 0,
            last_ms: 0,
        }
    }

    pub(super) fn last_ms(&self) -> u64 {
        self.last_ms
    }

    /// Who was paused for a sound goes on when nobody has spoken for long enough.
    pub(super) fn time(&self, now_ms: u64, voices: &[(PersonId, u64)]) -> Verdict {
        match self.held {
            Some((speech, since))
                if voices.is_empty()
                    && now_ms > since.max(self.quiet_ms) + self.false_interruption_ms + SLACK_MS =>
            {
                Err(format!(
                    "{speech:?} is paused, nobody speaks, and it does not go on"
                ))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn input(&mut self, input: &Input, now_ms: u64) {
        match input {
            Input::PlayoutStarted { speech } => {
                self.started = Some(*speech);
            }
            Input::PlayoutStopped { speech, .. } | Input::PlayoutFinished { speech } => {
                self.unconfirmed.take_if(|(stopped, _)| stopped == speech);
                self.held.take_if(|(held, _)| held == speech);
                self.last_ms = now_ms;
            }
            Input::VoicePaused { .. } | Input::PersonLeft { .. } => self.quiet_ms = now_ms,
            _ => {}
        }
    }

    pub(super) fn output(&mut self, output: &Output, now_ms: u64, voices: &[(PersonId, u64)]) -> Verdict {
        match output {
            Output::Play { speech } | Output::Resume { speech } => {
                self.held = None;
                self.last_ms = now_ms;
                if let Some((person, _)) = voices
                    .iter()
                    .find(|(_, since)| now_ms.saturating_sub(*since) < NOISE_MS_MIN)
                {
                    return Err(format!("{speech:?} is let loose while {person} speaks"));
                }
                if let Some((stopped, since)) = self.unconfirmed
                    && now_ms < since + self.stop_deadline_ms
                {
                    return Err(format!(
                        "{speech:?} is let loose before {stopped:?} is known to be silent"
                    ));
                }
            }
            Output::Pause { speech } if self.started == Some(*speech) => self.held = Some((*speech, now_ms)),
            Output::Stop { speech } => {
                self.held = None;
                self.unconfirmed = Some((*speech, now_ms));
            }
            Output::Discard { .. } => self.held = None,
            _ => {}
        }
        Ok(())
    }

    pub(super) fn sounds(&mut self, speech: SpeechId) -> Verdict {
        let other = self.audible.replace(speech).filter(|other| *other != speech);
        match other {
            Some(other) => Err(format!("{other:?} and {speech:?} sound at once")),
            None => Ok(()),
        }
    }

    pub(super) fn is_silent(&mut self, speech: SpeechId) {
        self.audible.take_if(|audible| *audible == speech);
    }
}
