//! Leaves out of speech what is no speech: silence tells nothing of a voice, and blurs what the rest tells.

use crate::error::InferenceError;
use crate::vad::{FRAME_SAMPLES, SileroModel, SileroStream};

/// A frame holds speech from this probability on.
const SPEECH_MIN: f32 = 0.5;
/// Frames around speech that stay, on either side: 96 ms. Voices fade, and start before they are found.
const AROUND_FRAMES: usize = 3;

/// `pcm` (samples within ±1.0) without silence at its ends and with short pauses; empty when nobody speaks.
pub(super) fn shortened(model: &SileroModel, pcm: &[f32]) -> Result<Vec<f32>, InferenceError> {
    let mut stream = SileroStream::new();
    let mut is_speech = Vec::with_capacity(pcm.len() / FRAME_SAMPLES + 1);
    for samples in pcm.chunks(FRAME_SAMPLES) {
        let mut frame = [0.0; FRAME_SAMPLES];
        for (out, sample) in frame.iter_mut().zip(samples) {
            *out = *sample;
        }
        is_speech.push(stream.probability(model, &frame)? >= SPEECH_MIN);
    }
    let stays = |frame: usize| {
        let around = frame.saturating_sub(AROUND_FRAMES)..(frame + AROUND_FRAMES + 1).min(is_speech.len());
        is_speech.get(around).is_some_and(|around| around.contains(&true))
    };
    let frames = pcm.chunks(FRAME_SAMPLES).enumerate();
    let kept = frames.filter(|(frame, _)| stays(*frame));
    Ok(kept.flat_map(|(_, samples)| samples).copied().collect())
}
