//! Who listens to whom: each frame of a head takes from all frames what resembles it.

use rten_tensor::NdTensorView;

use super::lanes::sum;
use super::product::{Product, Right};
use super::scale::{Scale, nearest};
use super::{FRAMES, HEAD, HEADS, WIDTH};

/// Bytes of queries, keys and values, frame by frame, and room to work in.
#[derive(Default)]
pub(super) struct Room {
    pub(super) queries: Vec<u8>,
    /// Right factors are signed: what is kept here is 128 less than the byte.
    pub(super) keys: Vec<i8>,
    pub(super) values: Vec<i8>,
    shares: Vec<u8>,
    exponentials: Vec<f32>,
    sums: Vec<i32>,
}

/// The bytes that attention is worked out in.
pub(super) struct Attention {
    query: Scale,
    key: Scale,
    value: Scale,
    score: Scale,
    share: Scale,
    mix: Scale,
    /// The exponential of minus so many steps of a score.
    exponential: [f32; 256],
}

impl Attention {
    /// Scales of queries, keys, values, scores, shares and of what comes out.
    pub(super) fn new([query, key, value, score, share, mix]: [Scale; 6]) -> Self {
        Self {
            query,
            key,
            value,
            score,
            share,
            mix,
            exponential: std::array::from_fn(|steps| (-score.step * steps as f32).exp()),
        }
    }

    /// Takes queries, already multiplied by the root of their scaling.
    pub(super) fn take_queries(&self, numbers: &[f32], factor: f32, out: &mut [u8]) {
        self.query.write(numbers, factor, out);
    }

    /// Takes keys likewise.
    pub(super) fn take_keys(&self, numbers: &[f32], factor: f32, out: &mut [i8]) {
        write_signed(self.key, numbers, factor, out);
    }

    /// Takes values.
    pub(super) fn take_values(&self, numbers: &[f32], out: &mut [i8]) {
        write_signed(self.value, numbers, 1.0, out);
    }

    /// Mixes the values of all frames for each frame and head into `out`.
    pub(super) fn run(&self, product: &mut Product, room: &mut Room, out: &mut [u8]) -> Result<(), String> {
        room.sums.resize(FRAMES * FRAMES, 0);
        room.shares.resize(FRAMES * FRAMES, 0);
        room.exponentials.resize(FRAMES, 0.0);
        for head in 0..HEADS {
            let first = head * HEAD;
            let queries = of_head(&room.queries, first)?;
            let keys = of_head(&room.keys, first)?;
            let values = of_head(&room.values, first)?;
            let keys = Right::Bytes(keys.transposed(), signed(self.key.zero));
            product.of((queries, self.query.zero), keys, &mut room.sums)?;
            for (sums, shares) in room.sums.chunks(FRAMES).zip(room.shares.chunks_mut(FRAMES)) {
                self.share(sums, &mut room.exponentials, shares);
            }
            let shares = NdTensorView::from_data([FRAMES, FRAMES], &room.shares[..]);
            let values = Right::Bytes(values, signed(self.value.zero));
            let sums = &mut room.sums[..FRAMES * HEAD];
            product.of((shares, self.share.zero), values, sums)?;
            let steps = self.share.step * self.value.step / self.mix.step;
            let zero = f32::from(self.mix.zero);
            for (row, sums) in out.chunks_mut(WIDTH).zip(sums.chunks(HEAD)) {
                for (out, sum) in row.iter_mut().skip(first).zip(sums) {
                    *out = nearest(*sum as f32 * steps, zero);
                }
            }
        }
        Ok(())
    }

    /// Turns one frame's scores into shares that sum up to one.
    fn share(&self, sums: &[i32], exponentials: &mut [f32], shares: &mut [u8]) {
        let steps = self.query.step * self.key.step / self.score.step;
        let zero = f32::from(self.score.zero);
        for (score, sum) in shares.iter_mut().zip(sums) {
            *score = nearest(*sum as f32 * steps, zero);
        }
        let highest = shares.iter().copied().max().unwrap_or(0);
        for (exponential, score) in exponentials.iter_mut().zip(shares.iter()) {
            *exponential = self.exponential[usize::from(highest - score)];
        }
        // At least one of them is 1.
        let total = sum(exponentials, |exponential| exponential);
        self.share.write(exponentials, 1.0 / total, shares);
    }
}

fn write_signed(scale: Scale, numbers: &[f32], factor: f32, out: &mut [i8]) {
    for (out, byte) in out.iter_mut().zip(scale.bytes(numbers, factor)) {
        *out = signed(byte);
    }
}

/// 128 less, which fits a signed byte.
#[inline]
fn signed(byte: u8) -> i8 {
    (byte ^ 0x80).cast_signed()
}

/// One head's columns of all frames.
fn of_head<T>(all: &[T], first: usize) -> Result<NdTensorView<'_, T, 2>, String> {
    let columns = all.get(first..).unwrap_or_default();
    let view = NdTensorView::from_slice_with_strides([FRAMES, HEAD], columns, [WIDTH, 1]);
    view.map_err(|error| format!("look at a head: {error}"))
}
