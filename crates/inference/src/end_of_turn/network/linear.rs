//! A layer of weights: bytes in, real numbers out.

use rten_gemm::PackedBMatrix;
use rten_tensor::{Layout, Matrix};

use super::product::{Product, Right};
use super::scale::Scale;

/// Weights with what belongs to them. A number is the sum of products, plus `before`; then a byte holds it, and
/// `after` is added to what remains.
pub(super) struct Linear {
    pub(super) weights: PackedBMatrix<i8>,
    pub(super) input: Scale,
    /// What a unit of a column's sum is worth.
    pub(super) steps: Vec<f32>,
    /// The byte in between.
    pub(super) output: Scale,
    pub(super) before: Vec<f32>,
    pub(super) after: Vec<f32>,
}

impl Linear {
    /// The same with a bias that is added at once.
    pub(super) fn biased(mut self, bias: Vec<f32>) -> Self {
        self.before = bias;
        self
    }

    /// The same with a bias that is added to what the byte held.
    pub(super) fn biased_after(mut self, bias: Vec<f32>) -> Self {
        self.after = bias;
        self
    }

    /// Numbers of each row.
    pub(super) fn columns(&self) -> usize {
        self.steps.len()
    }

    /// Works rows of bytes off into rows of numbers. `sums` is scratch space.
    pub(super) fn run(
        &self,
        product: &mut Product,
        rows: Matrix<u8>,
        sums: &mut Vec<i32>,
        out: &mut [f32],
    ) -> Result<(), String> {
        sums.resize(rows.size(0) * self.columns(), 0);
        product.of((rows, self.input.zero), Right::Weights(&self.weights), sums)?;
        for (out, sums) in out.chunks_mut(self.columns()).zip(sums.chunks(self.columns())) {
            let columns = out.iter_mut().zip(sums).zip(&self.steps);
            for ((out, sum), step) in columns {
                *out = *sum as f32 * step;
            }
            add(out, &self.before);
            let steps = 1.0 / self.output.step;
            for out in out.iter_mut() {
                *out = self.output.held(*out * steps);
            }
            add(out, &self.after);
        }
        Ok(())
    }
}

fn add(out: &mut [f32], bias: &[f32]) {
    for (out, bias) in out.iter_mut().zip(bias) {
        *out += bias;
    }
}
