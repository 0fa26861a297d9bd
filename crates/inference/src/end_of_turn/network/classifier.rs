//! From the encoder's frames to one probability: frames are weighed, summed up, and judged.

use rten_simd::SimdUnaryOp;
use rten_tensor::NdTensorView;
use rten_vecmath::{Gelu, Tanh};

use super::layer::{Scratch, normalise};
use super::linear::Linear;
use super::norm::Norm;
use super::product::Product;
use super::scale::Scale;
use super::weights::Weights;
use super::{BLOCK, WIDTH};

/// Numbers in between, of the weighing and of the first judgement.
const MIDDLE: usize = 256;
/// Numbers of the second judgement.
const FEW: usize = 64;

/// Weights of the classifier.
pub(super) struct Classifier {
    last: Norm,
    look: Linear,
    weigh: Linear,
    sum: Scale,
    first: Linear,
    between: Norm,
    second: Linear,
    third: Linear,
}

impl Classifier {
    pub(super) fn read(weights: &Weights, product: &Product) -> Result<Self, String> {
        let named = |name: &str, count| weights.floats(&format!("inner.{name}"), count);
        let weigh = |name: &str, shape: [usize; 2], input: &str, output: &str| {
            let scales = [weights.scale(input)?, weights.scale(output)?];
            weights.linear(product, name, shape, scales, |row, column| {
                row * shape[1] + column
            })
        };
        // These are kept as [out, in].
        let judge = |index: usize, shape: [usize; 2], input: &str, output: &str| {
            let name = format!("inner.classifier.{index}");
            let order = |row, column| column * shape[0] + row;
            let scales = [weights.scale(input)?, weights.scale(output)?];
            let linear = weights.linear(product, &format!("{name}.weight"), shape, scales, order)?;
            let bias = weights.bias(&format!("{name}.bias"), shape[1])?;
            Ok::<_, String>(linear.biased(bias))
        };
        Ok(Self {
            last: weights.norm("inner.encoder.layer_norm", WIDTH)?,
            look: weigh("val_311", [WIDTH, MIDDLE], "layer_norm_8", "val_312")?
                .biased_after(named("pool_attention.0.bias", MIDDLE)?),
            weigh: weigh("val_313", [MIDDLE, 1], "tanh", "val_314")?
                .biased_after(named("pool_attention.2.bias", 1)?),
            sum: weights.scale("sum_1")?,
            first: judge(0, [WIDTH, MIDDLE], "sum_1", "linear_26")?,
            between: weights.norm("inner.classifier.1", MIDDLE)?,
            second: judge(4, [MIDDLE, FEW], "gelu_6", "linear_27")?,
            third: judge(6, [FEW, 1], "gelu_7", "linear_28")?,
        })
    }

    /// The probability for all frames.
    pub(super) fn run(
        &self,
        product: &mut Product,
        hidden: &[f32],
        scratch: &mut Scratch,
    ) -> Result<f32, String> {
        let Scratch {
            bytes, numbers, sums, ..
        } = scratch;
        numbers.resize(BLOCK * WIDTH, 0.0);
        bytes.resize(BLOCK * WIDTH, 0);
        let mut total = 0.0;
        let mut summed = vec![0.0; WIDTH];
        for hidden in hidden.chunks(BLOCK * WIDTH) {
            normalise(&self.last, hidden, numbers);
            let seen = self.look.input;
            seen.write(&numbers[..BLOCK * WIDTH], 1.0, bytes);
            let frames = bytes[..BLOCK * WIDTH].to_vec();
            let rows = NdTensorView::from_data([BLOCK, WIDTH], &frames[..]);
            let looks = &mut numbers[..BLOCK * MIDDLE];
            self.look.run(product, rows, sums, looks)?;
            Tanh {}.map_mut(looks);
            self.weigh.input.write(looks, 1.0, bytes);
            let rows = NdTensorView::from_data([BLOCK, MIDDLE], &bytes[..BLOCK * MIDDLE]);
            let mut weights = [0.0; BLOCK];
            self.weigh.run(product, rows, sums, &mut weights)?;
            for (frame, weight) in frames.chunks(WIDTH).zip(weights) {
                // What a byte may hold here is far from what would overflow.
                let share = weight.exp();
                total += share;
                for (sum, byte) in summed.iter_mut().zip(frame) {
                    *sum += share * seen.value(*byte);
                }
            }
        }
        bytes.resize(WIDTH, 0);
        self.sum.write(&summed, 1.0 / total, bytes);
        let mut first = [0.0; MIDDLE];
        self.first.run(
            product,
            NdTensorView::from_data([1, WIDTH], &bytes[..WIDTH]),
            sums,
            &mut first,
        )?;
        let mut even = [0.0; MIDDLE];
        self.between.write(&first, &mut even);
        Gelu {}.map_mut(&mut even);
        self.second.input.write(&even, 1.0, bytes);
        let mut second = [0.0; FEW];
        self.second.run(
            product,
            NdTensorView::from_data([1, MIDDLE], &bytes[..MIDDLE]),
            sums,
            &mut second,
        )?;
        Gelu {}.map_mut(&mut second);
        self.third.input.write(&second, 1.0, bytes);
        let mut logit = [0.0];
        self.third.run(
            product,
            NdTensorView::from_data([1, FEW], &bytes[..FEW]),
            sums,
            &mut logit,
        )?;
        Ok(1.0 / (1.0 + (-logit[0]).exp()))
    }
}
