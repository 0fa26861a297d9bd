//! Bytes of tokens to text, holding back what is not a whole character yet.

/// Longest encoding of a character, bytes; more held back than this is no character.
const CHARACTER_BYTES_MAX: usize = 4;

/// Joins the bytes of consecutive tokens into valid text.
#[derive(Debug, Default)]
pub(super) struct TextStream {
    held: Vec<u8>,
}

impl TextStream {
    /// Adds the bytes of a token and returns the text that is complete now, possibly none.
    /// Bytes that can't become a character turn into U+FFFD.
    pub(super) fn push(&mut self, bytes: &[u8]) -> String {
        self.held.extend_from_slice(bytes);
        let mut text = String::new();
        let mut rest = self.held.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(valid) => {
                    text.push_str(valid);
                    rest = &[];
                    break;
                }
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    text.push_str(&String::from_utf8_lossy(valid));
                    rest = after;
                    match error.error_len() {
                        Some(length) => {
                            text.push(char::REPLACEMENT_CHARACTER);
                            rest = rest.get(length..).unwrap_or_default();
                        }
                        None => break,
                    }
                }
            }
        }
        debug_assert!(rest.len() < CHARACTER_BYTES_MAX);
        self.held = rest.to_vec();
        text
    }
}

#[cfg(test)]
mod tests {
    use super::TextStream;

    #[test]
    fn plain_text_passes_at_once() {
        assert_eq!(TextStream::default().push(b"hello"), "hello");
    }

    #[test]
    fn a_character_in_two_tokens_waits_for_its_end() {
        let mut stream = TextStream::default();
        assert_eq!(stream.push(&[b'a', 0xf0, 0x9f]), "a");
        assert_eq!(stream.push(&[0x98]), "");
        assert_eq!(stream.push(&[0x80, b'b']), "😀b");
    }

    #[test]
    fn bytes_that_never_make_a_character_are_replaced() {
        let mut stream = TextStream::default();
        assert_eq!(stream.push(&[0xc3]), "");
        assert_eq!(stream.push(b"x"), "\u{fffd}x");
        assert_eq!(stream.push(&[0xff, b'y']), "\u{fffd}y");
    }
}
