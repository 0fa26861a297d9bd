//! Layer normalisation.

use super::lanes::sum;

/// Added to the variance.
const EPSILON: f32 = 1e-5;
/// Brings rows to zero mean and unit variance, then stretches and shifts each column.
pub(super) struct Norm {
    pub(super) weight: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

impl Norm {
    /// Normalises one row.
    pub(super) fn write(&self, row: &[f32], out: &mut [f32]) {
        let count = row.len() as f32;
        let mean = sum(row, |number| number) / count;
        let variance = sum(row, |number| (number - mean) * (number - mean)) / count;
        let factor = 1.0 / (variance + EPSILON).sqrt();
        let columns = out.iter_mut().zip(row).zip(self.weight.iter().zip(&self.bias));
        for ((out, number), (weight, bias)) in columns {
            *out = (number - mean) * factor * weight + bias;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_zero_mean_and_unit_variance() {
        let row: Vec<f32> = (0..19).map(|at| (at * at % 7) as f32).collect();
        let mut out = vec![0.0; 19];
        let norm = Norm {
            weight: vec![1.0; 19],
            bias: vec![0.0; 19],
        };
        norm.write(&row, &mut out);
        assert!(out.iter().sum::<f32>().abs() < 1e-5);
        assert!((out.iter().map(|number| number * number).sum::<f32>() / 19.0 - 1.0).abs() < 1e-4);
    }
}
