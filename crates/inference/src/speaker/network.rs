//! The network: three recurrent layers over a stretch; what the last one holds at the end becomes a direction.

use std::path::Path;

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::rnn::{LSTM, LSTMConfig, RNN, lstm};
use candle_nn::{Linear, Module, VarBuilder, linear};

use super::checkpoint;
use super::stretches::{FRAMES, MELS};

/// Recurrent layers.
const LAYERS: usize = 3;
/// Numbers that a layer holds.
const HIDDEN: usize = 256;
/// Numbers of an embedding.
const EMBEDDING: usize = 256;
/// What the checkpoint calls the network's weights; beside them it has what training needs.
const WEIGHTS: &str = "model_state";

pub(super) struct Network {
    layers: Vec<LSTM>,
    last: Linear,
}

impl Network {
    pub(super) fn read(file: &Path) -> std::result::Result<Self, String> {
        let tensors = checkpoint::read(file, WEIGHTS)?;
        let weights = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
        Self::of(&weights).map_err(|error| error.to_string())
    }

    fn of(weights: &VarBuilder<'_>) -> Result<Self> {
        let layer = |layer_idx: usize| {
            let config = LSTMConfig {
                layer_idx,
                ..LSTMConfig::default()
            };
            let inputs = if layer_idx == 0 { MELS } else { HIDDEN };
            lstm(inputs, HIDDEN, config, weights.pp("lstm"))
        };
        Ok(Self {
            layers: (0..LAYERS).map(layer).collect::<Result<_>>()?,
            last: linear(HIDDEN, EMBEDDING, weights.pp("linear"))?,
        })
    }

    /// What is made of each stretch: numbers whose direction counts.
    pub(super) fn heard(&self, stretches: Vec<Vec<f32>>) -> std::result::Result<Vec<Vec<f32>>, String> {
        self.run(stretches).map_err(|error| error.to_string())
    }

    fn run(&self, stretches: Vec<Vec<f32>>) -> Result<Vec<Vec<f32>>> {
        let shape = (stretches.len(), FRAMES, MELS);
        let mut heard = Tensor::from_vec(stretches.concat(), shape, &Device::Cpu)?;
        for layer in &self.layers {
            heard = layer.states_to_tensor(&layer.seq(&heard)?)?;
        }
        let end = heard.narrow(1, FRAMES - 1, 1)?.squeeze(1)?;
        self.last.forward(&end)?.relu()?.to_vec2()
    }
}
