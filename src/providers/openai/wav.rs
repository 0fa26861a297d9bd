//! A WAV file in memory.

/// Bytes before the samples: RIFF, a 16-byte `fmt ` chunk and the head of the `data` chunk.
const HEADER_BYTES: u32 = 44;

/// 16-bit mono PCM as a canonical WAV file.
pub(super) fn mono(pcm: &[i16], rate_hz: u32) -> Vec<u8> {
    // A length that overflows is years of speech; readers go by the file's size then.
    let data_bytes = u32::try_from(pcm.len() * 2).unwrap_or(u32::MAX - HEADER_BYTES);
    let mut file = Vec::with_capacity(HEADER_BYTES as usize + pcm.len() * 2);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(data_bytes + HEADER_BYTES - 8).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&rate_hz.to_le_bytes());
    file.extend_from_slice(&(rate_hz * 2).to_le_bytes());
    file.extend_from_slice(&2_u16.to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&data_bytes.to_le_bytes());
    file.extend(pcm.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_tells_rate_and_length() {
        let file = mono(&[1, -1], 16_000);
        assert_eq!(file.len(), 48);
        assert_eq!(file.get(24..28), Some(&16_000_u32.to_le_bytes()[..]));
        assert_eq!(file.get(40..48), Some(&[4, 0, 0, 0, 1, 0, 255, 255][..]));
    }
}
