//! Samples and bytes.

/// 16-bit little-endian bytes of samples.
pub(crate) fn bytes(pcm: &[i16]) -> Vec<u8> {
    pcm.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// Whole samples of pieces of bytes; a service may cut a sample in half.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    half: Option<u8>,
}

impl Samples {
    /// The samples that are whole by now.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<i16> {
        let mut pcm = Vec::with_capacity(bytes.len() / 2 + 1);
        for &byte in bytes {
            match self.half.take() {
                Some(low) => pcm.push(i16::from_le_bytes([low, byte])),
                None => self.half = Some(byte),
            }
        }
        pcm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_survive_however_they_are_cut() {
        let pcm = [1, -2, 300, i16::MIN];
        let bytes = bytes(&pcm);
        let mut samples = Samples::default();
        let mut back = samples.push(&bytes[..3]);
        back.extend(samples.push(&[]));
        back.extend(samples.push(&bytes[3..]));
        assert_eq!(back, pcm);
    }
}
