//! Keys and values of one sequence.

use candle_core::{DType, Device, Tensor};

use super::config::Config;

/// The cache grows by this many tokens at a time, so that a token rarely copies what is there.
const GROWTH_TOKENS: usize = 256;

/// Keys and values of all layers for one sequence of tokens.
pub(super) struct KvCache {
    layers: Vec<LayerCache>,
}

impl KvCache {
    /// An empty cache; it holds no memory yet.
    pub(super) fn new(config: &Config) -> Self {
        let layers = (0..config.layers)
            .map(|_| LayerCache {
                buffers: None,
                config: config.clone(),
            })
            .collect();
        Self { layers }
    }

    /// Takes over the first `tokens` of another sequence in place of what is here.
    pub(super) fn copy(&mut self, other: &Self, tokens: usize) -> candle_core::Result<()> {
        for (to, from) in self.layers.iter_mut().zip(&other.layers) {
            let Some((keys, values)) = &from.buffers else {
                continue;
            };
            let (keys, values) = (keys.narrow(1, 0, tokens)?, values.narrow(1, 0, tokens)?);
            to.write(0, &keys.contiguous()?, &values.contiguous()?)?;
        }
        Ok(())
    }

    /// One cache a layer, in order.
    pub(super) fn layers_mut(&mut self) -> impl Iterator<Item = &mut LayerCache> {
        self.layers.iter_mut()
    }
}

/// Keys and values of one layer, each `(kv_heads, capacity, head_width)`.
pub(super) struct LayerCache {
    buffers: Option<(Tensor, Tensor)>,
    config: Config,
}

impl LayerCache {
    /// Writes keys and values `(kv_heads, tokens, head_width)` from `position` on and returns all
    /// up to their end, as views. What lay behind `position` before is void.
    pub(super) fn write(
        &mut self,
        position: usize,
        keys: &Tensor,
        values: &Tensor,
    ) -> candle_core::Result<(Tensor, Tensor)> {
        let end = position + keys.dim(1)?;
        let (all_keys, all_values) = self.reserve(position, end)?;
        all_keys.slice_set(keys, 1, position)?;
        all_values.slice_set(values, 1, position)?;
        Ok((all_keys.narrow(1, 0, end)?, all_values.narrow(1, 0, end)?))
    }

    fn reserve(&mut self, kept: usize, needed: usize) -> candle_core::Result<(Tensor, Tensor)> {
        if let Some((keys, values)) = &self.buffers
            && keys.dim(1)? >= needed
        {
            return Ok((keys.clone(), values.clone()));
        }
        let capacity = needed.next_multiple_of(GROWTH_TOKENS);
        let shape = (self.config.kv_heads, capacity, self.config.head_width);
        let keys = Tensor::zeros(shape, DType::F32, &Device::Cpu)?;
        let values = Tensor::zeros(shape, DType::F32, &Device::Cpu)?;
        if let Some((old_keys, old_values)) = &self.buffers
            && kept > 0
        {
            keys.slice_set(&old_keys.narrow(1, 0, kept)?.contiguous()?, 1, 0)?;
            values.slice_set(&old_values.narrow(1, 0, kept)?.contiguous()?, 1, 0)?;
        }
        self.buffers = Some((keys.clone(), values.clone()));
        Ok((keys, values))
    }
}
