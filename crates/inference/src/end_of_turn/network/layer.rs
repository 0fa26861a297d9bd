//! One of the encoder's layers.

use rten_simd::SimdUnaryOp;
use rten_tensor::NdTensorView;
use rten_vecmath::Gelu;

use super::attention::{Attention, Room};
use super::linear::Linear;
use super::norm::Norm;
use super::product::Product;
use super::weights::Weights;
use super::{BLOCK, FRAMES, HEAD, INNER, WIDTH};

/// Weights of a layer.
pub(super) struct Layer {
    before_attention: Norm,
    query: Linear,
    key: Linear,
    value: Linear,
    attention: Attention,
    out: Linear,
    before_expansion: Norm,
    expand: Linear,
    contract: Linear,
}

/// What the places of a layer are called in the file: the exporter numbered them in the order of the graph.
pub(super) struct Names {
    /// Weights of query, key, value, output, expansion and contraction.
    pub(super) weights: [u32; 6],
    /// What query, value, output, expansion and contraction give.
    pub(super) given: [u32; 5],
    /// What the keys give.
    pub(super) keys: u32,
    /// Scaled queries, scaled keys, scores and shares.
    pub(super) attention: [u32; 4],
    /// Values.
    pub(super) values: u32,
}

/// Room to work in that all layers share.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) room: Room,
    pub(super) bytes: Vec<u8>,
    pub(super) numbers: Vec<f32>,
    pub(super) sums: Vec<i32>,
    mix: Vec<u8>,
}

impl Layer {
    pub(super) fn read(
        weights: &Weights,
        product: &Product,
        layer: usize,
        names: &Names,
    ) -> Result<Self, String> {
        let value = |number: u32| format!("val_{number}");
        let scale = |place: String| weights.scale(&place);
        let suffix = |index: usize| {
            if index == 0 {
                String::new()
            } else {
                format!("_{index}")
            }
        };
        let of_layer =
            |name: &str, count| weights.floats(&format!("inner.encoder.layers.{layer}.{name}"), count);
        let norm = |name: &str| weights.norm(&format!("inner.encoder.layers.{layer}.{name}"), WIDTH);
        let linear = |name: u32, shape: [usize; 2], input, output| {
            let order = |row, column| row * shape[1] + column;
            weights.linear(product, &value(name), shape, [input, scale(output)?], order)
        };
        let attentive = scale(format!("layer_norm{}", suffix(2 * layer)))?;
        let expansive = scale(format!("layer_norm{}", suffix(2 * layer + 1)))?;
        let [queries, keys, scores, shares] = names.attention;
        let mix = scale(format!("scaled_dot_product_attention{}", suffix(layer)))?;
        let [query, key, values, out, expand, contract] = names.weights;
        let [query_gives, value_gives, out_gives, expand_gives, contract_gives] = names.given;
        let square = [WIDTH, WIDTH];
        Ok(Self {
            before_attention: norm("self_attn_layer_norm")?,
            query: linear(query, square, attentive, value(query_gives))?
                .biased_after(of_layer("self_attn.q_proj.bias", WIDTH)?),
            key: linear(key, square, attentive, format!("linear_{}", names.keys))?,
            value: linear(values, square, attentive, value(value_gives))?
                .biased_after(of_layer("self_attn.v_proj.bias", WIDTH)?),
            attention: Attention::new([
                scale(value(queries))?,
                scale(value(keys))?,
                scale(format!("transpose_{}", names.values))?,
                scale(value(scores))?,
                scale(value(shares))?,
                mix,
            ]),
            out: linear(out, square, mix, value(out_gives))?
                .biased_after(of_layer("self_attn.out_proj.bias", WIDTH)?),
            before_expansion: norm("final_layer_norm")?,
            expand: linear(expand, [WIDTH, INNER], expansive, value(expand_gives))?
                .biased_after(of_layer("fc1.bias", INNER)?),
            contract: linear(
                contract,
                [INNER, WIDTH],
                scale(format!("gelu_{}", layer + 2))?,
                value(contract_gives),
            )?
            .biased_after(of_layer("fc2.bias", WIDTH)?),
        })
    }

