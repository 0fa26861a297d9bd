//! Turns speech probabilities into edges: a voice began, a voice paused.

use troupe_inference::vad::{FRAME_SAMPLES, RATE_HZ};

/// Probability from which a frame counts as speech.
const SPEECH_MIN: f32 = 0.5;
/// Probability below which a frame counts as silence once there was speech (hysteresis as in Silero's own iterator).
const SILENCE_MAX: f32 = 0.35;
/// Frames of speech that make a voice; one alone may be a click.
const FRAMES_TO_START: u32 = 2;
/// Silence after which a voice is reported as paused, ms: the earliest moment for transcription.
pub(super) const PAUSE_MS: u32 = 96;

const FRAMES_TO_PAUSE: u32 = (PAUSE_MS * RATE_HZ / 1000).div_ceil(FRAME_SAMPLES as u32);

/// What a frame changed; positions are frames counted from the stream's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// A voice began with this frame.
    Started {
        /// The first frame with speech.
        first: u64,
    },
    /// A voice has paused after this frame.
    Paused {
        /// The frame after the last one with speech.
        end: u64,
    },
}

/// The state of one stream.
#[derive(Debug, Clone, Default)]
pub(super) struct Detector {
    frames: u64,
    voiced: bool,
    /// Frames in a row that speak for the other state.
    against: u32,
    /// The end of the last frame with speech.
    last_speech: u64,
}

impl Detector {
    /// Takes the next frame's probability.
    pub(super) fn push(&mut self, probability: f32) -> Option<Edge> {
        self.frames += 1;
        if probability >= SPEECH_MIN || self.voiced && probability >= SILENCE_MAX {
            self.last_speech = self.frames;
        }
        let is_against = if self.voiced {
            probability < SILENCE_MAX
        } else {
            probability >= SPEECH_MIN
        };
        self.against = if is_against { self.against + 1 } else { 0 };
        if !self.voiced && self.against >= FRAMES_TO_START {
            self.flip();
            return Some(Edge::Started {
                first: self.frames - u64::from(FRAMES_TO_START),
            });
        }
        if self.voiced && self.against >= FRAMES_TO_PAUSE {
            self.flip();
            return Some(Edge::Paused {
                end: self.last_speech,
            });
        }
        None
    }

    /// Whether the next frame matters although it may hold no sound: a voice is on, or about to be.
    pub(super) fn is_attentive(&self) -> bool {
        self.voiced || self.against > 0
    }

    /// Frames taken so far.
    pub(super) fn frames(&self) -> u64 {
        self.frames
    }

    fn flip(&mut self) {
        self.voiced = !self.voiced;
        self.against = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(probabilities: &[f32]) -> Vec<(usize, Edge)> {
        let mut detector = Detector::default();
        let edges = probabilities.iter().enumerate();
        edges
            .filter_map(|(at, probability)| Some((at, detector.push(*probability)?)))
            .collect()
    }

    #[test]
    fn a_voice_has_a_beginning_and_a_pause() {
        let mut frames = vec![0.0, 0.1, 0.9, 0.9, 0.9, 0.4, 0.9];
        frames.extend([0.1; 6]);
        assert_eq!(
            run(&frames),
            [(3, Edge::Started { first: 2 }), (9, Edge::Paused { end: 7 })]
        );
    }

    #[test]
    fn a_click_is_no_voice_and_a_breath_no_pause() {
        assert_eq!(run(&[0.0, 0.9, 0.0, 0.9, 0.1]), []);
        let mut frames = vec![0.9, 0.9];
        frames.extend([0.1; 2]);
        frames.extend([0.9; 3]);
        assert_eq!(run(&frames), [(1, Edge::Started { first: 0 })]);
    }
}
