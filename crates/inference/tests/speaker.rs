//! The voice encoder on recorded and synthesised speech.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use troupe_inference::models::Catalogue;
use troupe_inference::speaker::{Embedding, NAME, SpeakerEncoder};
use troupe_inference::tts::{Dictionary, Piper};

mod store;
mod wav;

/// What the original, with its own features and voice activity, makes of recordings: see `tests/data/NOTICE.md`.
const ORIGINAL: &str = include_str!("data/voices.json");

fn encoder() -> SpeakerEncoder {
    let file = Catalogue::default().find(NAME).unwrap().main_file().unwrap();
    SpeakerEncoder::load(&store::model(NAME).join(file)).unwrap()
}

#[test]
fn recordings_are_heard_as_by_the_original() {
    let mut encoder = encoder();
    let original: HashMap<String, Vec<f32>> = serde_json::from_str(ORIGINAL).unwrap();
    let names = ["brooklyn.wav", "weather_q.wav"];
    let heard = names.map(|name| encoder.embed(&wav::pcm_16k(name)).unwrap());
    let expected = names.map(|name| Embedding::new(original[name].clone()));
    for ((name, heard), expected) in names.iter().zip(&heard).zip(&expected) {
        // Where pauses are is judged by another model than the original's: that is all of the difference.
        let similarity = heard.similarity(expected);
        assert!(similarity > 0.98, "{name}: {similarity}");
    }
    let apart = heard[0].similarity(&heard[1]) - expected[0].similarity(&expected[1]);
    assert!(apart.abs() < 0.03, "{apart}");
}

#[test]
fn a_voice_is_more_like_itself_than_like_others() {
    let mut encoder = encoder();
    let dictionary = Arc::new(Dictionary::load(&store::model("dictionary")).unwrap());
    let piper = Piper::load(&store::model("piper"), dictionary, None).unwrap();
    let mut says = |text: &str| {
        let pcm = piper.synthesize(text, "joe".parse().unwrap()).unwrap();
        encoder.embed(&at_16k(&pcm, piper.rate_hz())).unwrap()
    };
    let one = says("The last boat leaves at seven, so you still have time for a coffee.");
    let other = says("When my aunt was young, there was a bakery at that corner.");
    let own = one.similarity(&other);
    for name in ["brooklyn.wav", "weather_q.wav"] {
        let stranger = encoder.embed(&wav::pcm_16k(name)).unwrap();
        for voice in [&one, &other] {
            let alike = voice.similarity(&stranger);
            assert!(own > alike + 0.1, "{own} with itself, {alike} with {name}");
        }
    }
}

#[test]
fn silence_has_no_voice_and_a_missing_file_is_named() {
    for silence in [&[][..], &[0.0; 32_000]] {
        let error = encoder().embed(silence).unwrap_err();
        assert!(error.to_string().contains("nobody speaks"), "{error}");
    }
    let error = SpeakerEncoder::load(Path::new("/no/voices.pt")).err().unwrap();
    assert!(error.to_string().contains("/no/voices.pt"), "{error}");
}

/// Near enough for a voice, without a filter.
fn at_16k(pcm: &[i16], rate_hz: u32) -> Vec<f32> {
    let step = f64::from(rate_hz) / 16_000.0;
    (0..(pcm.len() as f64 / step) as usize)
        .map(|at| f32::from(pcm[(at as f64 * step) as usize]) / 32_768.0)
        .collect()
}
