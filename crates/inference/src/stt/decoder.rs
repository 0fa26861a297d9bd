//! Moonshine's decoder: from the encoder's output to tokens, the most likely one at each step.

use std::borrow::Cow;

use ort::session::{Session, SessionInputValue};
use ort::value::{DynValue, Tensor};

use super::{NAME, repetition};
use crate::error::InferenceError;

const START: i64 = 1;
const END: u32 = 2;
const PAST: &str = "past_key_values.";
const PRESENT: &str = "present.";

/// One layer's keys or values, an input of a step that is an output of the step before.
struct Cache {
    /// Name of the input.
    past: String,
    /// Name of the output.
    present: String,
    /// What the decoder knows of the encoder's output: made by the first step, unchanged after it.
    is_fixed: bool,
    /// Shape before the first step: batch, heads, time, size of a head.
    empty_shape: [usize; 4],
}

pub(crate) struct Decoder {
    session: Session,
    caches: Vec<Cache>,
}

impl Decoder {
    /// Reads from the model which caches it has.
    pub(crate) fn new(session: Session) -> Result<Self, InferenceError> {
        let mut caches = Vec::new();
        for input in session.inputs() {
            let Some(rest) = input.name().strip_prefix(PAST) else {
                continue;
            };
            let shape = input
                .dtype()
                .tensor_shape()
                .map(|shape| shape.to_vec())
                .unwrap_or_default();
            let (Some(heads), Some(size)) = (known(&shape, 1), known(&shape, 3)) else {
                return Err(InferenceError::load(
                    NAME,
                    format!("input {} has an unknown shape", input.name()),
                ));
            };
            caches.push(Cache {
                past: input.name().to_owned(),
                present: format!("{PRESENT}{rest}"),
                is_fixed: rest.contains(".encoder."),
                empty_shape: [1, heads, 0, size],
            });
        }
        if caches.is_empty() {
            return Err(InferenceError::load(
                NAME,
                "the decoder has no caches; it is of another kind",
            ));
        }
        Ok(Self { session, caches })
    }

    /// The tokens of one piece of speech, without start and end, at most `tokens_max`.
    pub(crate) fn tokens(
        &mut self,
        heard: &DynValue,
        mask: &DynValue,
        vocabulary_len: usize,
        tokens_max: usize,
    ) -> ort::Result<Vec<u32>> {
        let mut memory = Vec::with_capacity(self.caches.len());
        for cache in &self.caches {
            memory.push(empty(cache.empty_shape)?);
        }
        let mut tokens = Vec::new();
        let mut newest = START;
        while tokens.len() < tokens_max {
            let is_first = tokens.is_empty();
            let token = self.step(newest, is_first, heard, mask, &mut memory)?;
            if token == END || token as usize >= vocabulary_len {
                break;
            }
            newest = i64::from(token);
            tokens.push(token);
            if let Some(len) = repetition::looped_from(&tokens) {
                tokens.truncate(len);
                break;
            }
        }
        Ok(tokens)
    }

    fn step(
        &mut self,
        newest: i64,
        is_first: bool,
        heard: &DynValue,
        mask: &DynValue,
        memory: &mut [DynValue],
    ) -> ort::Result<u32> {
        let mut inputs: Vec<(Cow<'_, str>, SessionInputValue<'_>)> = ort::inputs![
            "input_ids" => Tensor::from_array(([1_usize, 1], vec![newest]))?,
            "use_cache_branch" => Tensor::from_array(([1_usize], vec![!is_first]))?,
            "encoder_hidden_states" => heard,
            "encoder_attention_mask" => mask,
        ];
        for (cache, value) in self.caches.iter().zip(memory.iter()) {
            inputs.push((Cow::from(cache.past.as_str()), value.into()));
        }
        let mut outputs = self.session.run(inputs)?;
        let logits = outputs
            .remove("logits")
            .ok_or_else(|| ort::Error::new("the decoder has no output logits"))?;
        for (cache, slot) in self.caches.iter().zip(memory) {
            if is_first || !cache.is_fixed {
                *slot = outputs
                    .remove(&cache.present)
                    .ok_or_else(|| ort::Error::new(format!("the decoder has no output {}", cache.present)))?;
            }
        }
        let (_, logits) = logits.try_extract_tensor::<f32>()?;
        let best = logits
            .iter()
            .enumerate()
            .max_by(|(_, one), (_, other)| one.total_cmp(other));
        Ok(best.map_or(END, |(id, _)| u32::try_from(id).unwrap_or(END)))
    }
}

fn known(shape: &[i64], at: usize) -> Option<usize> {
    shape.get(at).and_then(|size| usize::try_from(*size).ok())
}

fn empty(shape: [usize; 4]) -> ort::Result<DynValue> {
    Ok(Tensor::from_array((shape, Vec::<f32>::new()))?.into_dyn())
}
