//! What the real ear and speech to text make of one piece of sound.

use std::sync::Arc;

use troupe_sound::Treatment;

use crate::ear::offline::OfflineEar;
use crate::ear::{EarError, Heard, TRACK_RATE_HZ};
use crate::providers::{ProviderError, SPEECH_RATE_HZ, SpeechToText};

const _: () = assert!(
    SPEECH_RATE_HZ == TRACK_RATE_HZ,
    "recordings are read once for both"
);

/// A recording whose words are known.
#[derive(Debug, Clone)]
pub struct Speech {
    /// Mono at [`TRACK_RATE_HZ`].
    pub pcm: Vec<i16>,
    /// What is said in it.
    pub said: String,
}

/// Why something can't be heard.
#[derive(Debug, thiserror::Error)]
pub enum HearingError {
    /// The ear.
    #[error(transparent)]
    Ear(#[from] EarError),
    /// Speech to text.
    #[error(transparent)]
    Words(#[from] ProviderError),
}

/// The words of `pcm` when it is said the second time: what a treatment learns of a speaker it has learned then.
/// Empty when the ear heard no voice.
pub(super) async fn words(
    pcm: &[i16],
    treatment: Treatment,
    stt: &Arc<dyn SpeechToText>,
    language: &str,
) -> Result<String, HearingError> {
    let mut ear = OfflineEar::open(treatment)?;
    let first = turn(&mut ear, pcm);
    if let Some((_, end)) = first {
        ear.forget(end);
    }
    match turn(&mut ear, pcm) {
        Some((turn, _)) => Ok(stt.transcribe(&turn, language).await?),
        None => Ok(String::new()),
    }
}

/// Voices that the ear finds in `noise` after it has heard `before`.
pub(super) fn voices(before: &[i16], noise: &[i16], treatment: Treatment) -> Result<u32, EarError> {
    let mut ear = OfflineEar::open(treatment)?;
    turn(&mut ear, before);
    let mut voices = 0;
    ear.hear(noise, |_, edge| {
        voices += u32::from(matches!(edge, Heard::Started { .. }))
    });
    Ok(voices)
}

/// The turn that the ear made of all of it and where it ends in the stream, if there was a voice.
fn turn(ear: &mut OfflineEar, pcm: &[i16]) -> Option<(Arc<[i16]>, u64)> {
    let mut is_voiced = false;
    ear.hear(pcm, |_, edge| {
        is_voiced |= matches!(edge, Heard::Started { .. } | Heard::Paused { .. })
    });
    let mut turn = None;
    ear.probe();
    ear.hear(&[0; TRACK_RATE_HZ as usize / 100], |_, edge| {
        if let Heard::Probed { pcm, end } = edge {
            turn = Some((pcm, end));
        }
    });
    turn.filter(|_| is_voiced)
}
