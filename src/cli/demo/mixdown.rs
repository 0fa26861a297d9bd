//! The conversation as it is recorded: the person left, the characters right.

/// Sample rate of everything the demo hears and says, Hz.
pub(super) const RATE_HZ: u32 = 48_000;
/// A voice that comes later than its place by less than this follows on without a gap: packets are never on time.
const SLACK_MS: u64 = 60;

/// Two mono sides that grow with time.
#[derive(Debug)]
pub(super) struct Mixdown {
    person: Vec<i16>,
    characters: Vec<i16>,
    /// Where each character's next sample goes.
    cursors: Vec<usize>,
}

fn samples(ms: u64) -> usize {
    (ms * u64::from(RATE_HZ) / 1000) as usize
}

impl Mixdown {
    pub(super) fn new(characters: usize) -> Self {
        Self {
            person: Vec::new(),
            characters: Vec::new(),
            cursors: vec![0; characters],
        }
    }

    /// The person, then the characters.
    pub(super) fn sides(&self) -> (&[i16], &[i16]) {
        (&self.person, &self.characters)
    }

    /// Puts the person's audio that ended at `end_ms` in its place.
    pub(super) fn add_person(&mut self, pcm: &[i16], end_ms: u64) {
        let mut cursor = self.person.len();
        put(&mut self.person, &mut cursor, pcm, end_ms);
    }

    /// Puts a character's audio that ended at `end_ms` in its place.
    pub(super) fn add_character(&mut self, character: usize, pcm: &[i16], end_ms: u64) {
        if let Some(cursor) = self.cursors.get_mut(character) {
            put(&mut self.characters, cursor, pcm, end_ms);
        }
    }
}

fn put(side: &mut Vec<i16>, cursor: &mut usize, pcm: &[i16], end_ms: u64) {
    let due = samples(end_ms).saturating_sub(pcm.len());
    if due > *cursor + samples(SLACK_MS) {
        *cursor = due;
    }
    let end = *cursor + pcm.len();
    if side.len() < end {
        side.resize(end, 0);
    }
    let place = side.get_mut(*cursor..end).unwrap_or_default();
    for (mixed, sample) in place.iter_mut().zip(pcm) {
        *mixed = mixed.saturating_add(*sample);
    }
    *cursor = end;
}

#[cfg(test)]
mod tests {
    use super::Mixdown;

    #[test]
    fn late_frames_follow_on_and_pauses_are_kept() {
        let mut mix = Mixdown::new(2);
        mix.add_character(0, &[1; 480], 10);
        mix.add_character(0, &[2; 480], 45);
        mix.add_character(1, &[5; 480], 10);
        mix.add_character(0, &[3; 480], 500);
        let (_, characters) = mix.sides();
        assert_eq!(characters.get(0..2), Some(&[6, 6][..]));
        assert_eq!(characters.get(480..482), Some(&[2, 2][..]));
        assert_eq!(characters.len(), 24_000);
        assert_eq!(
            characters
                .get(960..23_520)
                .map(|gap| gap.iter().all(|sample| *sample == 0)),
            Some(true)
        );
    }
}
