//! How alike the voices sound that were measured.

use std::path::Path;

use troupe_inference::InferenceError;
use troupe_inference::models::Store;
use troupe_inference::speaker::{self, Embedding, SpeakerEncoder};

use crate::cli::{Failure, Output};
use crate::config::Config;
use crate::dsp::Resampler;
use crate::evaluation::speakers::{Likeness, Voice};

/// Full scale of 16-bit PCM.
const FULL_SCALE: f32 = 32_768.0;
/// Shortest sound that is compared, s: in less there is too little of a voice.
const SECONDS_MIN: f64 = 1.2;

/// What one voice said.
pub(super) struct Said {
    /// What the voice is called.
    pub(super) name: String,
    /// How it sounded.
    pub(super) sound: Sound,
}

/// Lines as people hear them.
pub(super) struct Sound {
    /// Sample rate, Hz.
    pub(super) rate_hz: u32,
    /// The lines, the same for all voices; empty where it failed.
    pub(super) lines: Vec<Vec<i16>>,
}

/// Lays the voices beside each other, where there are several and the model for it is in the cache; says how to get
/// it where it isn't. The model is never fetched unasked.
pub(super) async fn likeness(
    config: &Config,
    output: Output,
    said: Vec<Said>,
) -> Result<Option<Likeness>, Failure> {
    if said.len() < 2 {
        return Ok(None);
    }
    let store = Store::new(&config.cache);
    let work = move || -> Result<Option<Likeness>, Failure> {
        let entry = store.catalogue().find(speaker::NAME).map_err(Failure::failed)?;
        let Some((folder, file)) = store.path(speaker::NAME).zip(entry.main_file()) else {
            output.progress(format_args!(
                "how alike the voices sound is not measured: run `troupe models pull {}` first",
                speaker::NAME
            ));
            return Ok(None);
        };
        output.progress("compares the voices");
        let voices = embedded(&folder.join(file), said)?;
        let likeness = Likeness::of(&voices);
        if likeness.is_none() {
            output
                .progress("how alike the voices sound is not measured: too few of them said two whole lines");
        }
        Ok(likeness)
    };
    tokio::task::spawn_blocking(work).await.map_err(Failure::failed)?
}

fn embedded(model: &Path, said: Vec<Said>) -> Result<Vec<Voice>, Failure> {
    let mut encoder = SpeakerEncoder::load(model).map_err(Failure::failed)?;
    let mut voices = Vec::with_capacity(said.len());
    for voice in said {
        let Sound { rate_hz, lines } = voice.sound;
        let lines = lines.iter().map(|line| embed(&mut encoder, line, rate_hz));
        let lines: Result<Vec<_>, _> = lines.collect();
        voices.push(Voice {
            name: voice.name,
            lines: lines?,
        });
    }
    Ok(voices)
}

/// `None` for a line that tells too little of its voice.
fn embed(encoder: &mut SpeakerEncoder, line: &[i16], rate_hz: u32) -> Result<Option<Embedding>, Failure> {
    if (line.len() as f64) < SECONDS_MIN * f64::from(rate_hz) {
        return Ok(None);
    }
    let mut resampler = Resampler::new(rate_hz, speaker::RATE_HZ).map_err(Failure::failed)?;
    let mut pcm = Vec::new();
    resampler.push(line, &mut pcm);
    resampler.finish(&mut pcm);
    let speech: Vec<f32> = pcm.iter().map(|sample| f32::from(*sample) / FULL_SCALE).collect();
    match encoder.embed(&speech) {
        Ok(embedding) => Ok(Some(embedding)),
        // Nobody speaks in it.
        Err(InferenceError::Input { .. }) => Ok(None),
        Err(error) => Err(Failure::failed(error)),
    }
}
