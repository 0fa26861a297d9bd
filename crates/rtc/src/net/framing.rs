//! Cutting a stream from a TURN server into messages and channel data (RFC 8656, 12.5).

use std::io;

/// The length of a STUN header, and of channel data's.
const MESSAGE_HEADER: usize = 20;
const CHANNEL_HEADER: usize = 4;

/// What every STUN message has in its second word.
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// Bytes of a stream that are not yet a whole frame. A frame says its length in 16 bits, which bounds them.
///
/// The client of `turn-client-proto` keeps what it can't read, and waits for more; so it is given whole frames
/// alone, and a stream that holds anything else ends.
#[derive(Debug, Default)]
pub struct Frames {
    bytes: Vec<u8>,
    start: usize,
}

impl Frames {
    /// Adds what was read.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.start);
        self.start = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole frame, without what fills it up; an error when the stream holds something else.
    pub fn next_frame(&mut self) -> io::Result<Option<&[u8]>> {
        let waiting = self.bytes.get(self.start..).unwrap_or_default();
        let Some([first, _, high, low]) = waiting.first_chunk::<CHANNEL_HEADER>() else {
            return Ok(None);
        };
        let content = usize::from(u16::from_be_bytes([*high, *low]));
        let length = match first >> 6 {
            0 => MESSAGE_HEADER + content,
            1 => CHANNEL_HEADER + content,
            _ => return Err(io::ErrorKind::InvalidData.into()),
        };
        let cookie = waiting.get(4..8).filter(|_| first >> 6 == 0);
        if cookie.is_some_and(|cookie| cookie != MAGIC_COOKIE) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        // A message fills whole words by itself.
        let filled = length.next_multiple_of(4);
        if waiting.len() < filled {
            return Ok(None);
        }
        let begin = self.start;
        self.start += filled;
        Ok(self.bytes.get(begin..begin + length))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn frames_are_cut_wherever_the_stream_was() {
        let mut message = vec![0, 1, 0, 4, 0x21, 0x12, 0xa4, 0x42];
        message.resize(24, 7);
        let channel = [0x40, 0, 0, 5, 1, 2, 3, 4, 5];
        let stream: Vec<u8> = [&message[..], &channel, &[0; 3], &message, &channel, &[0; 3]].concat();
        for size in 1..stream.len() {
            let (mut frames, mut cut) = (Frames::default(), Vec::new());
            for part in stream.chunks(size) {
                frames.push(part);
                while let Some(frame) = frames.next_frame().unwrap() {
                    cut.push(frame.to_vec());
                }
            }
            assert_eq!(
                cut,
                [&message[..], &channel, &message, &channel],
                "parts of {size}"
            );
        }
    }

    #[test]
    fn what_is_no_frame_ends_the_stream() {
        let no_frames: [&[u8]; 2] = [&[0x80, 0, 0, 0], &[0, 1, 0, 4, 0x21, 0x12, 0xa4, 0x43]];
        for bytes in no_frames {
            let mut frames = Frames::default();
            frames.push(bytes);
            assert!(frames.next_frame().is_err(), "{bytes:?}");
        }
    }
}
