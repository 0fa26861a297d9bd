//! The sound of a person's turn so far, for transcription.

use std::collections::VecDeque;

/// Sound kept from before a voice was recognised, samples: first consonants are quiet.
pub(super) const PREROLL: usize = 6_400;
/// Longest turn that is kept, samples: 60 s. Full: the oldest sound goes, since people end with what they want.
const TURN_MAX: usize = 960_000;

/// A window over the stream that grows while a person speaks.
#[derive(Debug, Default)]
pub(super) struct TurnAudio {
    samples: VecDeque<i16>,
    /// Stream position of the first sample kept.
    start: u64,
    open: bool,
}

impl TurnAudio {
    /// Takes the next samples of the stream.
    pub(super) fn push(&mut self, pcm: &[i16]) {
        self.samples.extend(pcm);
        let keep = if self.open { TURN_MAX } else { PREROLL };
        self.drop_to(self.samples.len().saturating_sub(keep));
    }

    /// From now on everything is kept.
    pub(super) fn open(&mut self) {
        self.open = true;
    }

    /// Forgets what lies before this position; back to keeping the pre-roll alone unless a voice is on.
    pub(super) fn forget(&mut self, before: u64, voiced: bool) {
        let gone = usize::try_from(before.saturating_sub(self.start)).unwrap_or(usize::MAX);
        self.drop_to(gone.min(self.samples.len()));
        self.open = voiced;
    }

    /// A copy of the turn up to this position.
    pub(super) fn copy(&self, end: u64) -> Vec<i16> {
        let length = usize::try_from(end.saturating_sub(self.start)).unwrap_or(usize::MAX);
        self.samples.iter().copied().take(length).collect()
    }

    /// A copy of what is kept from this position up to that one.
    pub(super) fn between(&self, from: u64, end: u64) -> Vec<i16> {
        let skipped = usize::try_from(from.saturating_sub(self.start)).unwrap_or(usize::MAX);
        let length = usize::try_from(end.saturating_sub(from.max(self.start))).unwrap_or(usize::MAX);
        self.samples.iter().copied().skip(skipped).take(length).collect()
    }

    fn drop_to(&mut self, gone: usize) {
        self.samples.drain(..gone);
        self.start += gone as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_turn_begins_before_the_voice_and_ends_where_asked() {
        let mut audio = TurnAudio::default();
        audio.push(&[1; 10_000]);
        audio.open();
        audio.push(&[2; 1_000]);
        assert_eq!(audio.copy(10_500).len(), PREROLL + 500);
        audio.forget(10_900, false);
        assert_eq!(audio.copy(11_000), vec![2; 100]);
    }

    #[test]
    fn a_part_is_copied_as_far_as_it_is_kept() {
        let mut audio = TurnAudio::default();
        audio.push(&[1; 10_000]);
        audio.open();
        audio.push(&[2; 1_000]);
        assert_eq!(audio.between(9_990, 10_010), [[1; 10], [2; 10]].concat());
        assert_eq!(audio.between(0, 11_000).len(), PREROLL + 1_000);
        assert!(audio.between(11_000, 11_000).is_empty());
    }

    #[test]
    fn an_endless_turn_keeps_its_end() {
        let mut audio = TurnAudio::default();
        audio.open();
        for _ in 0..70 {
            audio.push(&[3; 16_000]);
        }
        assert_eq!(audio.copy(u64::MAX).len(), TURN_MAX);
    }
}
