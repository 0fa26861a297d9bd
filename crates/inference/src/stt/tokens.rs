//! Moonshine's vocabulary: from token ids to text.
//!
//! The file is the tokens in order of their ids, each preceded by its length in bytes: one byte below 128, or
//! two, the first of which holds the low 7 bits plus 128 and the second the rest. A length of 0 is an id
//! without text. `▁` stands for a space. Tokens may be parts of a character, so bytes are joined first.

/// Token ids' texts.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    bytes: Vec<u8>,
    /// Where each token lies in `bytes`.
    spans: Vec<(usize, usize)>,
}

impl Vocabulary {
    /// Reads the vocabulary file; the error says what is wrong with it.
    pub(crate) fn parse(bytes: Vec<u8>) -> Result<Self, String> {
        let mut spans = Vec::new();
        let mut at = 0;
        while let Some(&first) = bytes.get(at) {
            at += 1;
            let mut len = usize::from(first);
            if first >= 128 {
                let second = *bytes.get(at).ok_or("the vocabulary ends within a length")?;
                at += 1;
                len = usize::from(second) * 128 + usize::from(first) - 128;
            }
            if at + len > bytes.len() {
                return Err(format!("token {} of the vocabulary is cut off", spans.len()));
            }
            spans.push((at, at + len));
            at += len;
        }
        Ok(Self { bytes, spans })
    }

    /// Number of tokens.
    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// The text of tokens; control tokens (`<s>`, `<<ST_1>>`) and unknown ids have none.
    pub(crate) fn text(&self, ids: &[u32]) -> String {
        let joined: Vec<u8> = ids.iter().flat_map(|id| self.piece(*id)).copied().collect();
        String::from_utf8_lossy(&joined)
            .replace('▁', " ")
            .trim()
            .to_owned()
    }

    fn piece(&self, id: u32) -> &[u8] {
        let span = usize::try_from(id).ok().and_then(|id| self.spans.get(id));
        let piece = span
            .and_then(|&(from, to)| self.bytes.get(from..to))
            .unwrap_or_default();
        let is_control = piece.len() > 2 && piece.starts_with(b"<") && piece.ends_with(b">");
        if is_control { &[] } else { piece }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn vocabulary() -> Vocabulary {
        let mut file = Vec::new();
        for token in ["</s>", "▁Hel", "lo", "▁you", ""] {
            file.push(u8::try_from(token.len()).unwrap());
            file.extend(token.as_bytes());
        }
        file.extend([1, 0xC3, 1, 0xA9]);
        file.extend([0x80 | 2, 1]);
        file.extend([b'x'; 130]);
        Vocabulary::parse(file).unwrap()
    }

    #[test]
    fn tokens_join_to_text() {
        assert_eq!(vocabulary().text(&[1, 2, 3, 4, 0]), "Hello you");
    }

    #[test]
    fn a_character_may_lie_in_two_tokens() {
        assert_eq!(vocabulary().text(&[5, 6]), "é");
    }

    #[test]
    fn a_long_token_has_two_bytes_of_length() {
        assert_eq!(vocabulary().len(), 8);
        assert_eq!(vocabulary().text(&[7]), "x".repeat(130));
    }

    #[test]
    fn ids_that_are_not_there_have_no_text() {
        assert_eq!(vocabulary().text(&[99, u32::MAX]), "");
    }

    #[test]
    fn a_truncated_file_is_refused() {
        assert!(Vocabulary::parse(vec![5, b'a']).unwrap_err().contains("cut off"));
        assert!(Vocabulary::parse(vec![200]).is_err());
    }
}
