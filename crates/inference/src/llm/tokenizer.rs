//! Text to tokens and back, from the vocabulary inside the GGUF.

use candle_core::quantized::gguf_file::Content;
use candle_core::quantized::tokenizer::TokenizerFromGguf;
use tokenizers::Tokenizer as Bpe;

use super::error::LlmError;

/// A byte-level BPE tokenizer whose special tokens can't be written by users.
pub(super) struct Tokenizer {
    bpe: Bpe,
    /// `<|im_start|>`, opens a message.
    pub(super) message_start: u32,
    /// `<|im_end|>`, closes a message.
    pub(super) message_end: u32,
    /// End of text as the file names it.
    end_of_text: u32,
}

impl Tokenizer {
    /// Builds the tokenizer from the metadata of a GGUF file.
    pub(super) fn read(content: &Content) -> Result<Self, LlmError> {
        let mut bpe = Bpe::from_gguf(content).map_err(|error| LlmError::format("tokenizer.ggml", error))?;
        // A person who types "<|im_end|>" must not end a message: it becomes plain text.
        bpe.set_encode_special_tokens(true);
        let id = |token: &str| {
            bpe.token_to_id(token).ok_or_else(|| {
                LlmError::format(
                    "tokenizer.ggml.tokens",
                    format!("{token} is missing: no ChatML model"),
                )
            })
        };
        let (message_start, message_end) = (id("<|im_start|>")?, id("<|im_end|>")?);
        let end_of_text = content
            .metadata
            .get("tokenizer.ggml.eos_token_id")
            .and_then(|value| value.to_u32().ok())
            .unwrap_or(message_end);
        Ok(Self {
            bpe,
            message_start,
            message_end,
            end_of_text,
        })
    }

    /// Encodes plain text.
    pub(super) fn encode(&self, text: &str) -> Result<Vec<u32>, LlmError> {
        let encoding = self
            .bpe
            .encode_fast(text, false)
            .map_err(|error| LlmError::Tokenizer(error.to_string()))?;
        Ok(encoding.get_ids().to_vec())
    }

    /// The bytes a token stands for; possibly a part of a character. Special and unknown tokens have
    /// none.
    pub(super) fn bytes(&self, token: u32) -> Vec<u8> {
        if self.ends(token) || token == self.message_start {
            return Vec::new();
        }
        match self.bpe.id_to_token(token) {
            Some(text) => text.chars().filter_map(byte_of).collect(),
            None => Vec::new(),
        }
    }

    /// Whether the model says with this token that it is done.
    pub(super) fn ends(&self, token: u32) -> bool {
        token == self.message_end || token == self.end_of_text
    }
}

/// Byte-level BPE writes bytes as printable characters: most of Latin-1 as itself, the other 68
/// bytes in order from U+0100 on (the GPT-2 encoding).
fn byte_of(character: char) -> Option<u8> {
    let code = u32::from(character);
    let is_itself = |code: u32| matches!(code, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
    if is_itself(code) {
        return u8::try_from(code).ok();
    }
    let nth = usize::try_from(code.checked_sub(0x100)?).ok()?;
    (0..=u8::MAX).filter(|byte| !is_itself(u32::from(*byte))).nth(nth)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::byte_of;

    #[test]
    fn every_byte_has_one_character() {
        let mut bytes: Vec<u8> = (0..0x200)
            .filter_map(char::from_u32)
            .filter_map(byte_of)
            .collect();
        bytes.sort_unstable();
        assert_eq!(bytes, (0..=255).collect::<Vec<u8>>());
    }

    #[test]
    fn space_and_newline_are_the_known_ones() {
        assert_eq!(byte_of('Ġ').unwrap(), b' ');
        assert_eq!(byte_of('Ċ').unwrap(), b'\n');
    }
}