    /// Works all frames of `hidden` off.
    pub(super) fn run(
        &self,
        product: &mut Product,
        hidden: &mut [f32],
        scratch: &mut Scratch,
    ) -> Result<(), String> {
        self.ask(product, hidden, scratch)?;
        let Scratch { room, mix, .. } = scratch;
        mix.resize(FRAMES * WIDTH, 0);
        self.attention.run(product, room, mix)?;
        self.answer(product, hidden, scratch)
    }

    /// Queries, keys and values of all frames.
    fn ask(&self, product: &mut Product, hidden: &[f32], scratch: &mut Scratch) -> Result<(), String> {
        // Queries and keys are divided by the fourth root of the head's width each.
        let factor = (HEAD as f32).powf(-0.25);
        let Scratch {
            room,
            bytes,
            numbers,
            sums,
            ..
        } = scratch;
        room.queries.resize(FRAMES * WIDTH, 0);
        room.keys.resize(FRAMES * WIDTH, 0);
        room.values.resize(FRAMES * WIDTH, 0);
        numbers.resize(BLOCK * WIDTH, 0.0);
        bytes.resize(BLOCK * WIDTH, 0);
        let blocks = hidden
            .chunks(BLOCK * WIDTH)
            .zip(room.queries.chunks_mut(BLOCK * WIDTH))
            .zip(
                room.keys
                    .chunks_mut(BLOCK * WIDTH)
                    .zip(room.values.chunks_mut(BLOCK * WIDTH)),
            );
        for ((hidden, queries), (keys, values)) in blocks {
            normalise(&self.before_attention, hidden, numbers);
            self.query.input.write(numbers, 1.0, bytes);
            let rows = NdTensorView::from_data([BLOCK, WIDTH], &bytes[..]);
            self.query.run(product, rows, sums, numbers)?;
            self.attention.take_queries(numbers, factor, queries);
            self.key.run(product, rows, sums, numbers)?;
            self.attention.take_keys(numbers, factor, keys);
            self.value.run(product, rows, sums, numbers)?;
            self.attention.take_values(numbers, values);
        }
        Ok(())
    }

    /// Adds what attention mixed, and what the expansion makes of that.
    fn answer(&self, product: &mut Product, hidden: &mut [f32], scratch: &mut Scratch) -> Result<(), String> {
        let Scratch {
            bytes,
            numbers,
            sums,
            mix,
            ..
        } = scratch;
        bytes.resize(BLOCK * INNER, 0);
        numbers.resize(BLOCK * INNER, 0.0);
        let (narrow, wide) = (BLOCK * WIDTH, BLOCK * INNER);
        for (hidden, mix) in hidden.chunks_mut(narrow).zip(mix.chunks(narrow)) {
            let rows = NdTensorView::from_data([BLOCK, WIDTH], mix);
            self.out.run(product, rows, sums, &mut numbers[..narrow])?;
            add(hidden, numbers);
            normalise(&self.before_expansion, hidden, numbers);
            self.expand.input.write(&numbers[..narrow], 1.0, bytes);
            let rows = NdTensorView::from_data([BLOCK, WIDTH], &bytes[..narrow]);
            self.expand.run(product, rows, sums, &mut numbers[..wide])?;
            Gelu {}.map_mut(&mut numbers[..wide]);
            self.contract.input.write(numbers, 1.0, bytes);
            let rows = NdTensorView::from_data([BLOCK, INNER], &bytes[..wide]);
            self.contract.run(product, rows, sums, &mut numbers[..narrow])?;
            add(hidden, numbers);
        }
        Ok(())
    }
}

/// Normalises row by row.
pub(super) fn normalise(norm: &Norm, hidden: &[f32], out: &mut [f32]) {
    for (row, out) in hidden.chunks(WIDTH).zip(out.chunks_mut(WIDTH)) {
        norm.write(row, out);
    }
}

fn add(hidden: &mut [f32], numbers: &[f32]) {
    for (hidden, number) in hidden.iter_mut().zip(numbers) {
        *hidden += number;
    }
}
