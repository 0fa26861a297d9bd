//! An ear for recordings: the same processing as a room's, as fast as the machine can.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ringbuf::HeapRb;
use ringbuf::traits::Split;
use troupe_inference::vad::SileroModel;
use troupe_sound::Treatment;

use super::listener::Listener;
use super::{EarError, EarInput, Heard, RING_SAMPLES, Shared, TRACK_RATE_HZ};

/// Sound that is handed over at once: as long as a packet of a track, and as an ear looks for it.
const BLOCK_SAMPLES: usize = TRACK_RATE_HZ as usize / 100;

/// An ear that hears a recording.
pub struct OfflineEar {
    model: SileroModel,
    input: EarInput,
    listener: Listener,
    shared: Arc<Shared>,
    began: Instant,
    heard: Duration,
}

impl OfflineEar {
    /// Loads the model and opens an ear whose sound gets `treatment` first.
    ///
    /// # Errors
    /// When the model can't be loaded.
    pub fn open(treatment: Treatment) -> Result<Self, EarError> {
        let model = SileroModel::load().map_err(|error| EarError(error.to_string()))?;
        let (producer, consumer) = HeapRb::new(RING_SAMPLES).split();
        let shared = Arc::new(Shared::default());
        let began = Instant::now();
        Ok(Self {
            listener: Listener::new(consumer, shared.clone(), treatment, began),
            input: EarInput {
                ring: producer,
                shared: shared.clone(),
            },
            model,
            shared,
            began,
            heard: Duration::ZERO,
        })
    }

    /// Hears PCM at [`TRACK_RATE_HZ`]; `heard` is told of each edge and when it was found, from the beginning.
    pub fn hear(&mut self, pcm: &[i16], mut heard: impl FnMut(Duration, Heard)) {
        for block in pcm.chunks(BLOCK_SAMPLES) {
            self.input.push(block);
            self.heard += Duration::from_micros(block.len() as u64 * 1_000_000 / u64::from(TRACK_RATE_HZ));
            let now = self.heard;
            self.listener
                .run(self.began + now, &self.model, |edge| heard(now, edge));
        }
    }

    /// Asks for the turn so far, which comes with the next sound, as [`super::Ear::probe`].
    pub fn probe(&self) {
        self.shared.probe.store(true, Ordering::Release);
    }

    /// What was heard up to this place is settled, as [`super::Ear::forget`].
    pub fn forget(&self, end: u64) {
        self.shared.forget_before.fetch_max(end, Ordering::AcqRel);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn sound_that_is_passed_on_is_the_turn_that_is_told_after_it() {
        let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/caller.flac");
        let mut pcm = crate::audio_file::read_mono(&shipped, TRACK_RATE_HZ).unwrap();
        pcm.resize(pcm.len() + TRACK_RATE_HZ as usize * 2, 0);
        let mut ear = OfflineEar::open(Treatment::default()).unwrap();
        ear.shared.passes_on.store(true, Ordering::Release);
        let (mut passed_on, mut turn) = (Vec::new(), None);
        ear.hear(&pcm, |_, heard| match heard {
            Heard::Sound { pcm } if turn.is_none() => passed_on.extend_from_slice(&pcm),
            Heard::Paused { pcm, .. } => {
                turn.get_or_insert(pcm);
            }
            _ => {}
        });
        let turn = turn.unwrap();
        assert!(
            passed_on.len() >= turn.len(),
            "{} of {}",
            passed_on.len(),
            turn.len()
        );
        assert!(passed_on.starts_with(&turn));
    }
}
