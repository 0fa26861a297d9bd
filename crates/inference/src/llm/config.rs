//! The model's dimensions, read from GGUF metadata.

use candle_core::quantized::gguf_file::{Content, Value};

use super::error::LlmError;

/// The one architecture whose forward pass [`super::network`] holds: Qwen2 and Qwen2.5 of any size.
const ARCHITECTURE: &str = "qwen2";

/// Dimensions of a Qwen2 network.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Config {
    /// Number of transformer layers.
    pub(super) layers: usize,
    /// Width of the residual stream.
    pub(super) hidden: usize,
    /// Query heads.
    pub(super) heads: usize,
    /// Key and value heads; each serves `heads / kv_heads` query heads.
    pub(super) kv_heads: usize,
    /// Width of one head.
    pub(super) head_width: usize,
    /// Epsilon of the root mean square norm.
    pub(super) norm_epsilon: f32,
    /// Base of the rotary embedding's frequencies.
    pub(super) rope_base: f32,
    /// Longest sequence the model was trained for, tokens.
    pub(super) context_tokens: usize,
}

impl Config {
    /// Reads and checks the dimensions.
    pub(super) fn read(content: &Content) -> Result<Self, LlmError> {
        let architecture = value(content, "general.architecture")?
            .to_string()
            .map_err(|error| LlmError::format("general.architecture", error))?;
        if architecture != ARCHITECTURE {
            return Err(LlmError::format(
                "general.architecture",
                format!("only {ARCHITECTURE} is supported, this is {architecture}"),
            ));
        }
        let hidden = count(content, "qwen2.embedding_length")?;
        let heads = count(content, "qwen2.attention.head_count")?;
        let kv_heads = count(content, "qwen2.attention.head_count_kv")?;
        if hidden % heads != 0 || heads % kv_heads != 0 || (hidden / heads) % 2 != 0 {
            return Err(LlmError::format(
                "qwen2.attention.head_count",
                format!("{heads} heads and {kv_heads} key heads don't divide a width of {hidden}"),
            ));
        }
        Ok(Self {
            layers: count(content, "qwen2.block_count")?,
            hidden,
            heads,
            kv_heads,
            head_width: hidden / heads,
            norm_epsilon: real(content, "qwen2.attention.layer_norm_rms_epsilon")?,
            rope_base: real(content, "qwen2.rope.freq_base").unwrap_or(10_000.0),
            context_tokens: count(content, "qwen2.context_length")?,
        })
    }
}

fn value<'a>(content: &'a Content, key: &str) -> Result<&'a Value, LlmError> {
    content
        .metadata
        .get(key)
        .ok_or_else(|| LlmError::format(key, "it is missing"))
}

fn count(content: &Content, key: &str) -> Result<usize, LlmError> {
    let count = value(content, key)?
        .to_u32()
        .map_err(|error| LlmError::format(key, error))?;
    if count == 0 {
        return Err(LlmError::format(key, "it is zero"));
    }
    Ok(count as usize)
}

fn real(content: &Content, key: &str) -> Result<f32, LlmError> {
    value(content, key)?
        .to_f32()
        .map_err(|error| LlmError::format(key, error))
}
