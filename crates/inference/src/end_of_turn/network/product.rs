//! Products of byte matrices, exact on every processor.

use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix, QuantParams};
use rten_tensor::{Layout, Matrix, NdTensorView};

/// A right factor.
#[derive(Clone, Copy)]
pub(super) enum Right<'a> {
    /// Weights, whose zero is 0.
    Weights(&'a PackedBMatrix<i8>),
    /// Bytes and what counts as zero among them.
    Bytes(Matrix<'a, i8>, i8),
}

/// Multiplies unsigned by signed bytes and sums up in 32 bits.
pub(super) struct Product {
    /// Whether a factor is split into its upper seven bits and its lowest one. Processors without a dot product
    /// of bytes add pairs of products in 16 bits, which overflow from 7 × 8 bits on.
    splits: bool,
    left_zeros: Vec<u8>,
    right_zeros: Vec<i8>,
    upper: Vec<u8>,
    lowest: Vec<u8>,
    sums: Vec<i32>,
}

impl Product {
    pub(super) fn new() -> Self {
        Self {
            splits: executor().may_saturate(),
            left_zeros: Vec::new(),
            right_zeros: Vec::new(),
            upper: Vec::new(),
            lowest: Vec::new(),
            sums: Vec::new(),
        }
    }

    /// Weights in the order in which they are multiplied.
    pub(super) fn pack(&self, right: Matrix<i8>) -> PackedBMatrix<i8> {
        executor().prepack_b(right)
    }

    /// `(left - left_zero) · (right - right_zero)`, row by row.
    pub(super) fn of(
        &mut self,
        (left, left_zero): (Matrix<u8>, u8),
        right: Right,
        out: &mut [i32],
    ) -> Result<(), String> {
        // Packed weights bring their zero along.
        let (right, right_zero) = match right {
            Right::Weights(weights) => (GemmInputB::Packed(weights), 0),
            Right::Bytes(bytes, zero) => (GemmInputB::Unpacked(bytes), zero),
        };
        self.right_zeros.clear();
        self.right_zeros.resize(right.cols(), right_zero);
        if !self.splits {
            return self.sum((left, left_zero), right, out);
        }
        let shape = [left.size(0), left.size(1)];
        let (mut upper, mut lowest) = (std::mem::take(&mut self.upper), std::mem::take(&mut self.lowest));
        upper.clear();
        upper.extend(left.iter().map(|byte| byte >> 1));
        lowest.clear();
        lowest.extend(left.iter().map(|byte| byte & 1));
        let mut sums = std::mem::take(&mut self.sums);
        sums.clear();
        sums.resize(out.len(), 0);
        let done = self
            .sum(
                (NdTensorView::from_data(shape, &upper[..]), left_zero >> 1),
                right,
                &mut sums,
            )
            .and_then(|()| {
                self.sum(
                    (NdTensorView::from_data(shape, &lowest[..]), left_zero & 1),
                    right,
                    out,
                )
            });
        for (out, upper) in out.iter_mut().zip(&sums) {
            *out += 2 * upper;
        }
        (self.upper, self.lowest, self.sums) = (upper, lowest, sums);
        done
    }

    fn sum(
        &mut self,
        (left, left_zero): (Matrix<u8>, u8),
        right: GemmInputB<i8>,
        out: &mut [i32],
    ) -> Result<(), String> {
        self.left_zeros.clear();
        self.left_zeros.resize(left.size(0), left_zero);
        let options = GemmOptions {
            a_quant: Some(QuantParams {
                zero_point: &self.left_zeros,
            }),
            b_quant: Some(QuantParams {
                zero_point: &self.right_zeros,
            }),
            ..GemmOptions::default()
        };
        let done = executor().gemm(out, GemmInputA::Unpacked(left), right, options);
        done.map_err(|error| format!("multiply: {error:?}"))
    }
}

/// What the processor does best. It belongs to the thread that asks, and takes no time to find.
fn executor() -> GemmExecutor<u8, i8, i32> {
    GemmExecutor::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_exact_whole_and_split() {
        let (rows, inner, columns) = (7, 51, 13);
        let left: Vec<u8> = (0..rows * inner).map(|at| (at * 89 % 256) as u8).collect();
        let right: Vec<i8> = (0..inner * columns)
            .map(|at| (at * 151 % 255) as u8 as i8)
            .collect();
        let (left_zero, right_zero) = (131, -3);
        let expected = |right_zero: i8| -> Vec<i32> {
            let places = (0..rows * columns).map(|at| (at / columns, at % columns));
            let product = |(row, column): (usize, usize)| {
                let term = |k: usize| {
                    (i32::from(left[row * inner + k]) - i32::from(left_zero))
                        * (i32::from(right[k * columns + column]) - i32::from(right_zero))
                };
                (0..inner).map(term).sum()
            };
            places.map(product).collect()
        };
        let left_view = NdTensorView::from_data([rows, inner], &left[..]);
        let right_view = NdTensorView::from_data([inner, columns], &right[..]);
        for splits in [true, false] {
            let mut product = Product::new();
            product.splits |= splits;
            let packed = product.pack(right_view);
            let mut out = vec![0; rows * columns];
            for (right, zero) in [
                (Right::Weights(&packed), 0),
                (Right::Bytes(right_view, right_zero), right_zero),
            ] {
                let done = product.of((left_view, left_zero), right, &mut out);
                assert_eq!((done, &out), (Ok(()), &expected(zero)), "split: {splits}");
            }
        }
    }
}
