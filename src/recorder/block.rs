//! What travels through a track's ring.

/// Samples of a whole block: 10 ms.
pub(super) const BLOCK_SAMPLES: usize = 480;

/// Up to 10 ms of sound at a place of the time line, or, without sound, the place from which on what was handed
/// over before is not true.
#[derive(Clone, Copy)]
pub(super) struct Block {
    pub(super) at: u64,
    length: u16,
    samples: [i16; BLOCK_SAMPLES],
}

impl Block {
    pub(super) fn sound(at: u64, pcm: &[i16]) -> Self {
        let mut samples = [0; BLOCK_SAMPLES];
        let length = pcm.len().min(BLOCK_SAMPLES);
        samples[..length].copy_from_slice(&pcm[..length]);
        Self {
            at,
            length: u16::try_from(length).unwrap_or(0),
            samples,
        }
    }

    pub(super) fn cut(from: u64) -> Self {
        Self {
            at: from,
            length: 0,
            samples: [0; BLOCK_SAMPLES],
        }
    }

    pub(super) fn pcm(&self) -> &[i16] {
        &self.samples[..usize::from(self.length)]
    }
}
