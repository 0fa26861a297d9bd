//! Kokoro: 28 English voices of one network, better and slower than Piper.
//!
//! The vocabulary maps each symbol of the dictionary's notation to a number. A text is 0, its symbols, 0. A
//! voice is a table of styles, 256 numbers each, one for every length of a text.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ort::session::Session;
use ort::value::Tensor;
use serde::Deserialize;

use super::dictionary::Dictionary;
use super::shape;
use crate::error::InferenceError;
use crate::onnxruntime;

const NAME: &str = "kokoro";
const RATE_HZ: u32 = 24_000;

/// Voice of a character that names none.
const VOICE_DEFAULT: &str = "af_heart";
/// Numbers of one style.
const STYLE_LEN: usize = 256;
/// Symbols of one run: the network's own limit, and the number of styles of a voice.
const SYMBOLS_MAX: usize = 510;
const PACE_MIN: f32 = 0.5;
const PACE_MAX: f32 = 2.0;
/// Silence after a clause and after a sentence, ms.
const CLAUSE_TAIL_MS: usize = 60;
const SENTENCE_TAIL_MS: usize = 150;

/// The network and the voices used so far.
pub struct Kokoro {
    session: Session,
    vocabulary: HashMap<char, i64>,
    folder: PathBuf,
    voices: Mutex<HashMap<String, Arc<Vec<f32>>>>,
    dictionary: Arc<Dictionary>,
}

#[derive(Deserialize)]
struct Vocabulary {
    vocab: HashMap<char, i64>,
}

impl Kokoro {
    /// Loads the network from the folder of the model; other voices may share its dictionary.
    pub fn load(
        folder: &Path,
        dictionary: Arc<Dictionary>,
        ort_library: &Path,
    ) -> Result<Self, InferenceError> {
        let path = folder.join("vocab.json");
        let named = |error: &dyn std::fmt::Display| {
            InferenceError::load(NAME, format!("{}: {error}", path.display()))
        };
        let vocabulary = std::fs::read(&path).map_err(|error| named(&error))?;
        let vocabulary: Vocabulary = serde_json::from_slice(&vocabulary).map_err(|error| named(&error))?;
        Ok(Self {
            session: onnxruntime::session(NAME, ort_library, &folder.join("model.onnx"))?,
            vocabulary: vocabulary.vocab,
            folder: folder.to_owned(),
            voices: Mutex::default(),
            dictionary,
        })
    }

    /// Sample rate of the speech, Hz.
    pub fn rate_hz(&self) -> u32 {
        RATE_HZ
    }

    /// Speaks a clause: mono PCM at [`Kokoro::rate_hz`], trimmed as Piper's is. `voice` is the name of a file
    /// of the model (`af_heart`, `bm_george`), and after a slash may follow a pace from 0.5 to 2.0.
    pub fn synthesize(&mut self, clause: &str, voice: Option<&str>) -> Result<Vec<i16>, InferenceError> {
        let (voice, pace) = parse(voice.unwrap_or(VOICE_DEFAULT))?;
        let styles = self.voice(voice)?;
        let sounds = self.dictionary.read(clause);
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
            .run(symbols, style, pace)
            .map_err(|error| InferenceError::run(NAME, error))?;
        let is_sentence = clause.trim_end().ends_with(['.', '!', '?', '…']);
        let tail_ms = if is_sentence {
            SENTENCE_TAIL_MS
        } else {
            CLAUSE_TAIL_MS
        };
        Ok(shape::to_i16(&shape::trimmed(&sound, RATE_HZ, tail_ms), 1.0))
    }

    fn run(&mut self, symbols: Vec<i64>, style: Vec<f32>, pace: f32) -> ort::Result<Vec<f32>> {
        let outputs = self.session.run(ort::inputs![
            "tokens" => Tensor::from_array(([1, symbols.len()], symbols))?,
            "style" => Tensor::from_array(([1, style.len()], style))?,
            "speed" => Tensor::from_array(([1_usize], vec![pace]))?,
        ])?;
        let sound = outputs
            .get("audio")
            .ok_or_else(|| ort::Error::new("the network has no output audio"))?;
        let (_, samples) = sound.try_extract_tensor::<f32>()?;
        Ok(samples.to_vec())
    }

    /// The styles of a voice, read when it first speaks.
    fn voice(&self, name: &str) -> Result<Arc<Vec<f32>>, InferenceError> {
        let mut voices = self.voices.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(styles) = voices.get(name) {
            return Ok(Arc::clone(styles));
        }
        let path = self.folder.join(format!("{name}.bin"));
        let bytes = std::fs::read(&path)
            .map_err(|error| InferenceError::load(NAME, format!("{}: {error}", path.display())))?;
        let styles: Vec<f32> = bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|number| f32::from_le_bytes(*number))
            .collect();
        if styles.len() != SYMBOLS_MAX * STYLE_LEN {
            return Err(InferenceError::load(
                NAME,
                format!("{} is no voice", path.display()),
            ));
        }
        let styles = Arc::new(styles);
        voices.insert(name.to_owned(), Arc::clone(&styles));
        Ok(styles)
    }
}

/// Divides `af_heart/1.1` into voice and pace.
fn parse(name: &str) -> Result<(&str, f32), InferenceError> {
    let (voice, pace) = name
        .trim()
        .split_once('/')
        .map_or((name.trim(), Some(1.0)), |(voice, pace)| {
            (voice, pace.parse().ok())
        });
    // It becomes part of a path.
    let is_name = !voice.is_empty()
        && voice
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter == '_');
    match pace {
        Some(pace) if is_name && (PACE_MIN..=PACE_MAX).contains(&pace) => Ok((voice, pace)),
        _ => Err(InferenceError::Input {
            model: NAME,
            detail: format!(
                "voice {name:?} is not the name of one ({VOICE_DEFAULT}), with or without a pace from {PACE_MIN} \
                 to {PACE_MAX} ({VOICE_DEFAULT}/1.1)"
            ),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn voices_have_a_name_and_a_pace() {
        assert_eq!(parse("bm_george"), Ok(("bm_george", 1.0)));
        assert_eq!(parse(" af_heart/1.25"), Ok(("af_heart", 1.25)));
        for name in ["", "/1.1", "../secret", "af_heart/", "af_heart/9", "AF"] {
            assert!(parse(name).is_err(), "{name}");
        }
    }
}
