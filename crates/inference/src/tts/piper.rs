//! Piper: one small network from sounds to sound.
//!
//! The model's configuration maps each symbol of eSpeak's notation to a number. A text is `^`, then its
//! symbols with `_` after each, then `$`.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::dictionary::Dictionary;
use super::{network::Network, phonemes, shape, voice::Voice};
use crate::error::InferenceError;
use crate::models::{PIPER_CONFIG, PIPER_VOICE};

pub(super) const NAME: &str = "piper";

const START: &str = "^";
const END: &str = "$";
const BLANK: &str = "_";

/// Sounds of one run; more would take seconds, and text comes clause by clause.
const SYMBOLS_MAX: usize = 1_000;
/// Brings the voice to the level of a close microphone.
const GAIN: f32 = 1.0;
/// Silence after a clause and after a sentence, ms.
const CLAUSE_TAIL_MS: usize = 60;
const SENTENCE_TAIL_MS: usize = 150;

#[derive(Deserialize)]
struct Config {
    audio: Audio,
    inference: Inference,
    phoneme_id_map: HashMap<String, Vec<i32>>,
}

#[derive(Deserialize)]
struct Audio {
    sample_rate: u32,
}

#[derive(Deserialize)]
struct Inference {
    noise_scale: f32,
    length_scale: f32,
    noise_w: f32,
}

/// A loaded voice; any number of threads may use it, each for itself.
pub struct Piper {
    network: Network,
    config: Config,
    dictionary: Arc<Dictionary>,
}

impl Piper {
    /// Loads the voice from the folder of the model; other voices may share its dictionary.
    /// With ONNX Runtime's shared library it is twice as fast as without.
    pub fn load(
        folder: &Path,
        dictionary: Arc<Dictionary>,
        ort_library: Option<&Path>,
    ) -> Result<Self, InferenceError> {
        let config_path = folder.join(PIPER_CONFIG);
        let named = |error: &dyn std::fmt::Display| {
            InferenceError::load(NAME, format!("{}: {error}", config_path.display()))
        };
        let config = std::fs::read(&config_path).map_err(|error| named(&error))?;
        let config: Config = serde_json::from_slice(&config).map_err(|error| named(&error))?;
        for needed in [START, END, BLANK] {
            if !config.phoneme_id_map.contains_key(needed) {
                return Err(named(&format!("phoneme_id_map has no {needed}")));
            }
        }
        let network = Network::load(&folder.join(PIPER_VOICE), ort_library)?;
        Ok(Self {
            network,
            config,
            dictionary,
        })
    }

    /// Sample rate of the speech, Hz.
    pub fn rate_hz(&self) -> u32 {
        self.config.audio.sample_rate
    }

    /// Speaks a clause: mono PCM at [`Piper::rate_hz`], with 10 ms of silence before it and 60 ms (150 ms after
    /// a sentence) behind it. Empty if there is nothing to say.
    pub fn synthesize(&self, clause: &str, voice: Voice) -> Result<Vec<i16>, InferenceError> {
        let sounds = phonemes::to_espeak(&self.dictionary.read(clause));
        if sounds.trim().is_empty() {
            return Ok(Vec::new());
        }
        let pitch = voice.pitch();
        // Raising the pitch makes speech shorter by as much, so it is made longer beforehand.
        let length = f64::from(self.config.inference.length_scale) * pitch / f64::from(voice.pace);
        let Inference {
            noise_scale, noise_w, ..
        } = self.config.inference;
        let symbols = self.symbols_of(&sounds)?;
        let sound = self
            .network
            .run(&symbols, [noise_scale, length as f32, noise_w])?;
        let moved = shape::resample(&sound, pitch);
        let is_sentence = clause.trim_end().ends_with(['.', '!', '?', '…']);
        let tail_ms = if is_sentence {
            SENTENCE_TAIL_MS
        } else {
            CLAUSE_TAIL_MS
        };
        Ok(shape::to_i16(
            &shape::trimmed(&moved, self.rate_hz(), tail_ms),
            GAIN,
        ))
    }

    fn symbols_of(&self, sounds: &str) -> Result<Vec<i32>, InferenceError> {
        let ids = |symbol: &str| {
            self.config
                .phoneme_id_map
                .get(symbol)
                .map(Vec::as_slice)
                .unwrap_or_default()
        };
        let mut symbols = [ids(START), ids(BLANK)].concat();
        for sound in sounds.chars() {
            let id = ids(sound.encode_utf8(&mut [0; 4]));
            if !id.is_empty() {
                symbols.extend_from_slice(id);
                symbols.extend_from_slice(ids(BLANK));
            }
        }
        symbols.extend_from_slice(ids(END));
        if symbols.len() > SYMBOLS_MAX {
            let detail = format!("a clause of more than {SYMBOLS_MAX} symbols; send text clause by clause");
            return Err(InferenceError::Input { model: NAME, detail });
        }
        Ok(symbols)
    }
}
