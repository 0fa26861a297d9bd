//! Piper, listened to by Moonshine.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::path::Path;
use std::sync::Arc;

use troupe_inference::models::ONNXRUNTIME_LIBRARY;
use troupe_inference::stt::Moonshine;
use troupe_inference::tts::{Dictionary, Piper, Voice};

mod store;

const CLAUSE: &str = "I was thinking about the weather in London.";

fn at_16k(pcm: &[i16], rate_hz: u32) -> Vec<f32> {
    let step = f64::from(rate_hz) / 16_000.0;
    (0..(pcm.len() as f64 / step) as usize)
        .map(|at| f32::from(pcm[(at as f64 * step) as usize]) / 32_768.0)
        .collect()
}

fn piper(library: Option<&Path>) -> Piper {
    let folder = store::model("piper");
    let dictionary = Dictionary::load(&store::model("dictionary")).unwrap();
    Piper::load(&folder, Arc::new(dictionary), library).unwrap()
}

#[test]
fn every_voice_is_understood() {
    let library = store::model("onnxruntime").join(ONNXRUNTIME_LIBRARY);
    let slow = piper(None);
    let fast = piper(Some(&library));
    let mut moonshine = Moonshine::load(&store::model("moonshine"), &library).unwrap();
    for (piper, name) in [
        (&slow, "joe"),
        (&fast, "joe"),
        (&slow, "joe+5"),
        (&fast, "joe-3/1.1"),
    ] {
        let voice: Voice = name.parse().unwrap();
        let pcm = piper.synthesize(CLAUSE, voice).unwrap();
        let heard = moonshine
            .transcribe(&at_16k(&pcm, piper.rate_hz()))
            .unwrap()
            .to_lowercase();
        let words = ["thinking", "about", "the", "weather", "london"];
        let understood = words.iter().filter(|word| heard.contains(*word)).count();
        assert!(understood >= 4, "{name}: {heard}");
    }
}

#[test]
fn silence_is_short_and_pace_shortens_speech() {
    let piper = piper(None);
    assert_eq!(piper.rate_hz(), 22_050);
    // The rhythm is drawn anew each time: 0.68 to 0.75 of the length, one by one.
    let samples = |voice: &str| -> usize {
        let voice: Voice = voice.parse().unwrap();
        (0..5)
            .map(|_| piper.synthesize(CLAUSE, voice).unwrap().len())
            .sum()
    };
    let (slow, fast) = (samples("joe/0.8"), samples("joe/1.4"));
    assert!(fast * 4 < slow * 3, "{fast} {slow}");
    let slow = piper.synthesize(CLAUSE, "joe/0.8".parse().unwrap()).unwrap();
    let is_loud = |sample: &i16| sample.unsigned_abs() > 2_000;
    let first = slow.iter().position(is_loud).unwrap();
    let last = slow.iter().rposition(is_loud).unwrap();
    assert!(first < 22_050 / 5, "{first}");
    assert!(slow.len() - last < 22_050 / 2, "{}", slow.len() - last);
}

#[test]
fn what_has_no_words_has_no_sound() {
    let piper = piper(None);
    for text in ["", "...", "🙂", "你好"] {
        assert_eq!(
            piper.synthesize(text, Voice::default()).unwrap(),
            Vec::<i16>::new()
        );
    }
    assert!(piper.synthesize(&"word ".repeat(500), Voice::default()).is_err());
}
