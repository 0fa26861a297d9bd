//! Moonshine on recorded speech.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use troupe_inference::models::ONNXRUNTIME_LIBRARY;
use troupe_inference::stt::{Moonshine, SPEECH_S_MAX};

mod store;
mod wav;

fn moonshine() -> Moonshine {
    let folder = store::model("moonshine");
    Moonshine::load(&folder, &store::model("onnxruntime").join(ONNXRUNTIME_LIBRARY)).unwrap()
}

#[test]
fn a_question_is_transcribed() {
    let mut moonshine = moonshine();
    assert_eq!(
        moonshine.transcribe(&wav::pcm_16k("weather_q.wav")).unwrap(),
        "What's the weather like?"
    );
    let bridge = moonshine.transcribe(&wav::pcm_16k("brooklyn.wav")).unwrap();
    assert!(bridge.ends_with("is the Brooklyn Bridge?"), "{bridge}");
}

#[test]
fn long_speech_is_transcribed_in_pieces() {
    let pause = vec![0.0; 12 * 16_000];
    let mut pcm = Vec::new();
    for name in ["weather_q.wav", "brooklyn.wav", "weather_q.wav"] {
        pcm.extend(wav::pcm_16k(name));
        pcm.extend(&pause);
    }
    let text = moonshine().transcribe(&pcm).unwrap();
    assert!(
        text.contains("weather") && text.contains("Brooklyn Bridge"),
        "{text}"
    );
}

#[test]
fn odd_lengths_are_no_trouble() {
    let mut moonshine = moonshine();
    assert_eq!(moonshine.transcribe(&[]).unwrap(), "");
    moonshine.transcribe(&[0.1; 7]).unwrap();
    let too_long = vec![0.0; (SPEECH_S_MAX as usize + 1) * 16_000];
    assert!(moonshine.transcribe(&too_long).is_err());
}

#[test]
fn a_missing_library_is_an_error_that_names_it() {
    // A process that has loaded one keeps it, and these tests share a process: only the message is at stake.
    let folder = store::model("moonshine");
    let missing = std::path::Path::new("/no/such/libonnxruntime.so");
    if let Err(error) = Moonshine::load(&folder, missing) {
        assert!(
            error.to_string().contains("/no/such/libonnxruntime.so"),
            "{error}"
        );
    }
    let error = Moonshine::load(std::path::Path::new("/no/model"), missing)
        .err()
        .unwrap();
    assert!(error.to_string().contains("/no/model/tokenizer.bin"), "{error}");
}
