//! The embedded voice activity model on recorded speech.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use troupe_inference::vad::{FRAME_SAMPLES, SileroModel, SileroStream};

mod wav;

#[test]
fn speech_is_heard_in_a_recording_and_not_around_it() {
    let model = SileroModel::load().unwrap();
    let mut stream = SileroStream::new();
    let mut pcm = vec![0.0; 16 * FRAME_SAMPLES];
    pcm.extend(wav::pcm_16k("weather_q.wav"));
    let speech_len = pcm.len();
    pcm.extend(vec![0.0; 32 * FRAME_SAMPLES]);

    let probabilities: Vec<f32> = pcm
        .as_chunks::<FRAME_SAMPLES>()
        .0
        .iter()
        .map(|frame| stream.probability(&model, frame).unwrap())
        .collect();

    let (before, rest) = probabilities.split_at(16);
    let (during, after) = rest.split_at(speech_len / FRAME_SAMPLES - 16);
    assert!(before.iter().all(|p| *p < 0.2), "{before:?}");
    assert!(during.iter().filter(|p| **p > 0.5).count() > 20, "{during:?}");
    assert!(after.iter().skip(16).all(|p| *p < 0.2), "{after:?}");
}
