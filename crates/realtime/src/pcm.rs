//! PCM as both protocols carry it: 16 bit, little endian, in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// For the wire.
pub(crate) fn encode(pcm: &[i16]) -> String {
    let bytes: Vec<u8> = pcm.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    STANDARD.encode(bytes)
}

/// From the wire; an odd byte at the end is dropped.
pub(crate) fn decode(text: &str) -> Option<Vec<i16>> {
    let bytes = STANDARD.decode(text).ok()?;
    let (pairs, _) = bytes.as_chunks::<2>();
    Some(pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        let pcm = [0, 1, -1, i16::MIN, i16::MAX];
        assert_eq!(decode(&encode(&pcm)).as_deref(), Some(&pcm[..]));
        assert_eq!(encode(&[1, -2]), "AQD+/w==");
        assert_eq!(decode("AQD+"), Some(vec![1]));
        assert_eq!(decode("not base64"), None);
    }
}
