//! Kokoro, listened to by Moonshine, where it is in the cache: it is too large to be fetched for a test.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;

use troupe_inference::models::ONNXRUNTIME_LIBRARY;
use troupe_inference::stt::Moonshine;
use troupe_inference::tts::{Dictionary, Kokoro};

mod store;

#[test]
fn voices_are_understood() {
    let Some(folder) = store::store().path("kokoro") else {
        return;
    };
    let library = store::model("onnxruntime").join(ONNXRUNTIME_LIBRARY);
    let dictionary = Arc::new(Dictionary::load(&store::model("dictionary")).unwrap());
    let mut kokoro = Kokoro::load(&folder, dictionary, &library).unwrap();
    let mut moonshine = Moonshine::load(&store::model("moonshine"), &library).unwrap();
    for voice in ["af_heart", "bm_george/1.1"] {
        let pcm = kokoro
            .synthesize("I was thinking about the weather in London.", Some(voice))
            .unwrap();
        let heard: Vec<f32> = pcm
            .as_chunks::<3>()
            .0
            .iter()
            .flat_map(|&[a, b, c]| [a, b / 2 + c / 2])
            .map(|sample| f32::from(sample) / 32_768.0)
            .collect();
        let heard = moonshine.transcribe(&heard).unwrap().to_lowercase();
        let understood = ["thinking", "about", "weather", "london"]
            .iter()
            .filter(|word| heard.contains(*word))
            .count();
        assert!(understood >= 3, "{voice}: {heard}");
    }
    assert!(kokoro.synthesize("Hi.", Some("no_one")).is_err());
    assert!(kokoro.synthesize("...", None).unwrap().is_empty());
}
