//! Kokoro: one network with English and Japanese voices, better and slower than Piper.
//!
//! The vocabulary maps each symbol of the sounds' notation to a number. A text is 0, its symbols, 0. A voice is
//! a table of styles, one for every length of a text.

mod voices;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use ort::session::Session;
use ort::value::Tensor;
use serde::Deserialize;

use super::dictionary::Dictionary;
use super::japanese::Japanese;
use super::shape;
use crate::cancel::Cancel;
use crate::error::InferenceError;
use crate::onnxruntime;
use voices::{Asked, STYLE_LEN, Voices};

const NAME: &str = "kokoro";
const RATE_HZ: u32 = 24_000;

/// Symbols of one run: the network's own limit, and the number of styles of a voice.
const SYMBOLS_MAX: usize = 510;
/// Silence after a clause and after a sentence, ms.
const CLAUSE_TAIL_MS: usize = 60;
const SENTENCE_TAIL_MS: usize = 150;

/// A language that some of the voices learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    English,
    Japanese,
}

/// What reads the text, and so in which language it is spoken.
#[derive(Clone)]
pub enum Reader {
    /// As English.
    English(Arc<Dictionary>),
    /// As Japanese.
    Japanese(Arc<Japanese>),
}

impl Reader {
    fn language(&self) -> Language {
        match self {
            Self::English(_) => Language::English,
            Self::Japanese(_) => Language::Japanese,
        }
    }

    /// The sounds of a text, pauses as marks between; empty if there is nothing to say.
    fn read(&self, text: &str) -> Result<String, InferenceError> {
        match self {
            Self::English(dictionary) => Ok(dictionary.read(text)),
            Self::Japanese(japanese) => japanese.read(text),
        }
    }
}

/// The network and the voices used so far.
pub struct Kokoro {
    session: Session,
    vocabulary: HashMap<char, i64>,
    voices: Voices,
}

#[derive(Deserialize)]
struct Vocabulary {
    vocab: HashMap<char, i64>,
}

impl Kokoro {
    /// Loads the network from the folder of the model.
    pub fn load(folder: &Path, ort_library: &Path) -> Result<Self, InferenceError> {
        let path = folder.join("vocab.json");
        let named = |error: &dyn std::fmt::Display| {
            InferenceError::load(NAME, format!("{}: {error}", path.display()))
        };
        let vocabulary = std::fs::read(&path).map_err(|error| named(&error))?;
        let vocabulary: Vocabulary = serde_json::from_slice(&vocabulary).map_err(|error| named(&error))?;
        Ok(Self {
            session: onnxruntime::session(NAME, ort_library, &folder.join("model.onnx"))?,
            vocabulary: vocabulary.vocab,
            voices: Voices::new(folder),
        })
    }

    /// Sample rate of the speech, Hz.
    pub fn rate_hz(&self) -> u32 {
        RATE_HZ
    }

    /// Speaks a clause in the reader's language: mono PCM at [`Kokoro::rate_hz`], trimmed as Piper's is. `voice`
    /// is the name of one (`af_heart`, `bm_george`, `jf_alpha`), and after a slash may follow a pace from 0.5 to
    /// 2.0. For a voice that learnt another language speaks one of the same sex that learnt this one.
    ///
    /// # Errors
    /// When there is no such voice, the text can't be read, the network fails, or it is cancelled.
    pub fn synthesize(
        &mut self,
        reader: &Reader,
        clause: &str,
        voice: Option<&str>,
        cancel: &Cancel,
    ) -> Result<Vec<i16>, InferenceError> {
        let language = reader.language();
        let asked = Asked::parse(voice.unwrap_or(language.voice_default()))?.speaking(language);
        let styles = self.voices.styles(asked.name)?;
        let sounds = reader.read(clause)?;
        let mut symbols: Vec<i64> = sounds
            .chars()
            .filter_map(|sound| self.vocabulary.get(&sound).copied())
            .collect();
        if sounds.trim().is_empty() || symbols.is_empty() {
            return Ok(Vec::new());
        }
        if symbols.len() >= SYMBOLS_MAX {
            let detail = format!("a clause of {SYMBOLS_MAX} symbols or more; send text clause by clause");
            return Err(InferenceError::Input { model: NAME, detail });
        }
        let style = styles
            .chunks_exact(STYLE_LEN)
            .nth(symbols.len())
            .unwrap_or_default()
            .to_vec();
        symbols.insert(0, 0);
        symbols.push(0);
        let sound = self
            .run(symbols, style, asked.pace, cancel)
            .map_err(|error| InferenceError::run(NAME, error))?;
        let is_sentence = clause
            .trim_end_matches(|mark: char| mark.is_whitespace() || matches!(mark, '」' | '』'))
            .ends_with(['.', '!', '?', '…', '。', '！', '？']);
        let tail_ms = if is_sentence {
            SENTENCE_TAIL_MS
        } else {
            CLAUSE_TAIL_MS
        };
        Ok(shape::to_i16(&shape::trimmed(&sound, RATE_HZ, tail_ms), 1.0))
    }

    fn run(
        &mut self,
        symbols: Vec<i64>,
        style: Vec<f32>,
        pace: f32,
        cancel: &Cancel,
    ) -> ort::Result<Vec<f32>> {
        let inputs = ort::inputs![
            "tokens" => Tensor::from_array(([1, symbols.len()], symbols))?,
            "style" => Tensor::from_array(([1, style.len()], style))?,
            "speed" => Tensor::from_array(([1_usize], vec![pace]))?,
        ];
        cancel.run(|options| {
            let outputs = self.session.run_with_options(inputs, options)?;
            let sound = outputs
                .get("audio")
                .ok_or_else(|| ort::Error::new("the network has no output audio"))?;
            let (_, samples) = sound.try_extract_tensor::<f32>()?;
            Ok(samples.to_vec())
        })
    }
}
