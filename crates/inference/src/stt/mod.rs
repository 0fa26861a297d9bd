//! Speech to text: Moonshine tiny for English, in ONNX Runtime.

mod decoder;
mod remembered;
mod repetition;
mod split;
mod tokens;

use std::path::Path;

use ort::session::Session;
use ort::value::{DynValue, Tensor};

use crate::error::InferenceError;
use crate::onnxruntime;
use decoder::Decoder;
use remembered::Remembered;
use tokens::Vocabulary;

/// Sample rate of the speech, Hz, mono.
pub const RATE_HZ: u32 = 16_000;
/// Longest speech of one call, s.
pub const SPEECH_S_MAX: u32 = 600;

/// Longest piece that the model is given at once, s. It was trained on up to 30; shorter ones bound what a growing
/// turn costs each time it pauses.
const PIECE_S_MAX: u32 = 12;
/// Shorter speech is filled up with silence to this, samples: the encoder needs some frames to work on.
const PIECE_SAMPLES_MIN: usize = 8_000;
/// Tokens that a piece may have: fast speech, and then some.
const TOKENS_PER_S_MAX: usize = 7;
/// Tokens that a piece of any length may have.
const TOKENS_MIN: usize = 8;

pub(crate) const NAME: &str = "moonshine";

/// The files of the model, in its folder.
pub const FILES: [&str; 3] = ["encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"];

/// A loaded model. One instance transcribes one utterance at a time.
pub struct Moonshine {
    encoder: Session,
    decoder: Decoder,
    vocabulary: Vocabulary,
    /// Pieces of turns that go on: their beginnings are the same at every pause.
    remembered: Remembered,
}

impl Moonshine {
    /// Loads the model from a folder that holds [`FILES`]. `ort_library` is ONNX Runtime's shared library
    /// (1.17 or newer); the first one that a process loads stays.
    pub fn load(folder: &Path, ort_library: &Path) -> Result<Self, InferenceError> {
        let [encoder, decoder, tokens] = FILES.map(|file| folder.join(file));
        let vocabulary = std::fs::read(&tokens)
            .map_err(|error| InferenceError::load(NAME, format!("{}: {error}", tokens.display())))?;
        Ok(Self {
            vocabulary: Vocabulary::parse(vocabulary)
                .map_err(|detail| InferenceError::load(NAME, format!("{}: {detail}", tokens.display())))?,
            encoder: onnxruntime::session(NAME, ort_library, &encoder)?,
            decoder: Decoder::new(onnxruntime::session(NAME, ort_library, &decoder)?)?,
            remembered: Remembered::default(),
        })
    }

    /// Transcribes speech (samples within ±1.0 at [`RATE_HZ`]), at most [`SPEECH_S_MAX`] of it. Speech of more
    /// than 12 s is cut at pauses, and pieces that were heard before are not heard again. No samples have no words; noise may have some: ask voice activity first.
    pub fn transcribe(&mut self, pcm_16k: &[f32]) -> Result<String, InferenceError> {
        if pcm_16k.len() > samples(SPEECH_S_MAX) {
            return Err(InferenceError::Input {
                model: NAME,
                detail: format!("speech of more than {SPEECH_S_MAX} s; send it in parts"),
            });
        }
        let mut texts = Vec::new();
        let pieces = split::at_pauses(pcm_16k, samples(PIECE_S_MAX));
        let last = pieces.len().saturating_sub(1);
        for (index, piece) in pieces.into_iter().enumerate() {
            let speech = pcm_16k.get(piece).unwrap_or_default();
            if speech.is_empty() {
                continue;
            }
            let text = match self.remembered.text(speech) {
                Some(text) => text,
                None => self
                    .piece(speech)
                    .map_err(|error| InferenceError::run(NAME, error))?,
            };
            if index < last {
                self.remembered.keep(speech, &text);
            }
            texts.push(text);
        }
        texts.retain(|text| !text.is_empty());
        Ok(texts.join(" "))
    }

    fn piece(&mut self, speech: &[f32]) -> ort::Result<String> {
        let mut padded = speech.to_vec();
        padded.resize(speech.len().max(PIECE_SAMPLES_MIN), 0.0);
        let len = padded.len();
        let pcm = Tensor::from_array(([1, len], padded))?;
        let mask: DynValue = Tensor::from_array(([1, len], vec![1_i64; len]))?.into_dyn();
        let mut outputs = self
            .encoder
            .run(ort::inputs!["input_values" => &pcm, "attention_mask" => &mask])?;
        let heard = outputs
            .remove("last_hidden_state")
            .ok_or_else(|| ort::Error::new("the encoder has no output last_hidden_state"))?;
        drop(outputs);
        let tokens_max = len * TOKENS_PER_S_MAX / samples(1) + TOKENS_MIN;
        let tokens = self
            .decoder
            .tokens(&heard, &mask, self.vocabulary.len(), tokens_max)?;
        Ok(self.vocabulary.text(&tokens))
    }
}

fn samples(seconds: u32) -> usize {
    (seconds * RATE_HZ) as usize
}
