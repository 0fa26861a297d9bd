//! Real numbers in a byte, as ONNX's `QuantizeLinear` and `DequantizeLinear` define it.

/// Adding and taking it away again rounds a number below 2²² to the nearest integer, ties to even, and leaves
/// that integer in the lowest bits in between.
const ROUNDER: f32 = 12_582_912.0;

/// A byte `q` stands for `(q - zero) * step`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub(super) step: f32,
    pub(super) zero: u8,
}

impl Scale {
    /// The bytes that are nearest to these numbers times `factor`.
    #[inline]
    pub(super) fn bytes(self, numbers: &[f32], factor: f32) -> impl Iterator<Item = u8> {
        let zero = f32::from(self.zero);
        let factor = factor / self.step;
        numbers.iter().map(move |number| nearest(number * factor, zero))
    }

    /// Writes [`Self::bytes`] down.
    pub(super) fn write(self, numbers: &[f32], factor: f32, out: &mut [u8]) {
        for (out, byte) in out.iter_mut().zip(self.bytes(numbers, factor)) {
            *out = byte;
        }
    }

    /// The number that a byte stands for.
    #[inline]
    pub(super) fn value(self, byte: u8) -> f32 {
        (f32::from(byte) - f32::from(self.zero)) * self.step
    }

    /// What remains of a number, counted in steps, once a byte has held it.
    #[inline]
    pub(super) fn held(self, steps: f32) -> f32 {
        let zero = f32::from(self.zero);
        (steps.clamp(-zero, 255.0 - zero) + ROUNDER - ROUNDER) * self.step
    }
}

/// The byte for a number that is counted in steps.
#[inline]
pub(super) fn nearest(steps: f32, zero: f32) -> u8 {
    // The zero is added after rounding, since half a step may lie on either side of it.
    let steps = steps.clamp(-zero, 255.0 - zero);
    ((steps + ROUNDER) + zero).to_bits() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_the_nearest_byte_and_stay_within() {
        let scale = Scale { step: 0.5, zero: 100 };
        let mut bytes = [0; 7];
        scale.write(&[0.0, 0.5, 0.74, 0.75, 1.25, -1000.0, 1000.0], 1.0, &mut bytes);
        assert_eq!(bytes, [100, 101, 101, 102, 102, 0, 255]);
        assert_eq!(scale.value(103), 1.5);
        assert_eq!(scale.held(2.5), 1.0);
        assert_eq!(scale.held(1e9), 77.5);
    }
}
