//! From the spectrogram to the encoder's frames: two convolutions over time, the second one halving it.

use rten_simd::SimdUnaryOp;
use rten_tensor::{Matrix, NdTensorView};
use rten_vecmath::Gelu;

use super::layer::Scratch;
use super::linear::Linear;
use super::product::Product;
use super::scale::Scale;
use super::weights::Weights;
use super::{BLOCK, FRAMES, WIDTH};
use crate::end_of_turn::log_mel::{self, MELS};

/// Frames that a convolution sees at once: the one before, this one, the one after.
const SEEN: usize = 3;
const ENCODER: &str = "inner.encoder";

/// Weights of both.
pub(super) struct Convolutions {
    first: Linear,
    second: Linear,
    /// What the second one's numbers are added to: where in the window a frame lies.
    positions: Vec<f32>,
    /// Features as bytes, with a frame that stands for nothing at either end.
    features: Vec<u8>,
    /// What the first one gives, likewise.
    between: Vec<u8>,
}

impl Convolutions {
    pub(super) fn read(weights: &Weights, product: &Product) -> Result<Self, String> {
        // The file has them as [out, in, time]; frames lie in time, so that three of them are one row.
        let convolution = |name: &str, channels: usize, input: Scale, output: &str| {
            let order =
                |row: usize, column: usize| (column * channels + row % channels) * SEEN + row / channels;
            let whole = format!("{ENCODER}.{name}.weight");
            let linear = weights.linear(
                product,
                &whole,
                [SEEN * channels, WIDTH],
                [input, weights.scale(output)?],
                order,
            )?;
            let bias = weights.bias(&format!("{ENCODER}.{name}.bias"), WIDTH)?;
            Ok::<_, String>(linear.biased(bias))
        };
        let (features, between) = (weights.scale("input_features")?, weights.scale("gelu")?);
        Ok(Self {
            first: convolution("conv1", MELS, features, "conv1d")?,
            second: convolution("conv2", WIDTH, between, "conv1d_1")?,
            positions: weights.floats(&format!("{ENCODER}.embed_positions.weight"), FRAMES * WIDTH)?,
            features: vec![features.zero; (log_mel::FRAMES + 2) * MELS],
            between: vec![between.zero; (log_mel::FRAMES + 2) * WIDTH],
        })
    }

    /// Turns a window's features, frame by frame, into the encoder's `hidden` numbers.
    pub(super) fn run(
        &mut self,
        product: &mut Product,
        features: &[f32],
        hidden: &mut [f32],
        scratch: &mut Scratch,
    ) -> Result<(), String> {
        let Scratch { numbers, sums, .. } = scratch;
        numbers.resize(BLOCK * WIDTH, 0.0);
        self.first.input.write(features, 1.0, &mut self.features[MELS..]);
        let into = self.between[WIDTH..].chunks_mut(BLOCK * WIDTH);
        for (block, out) in into.take(log_mel::FRAMES / BLOCK).enumerate() {
            let rows = frames(&self.features, MELS, block * BLOCK, 1)?;
            self.first.run(product, rows, sums, numbers)?;
            Gelu {}.map_mut(numbers);
            self.second.input.write(numbers, 1.0, out);
        }
        let into = hidden
            .chunks_mut(BLOCK * WIDTH)
            .zip(self.positions.chunks(BLOCK * WIDTH));
        for (block, (hidden, positions)) in into.enumerate() {
            let rows = frames(&self.between, WIDTH, 2 * block * BLOCK, 2)?;
            self.second.run(product, rows, sums, hidden)?;
            Gelu {}.map_mut(hidden);
            for (hidden, position) in hidden.iter_mut().zip(positions) {
                *hidden += position;
            }
        }
        Ok(())
    }
}

/// A block of rows, each three frames of `width` bytes, `stride` frames apart.
fn frames(bytes: &[u8], width: usize, first: usize, stride: usize) -> Result<Matrix<'_, u8>, String> {
    let bytes = bytes.get(first * width..).unwrap_or_default();
    let rows = NdTensorView::from_slice_with_strides([BLOCK, SEEN * width], bytes, [stride * width, 1]);
    rows.map_err(|error| format!("look at frames: {error}"))
}
