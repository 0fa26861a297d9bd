//! Every disturbance at every strength under every treatment.

use std::sync::Arc;

use serde::Serialize;
use troupe_sound::{Treatment, level};

use super::Disturbance;
use super::hearing::{self, HearingError, Speech};
use crate::ear::TRACK_RATE_HZ;
use crate::evaluation::words;
use crate::providers::SpeechToText;

/// Noise before and after what is said, s.
const AROUND_S: usize = 1;
/// The treatments that are compared, and what they are called.
pub const TREATMENTS: [(&str, Treatment); 4] = [
    ("none", treatment(false, false)),
    ("suppression", treatment(true, false)),
    ("gain", treatment(false, true)),
    ("both", treatment(true, true)),
];

const fn treatment(suppress: bool, gain: bool) -> Treatment {
    Treatment { suppress, gain }
}

/// What came of one disturbance under one treatment.
#[derive(Debug, Clone, Serialize)]
pub struct Curve {
    /// Which disturbance.
    pub disturbance: &'static str,
    /// What its strengths are.
    pub unit: &'static str,
    /// Which treatment.
    pub treatment: &'static str,
    /// One for each strength.
    pub points: Vec<Point>,
}

/// What came of one strength.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Point {
    /// The strength.
    pub at: u8,
    /// Share of words that are wrong, missing or too many.
    pub wer: f64,
    /// Voices a minute that the ear finds in the noise alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voices_per_min: Option<f64>,
}

/// What is measured next, for a display of progress.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Steps that are done.
    pub done: usize,
    /// All steps.
    pub all: usize,
    /// The disturbance in work.
    pub disturbance: &'static str,
}

/// Measures `disturbances` on `clips`; noises follow from `seed`.
///
/// # Errors
/// When the ear or speech to text fails.
pub async fn measure(
    clips: &[Speech],
    disturbances: &[Disturbance],
    stt: &Arc<dyn SpeechToText>,
    language: &str,
    seed: u64,
    mut progress: impl FnMut(Step),
) -> Result<Vec<Curve>, HearingError> {
    let mut curves = Vec::new();
    let strengths: usize = disturbances.iter().map(|one| one.strengths().len()).sum();
    let (all, mut done) = (strengths * TREATMENTS.len(), 0);
    for disturbance in disturbances.iter().copied() {
        let made = disturbance.made(clips, seed);
        for (name, treatment) in TREATMENTS {
            let mut points = Vec::new();
            for at in disturbance.strengths().iter().copied() {
                progress(Step {
                    done,
                    all,
                    disturbance: disturbance.name(),
                });
                done += 1;
                points.push(Point {
                    at,
                    wer: wer(clips, disturbance, made.as_deref(), at, treatment, stt, language).await?,
                    voices_per_min: match (&made, clips.first()) {
                        (Some(noise), Some(before)) => {
                            let noise = Disturbance::alone(noise, at);
                            let minutes = noise.len() as f64 / f64::from(TRACK_RATE_HZ) / 60.0;
                            let voices = hearing::voices(&before.pcm, &noise, treatment)?;
                            Some(f64::from(voices) / minutes)
                        }
                        _ => None,
                    },
                });
            }
            curves.push(Curve {
                disturbance: disturbance.name(),
                unit: disturbance.unit(),
                treatment: name,
                points,
            });
        }
    }
    Ok(curves)
}

async fn wer(
    clips: &[Speech],
    disturbance: Disturbance,
    made: Option<&[i16]>,
    at: u8,
    treatment: Treatment,
    stt: &Arc<dyn SpeechToText>,
    language: &str,
) -> Result<f64, HearingError> {
    let around = vec![0; AROUND_S * TRACK_RATE_HZ as usize];
    let (mut wrong, mut all) = (0, 0);
    for clip in clips {
        let pcm = [around.as_slice(), &clip.pcm, &around].concat();
        let disturbed = disturbance.over(&pcm, level::speech_db(&clip.pcm), made, at);
        let heard = hearing::words(&disturbed, treatment, stt, language).await?;
        let (errors, words) = words::errors(&clip.said, &heard);
        wrong += errors;
        all += words;
    }
    Ok(wrong as f64 / all.max(1) as f64)
}
