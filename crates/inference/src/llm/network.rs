//! The whole network: tokens in, scores of the next token out.

use std::sync::atomic::{AtomicBool, Ordering};

use candle_core::quantized::gguf_file::Content;
use candle_core::{Device, Tensor};
use candle_nn::ops::rms_norm;

use super::config::Config;
use super::error::LlmError;
use super::kv_cache::KvCache;
use super::layer::{Layer, Place};
use super::linear::Linear;
use super::weights::Weights;

/// Weights of a Qwen2 network.
pub(super) struct Network {
    config: Config,
    embedding: Linear,
    /// None where the embedding serves as the output matrix too.
    output: Option<Linear>,
    layers: Vec<Layer>,
    norm: Tensor,
    cos: Tensor,
    sin: Tensor,
}

impl Network {
    /// Reads all weights. `context_tokens` bounds every sequence.
    pub(super) fn load<R: std::io::Read + std::io::Seek>(
        content: &Content,
        reader: &mut R,
        context_tokens: usize,
    ) -> Result<Self, LlmError> {
        let config = Config::read(content)?;
        let mut weights = Weights::new(content, reader);
        let layers = (0..config.layers)
            .map(|index| Layer::load(&mut weights, &config, index))
            .collect::<Result<Vec<_>, _>>()?;
        let embedding = Linear::new(weights.rows("token_embd.weight")?, None)?;
        let output = if weights.contains("output.weight") {
            Some(Linear::new(weights.rows("output.weight")?, None)?)
        } else {
            None
        };
        let norm = weights.vector("output_norm.weight")?;
        let (cos, sin) = rotary(&config, context_tokens)?;
        Ok(Self {
            config,
            embedding,
            output,
            layers,
            norm,
            cos,
            sin,
        })
    }

    /// The dimensions.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// Appends `tokens` (at least one) at `position` of the cached sequence and returns the last
    /// one's state `(1, hidden)` for [`Self::score`], or none when `cancelled` was set. It is looked
    /// at before each layer; the cache up to `position` stays valid.
    pub(super) fn extend(
        &self,
        tokens: &[u32],
        position: usize,
        cache: &mut KvCache,
        cancelled: &AtomicBool,
    ) -> candle_core::Result<Option<Tensor>> {
        let count = tokens.len();
        let place = Place {
            position,
            cos: self.cos.narrow(0, position, count)?,
            sin: self.sin.narrow(0, position, count)?,
            mask: causal_mask(count, position)?,
        };
        let mut stream = self.embedding.embed(tokens)?;
        for (layer, cache) in self.layers.iter().zip(cache.layers_mut()) {
            if cancelled.load(Ordering::Relaxed) {
                return Ok(None);
            }
            stream = layer.forward(&stream, &place, cache)?;
        }
        stream.narrow(0, count - 1, 1)?.contiguous().map(Some)
    }

    /// Scores what follows a token in state `last`: one logit a vocabulary entry.
    pub(super) fn score(&self, last: &Tensor) -> candle_core::Result<Vec<f32>> {
        let last = rms_norm(last, &self.norm, self.config.norm_epsilon)?;
        self.output
            .as_ref()
            .unwrap_or(&self.embedding)
            .forward(&last)?
            .squeeze(0)?
            .to_vec1()
    }
}

/// Cosines and sines of `position · base^(−2i / width)`, each `(context_tokens, width / 2)`
/// (rotary position embedding, Su et al. 2021, eq. 15).
fn rotary(config: &Config, context_tokens: usize) -> candle_core::Result<(Tensor, Tensor)> {
    let width = config.head_width;
    let frequencies: Vec<f32> = (0..width / 2)
        .map(|i| config.rope_base.powf(-2.0 * i as f32 / width as f32))
        .collect();
    let angles: Vec<f32> = (0..context_tokens)
        .flat_map(|position| {
            frequencies
                .iter()
                .map(move |frequency| position as f32 * frequency)
        })
        .collect();
    let angles = Tensor::from_vec(angles, (context_tokens, width / 2), &Device::Cpu)?;
    Ok((angles.cos()?, angles.sin()?))
}

fn causal_mask(tokens: usize, position: usize) -> candle_core::Result<Option<Tensor>> {
    if tokens == 1 {
        return Ok(None);
    }
    let end = position + tokens;
    let mask: Vec<f32> = (0..tokens)
        .flat_map(|row| {
            (0..end).map(move |column| {
                if column <= position + row {
                    0.0
                } else {
                    f32::NEG_INFINITY
                }
            })
        })
        .collect();
    Tensor::from_vec(mask, (tokens, end), &Device::Cpu).map(Some)
}
