//! One transformer layer of Qwen2: grouped-query attention and a gated feed-forward network.

use candle_core::{D, Tensor};
use candle_nn::ops::{rms_norm, softmax_last_dim};
use candle_nn::rotary_emb::rope;

use super::config::Config;
use super::error::LlmError;
use super::kv_cache::LayerCache;
use super::linear::{Linear, Rows};
use super::weights::Weights;

/// What all layers need to know about where in the sequence they are.
pub(super) struct Place {
    /// Position of the first token of the chunk.
    pub(super) position: usize,
    /// Cosines of the rotary embedding, `(tokens, head_width / 2)`.
    pub(super) cos: Tensor,
    /// Sines of the rotary embedding, `(tokens, head_width / 2)`.
    pub(super) sin: Tensor,
    /// `(tokens, position + tokens)`, 0 or −∞; none for a single token, which sees everything.
    pub(super) mask: Option<Tensor>,
}

/// The weights of one layer.
pub(super) struct Layer {
    config: Config,
    attention_norm: Tensor,
    query_key_value: Linear,
    attention_output: Linear,
    feed_forward_norm: Tensor,
    gate_up: Linear,
    down: Linear,
}

impl Layer {
    /// Reads layer `index`.
    pub(super) fn load<R: std::io::Read + std::io::Seek>(
        weights: &mut Weights<'_, R>,
        config: &Config,
        index: usize,
    ) -> Result<Self, LlmError> {
        let name = |part: &str| format!("blk.{index}.{part}");
        let mut stacked = |parts: &[&str]| -> Result<Rows, LlmError> {
            let rows = parts
                .iter()
                .map(|part| weights.rows(&name(part)))
                .collect::<Result<Vec<_>, _>>()?;
            Rows::stack(&name("*"), rows)
        };
        let query_key_value = stacked(&["attn_q.weight", "attn_k.weight", "attn_v.weight"])?;
        let gate_up = stacked(&["ffn_gate.weight", "ffn_up.weight"])?;
        let attention_output = stacked(&["attn_output.weight"])?;
        let down = stacked(&["ffn_down.weight"])?;
        let biases = ["attn_q.bias", "attn_k.bias", "attn_v.bias"]
            .iter()
            .map(|part| weights.vector(&name(part)))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            config: config.clone(),
            attention_norm: weights.vector(&name("attn_norm.weight"))?,
            query_key_value: Linear::new(query_key_value, Some(Tensor::cat(&biases, 0)?))?,
            attention_output: Linear::new(attention_output, None)?,
            feed_forward_norm: weights.vector(&name("ffn_norm.weight"))?,
            gate_up: Linear::new(gate_up, None)?,
            down: Linear::new(down, None)?,
        })
    }

    /// Maps the residual stream `(tokens, hidden)` through the layer.
    pub(super) fn forward(
        &self,
        stream: &Tensor,
        place: &Place,
        cache: &mut LayerCache,
    ) -> candle_core::Result<Tensor> {
        let normed = rms_norm(stream, &self.attention_norm, self.config.norm_epsilon)?;
        let stream = (stream + self.attend(&normed, place, cache)?)?;
        let normed = rms_norm(&stream, &self.feed_forward_norm, self.config.norm_epsilon)?;
        let gate_up = self.gate_up.forward(&normed)?;
        let width = gate_up.dim(D::Minus1)? / 2;
        let gate = gate_up.narrow(D::Minus1, 0, width)?.silu()?;
        let up = gate_up.narrow(D::Minus1, width, width)?;
        stream + self.down.forward(&(gate * up)?)?
    }

    fn attend(&self, normed: &Tensor, place: &Place, cache: &mut LayerCache) -> candle_core::Result<Tensor> {
        let Config {
            heads,
            kv_heads,
            head_width,
            hidden,
            ..
        } = self.config;
        let tokens = normed.dim(0)?;
        let all = self.query_key_value.forward(normed)?;
        let split = |offset: usize, count: usize| {
            all.narrow(1, offset, count * head_width)?
                .reshape((tokens, count, head_width))?
                .transpose(0, 1)?
                .contiguous()
        };
        let turn = |heads: &Tensor| rope(&heads.unsqueeze(0)?, &place.cos, &place.sin)?.squeeze(0);
        let queries = turn(&split(0, heads)?)?;
        let keys = turn(&split(hidden, kv_heads)?)?;
        let values = split(hidden + kv_heads * head_width, kv_heads)?;
        let (keys, values) = cache.write(place.position, &keys, &values)?;

        // The query heads of one key head are consecutive, so they stack into one product.
        let group = heads / kv_heads;
        let queries = queries.reshape((kv_heads, group * tokens, head_width))?;
        let scores = (queries.matmul(&keys.t()?)? / (head_width as f64).sqrt())?;
        let scores = match &place.mask {
            Some(mask) => {
                let shape = scores.dims3()?;
                scores
                    .reshape((heads, tokens, shape.2))?
                    .broadcast_add(mask)?
                    .reshape(shape)?
            }
            None => scores,
        };
        let mixed = softmax_last_dim(&scores)?.matmul(&values)?;
        let mixed = mixed
            .reshape((heads, tokens, head_width))?
            .transpose(0, 1)?
            .reshape((tokens, hidden))?;
        self.attention_output.forward(&mixed)
    }
}
