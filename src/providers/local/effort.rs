//! How long a voice works for a second of speech, and into what pieces it had better cut a text because of that.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use troupe_inference::tts::{clauses, pieces};

/// Effort of a light voice on two cores, taken before anything was spoken.
const LIGHT: f32 = 0.1;
/// The same of a natural one.
const NATURAL: f32 = 0.5;
/// Weight of the latest piece in the mean.
const LATEST: f32 = 0.3;
/// A voice that works less is done with any clause in time.
const SLIGHT: f32 = 0.2;
/// Width of the first piece of a text: four or five words.
const FIRST_WIDTH: usize = 24;
/// How long that sounds.
const FIRST_SOUND: Duration = Duration::from_millis(1500);
/// Of the time in which a piece is heard, how much the next one may take to be made.
const USED: f64 = 0.9;

/// Seconds of work for a second of speech, in the mean of the latest pieces.
#[derive(Debug)]
pub(super) struct Effort(AtomicU32);

impl Effort {
    /// Of a voice that is meant to be quick.
    pub(super) fn light() -> Self {
        Self(AtomicU32::new(LIGHT.to_bits()))
    }

    /// Of a voice that is meant to sound well.
    pub(super) fn natural() -> Self {
        Self(AtomicU32::new(NATURAL.to_bits()))
    }

    fn mean(&self) -> f32 {
        f32::from_bits(self.0.load(Ordering::Relaxed))
    }

    /// So much speech was made in this time.
    pub(super) fn note(&self, worked: Duration, spoken: Duration) {
        let mean = self.mean();
        let latest = worked.as_secs_f32() / spoken.as_secs_f32();
        if latest.is_finite() {
            let mean = mean + (latest - mean) * LATEST;
            self.0.store(mean.to_bits(), Ordering::Relaxed);
        }
    }

    /// Time for a first piece; zero where no piece is worth minding.
    pub(super) fn of_first_piece(&self) -> Duration {
        let mean = self.mean();
        // What has not kept up with its own speech for long can't be told from a machine that was busy for a moment.
        match mean < SLIGHT {
            true => Duration::ZERO,
            false => FIRST_SOUND.mul_f32(mean.min(1.0)),
        }
    }

    /// A text in pieces that are made one after the other, each while the one before is heard.
    pub(super) fn cut(&self, text: &str) -> Vec<String> {
        let mean = self.mean();
        let cut = if mean < SLIGHT {
            clauses(text)
        } else {
            // A voice that is slower than speech can't keep up, however it is cut.
            pieces(text, FIRST_WIDTH, (USED / f64::from(mean)).max(1.0))
        };
        cut.into_iter().map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "The garden behind the old house was full of birds that nobody had ever seen before.";

    #[test]
    fn a_slow_voice_speaks_in_growing_pieces_and_a_quick_one_in_clauses() {
        let effort = Effort::natural();
        assert_eq!(effort.of_first_piece(), FIRST_SOUND / 2);
        let slow = effort.cut(TEXT);
        assert!(slow.len() > 1, "{slow:?}");
        assert_eq!(slow.join(" "), TEXT);
        let second = Duration::from_secs(1);
        for _ in 0..20 {
            effort.note(second / 10, second);
        }
        assert_eq!(effort.cut(TEXT), [TEXT]);
        assert_eq!(effort.of_first_piece(), Duration::ZERO);
        // Nothing was spoken: that tells nothing.
        effort.note(second, Duration::ZERO);
        assert_eq!(effort.cut(TEXT), [TEXT]);
    }
}
