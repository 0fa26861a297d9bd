//! How loud a character's voice is, learned while it speaks, so that all voices of a room are alike.

use std::sync::{Arc, Mutex, PoisonError};

use troupe_sound::Leveller;

use super::VOICE_RATE_HZ;

/// The level of one character's voice; clones know the same.
#[derive(Clone)]
pub struct Level(Arc<Mutex<Option<Leveller>>>);

impl Default for Level {
    /// Of a voice that has not spoken yet.
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Leveller::new(VOICE_RATE_HZ))))
    }
}

impl Level {
    /// A chunk begins.
    pub(super) fn begin(&self) {
        self.with(Leveller::begin);
    }

    /// Brings the next sound of the chunk, at [`VOICE_RATE_HZ`], to the level of all voices.
    pub(super) fn apply(&self, pcm: &mut [i16]) {
        self.with(|leveller| leveller.apply(pcm));
    }

    fn with(&self, work: impl FnOnce(&mut Leveller)) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(leveller) = known.as_mut() {
            work(leveller);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_voice_is_louder_in_its_second_chunk_and_every_clone_knows() {
        let quiet: Vec<i16> = (0..96_000)
            .map(|n| if n % 240 < 120 { 900 } else { -900 })
            .collect();
        let level = Level::default();
        level.begin();
        level.apply(&mut quiet.clone());
        let clone = level.clone();
        clone.begin();
        let mut second = quiet.clone();
        clone.apply(&mut second);
        assert!(second[0] > quiet[0] * 5 / 4, "{} {}", second[0], quiet[0]);
    }
}
