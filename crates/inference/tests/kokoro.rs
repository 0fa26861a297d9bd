//! Kokoro, listened to by Moonshine, where it is in the cache: it is too large to be fetched for a test.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::path::PathBuf;
use std::sync::Arc;

use troupe_inference::Cancel;
use troupe_inference::models::ONNXRUNTIME_LIBRARY;
use troupe_inference::stt::Moonshine;
use troupe_inference::tts::{Dictionary, Japanese, Kokoro, Reader};

mod store;

fn english() -> Arc<Dictionary> {
    Arc::new(Dictionary::load(&store::model("dictionary")).unwrap())
}

fn library() -> PathBuf {
    store::model("onnxruntime").join(ONNXRUNTIME_LIBRARY)
}

/// The model, if it is in the cache.
fn kokoro() -> Option<Kokoro> {
    let folder = store::store().path("kokoro")?;
    Some(Kokoro::load(&folder, &library()).unwrap())
}

#[test]
fn voices_are_understood() {
    let Some(mut kokoro) = kokoro() else { return };
    let reader = Reader::English(english());
    let mut moonshine = Moonshine::load(&store::model("moonshine"), &library()).unwrap();
    // A Japanese voice is asked for English: one of the same sex stands in for it.
    for voice in ["af_heart", "bm_george/1.1", "jm_kumo"] {
        let pcm = kokoro
            .synthesize(
                &reader,
                "I was thinking about the weather in London.",
                Some(voice),
                &Cancel::default(),
            )
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
    assert!(
        kokoro
            .synthesize(&reader, "Hi.", Some("no_one"), &Cancel::default())
            .is_err()
    );
    assert!(
        kokoro
            .synthesize(&reader, "...", None, &Cancel::default())
            .unwrap()
            .is_empty()
    );
}

#[test]
fn japanese_has_a_sound_of_its_length() {
    let Some(mut kokoro) = kokoro() else { return };
    let japanese = Japanese::load(&store::model("japanese"), english()).unwrap();
    let reader = Reader::Japanese(Arc::new(japanese));
    let rate_hz = f64::from(kokoro.rate_hz());
    // People say about seven morae a second. English voices have stand-ins.
    for (voice, text, morae) in [
        ("jf_alpha", "今日はとても良い天気ですね、先生。", 20.0),
        ("jf_alpha", "ありがとうね。", 7.0),
        ("jf_gongitsune", "ありがとうね。", 7.0),
        ("jf_nezumi", "ありがとうね。", 7.0),
        ("jf_tebukuro", "ありがとうね。", 7.0),
        ("jm_kumo", "ありがとうね。", 7.0),
        ("af_heart", "ありがとうね。", 7.0),
        ("bm_george/1.1", "ありがとうね。", 7.0),
    ] {
        let pcm = kokoro
            .synthesize(&reader, text, Some(voice), &Cancel::default())
            .unwrap();
        let seconds = pcm.len() as f64 / rate_hz;
        assert!((0.08..0.35).contains(&(seconds / morae)), "{voice}: {seconds} s");
        let power = pcm.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / pcm.len() as f64;
        let level_db = 10.0 * (power / 32_768_f64.powi(2)).log10();
        assert!((-35.0..-10.0).contains(&level_db), "{voice}: {level_db} dB");
    }
    assert!(
        kokoro
            .synthesize(&reader, "はい。", Some("jf_no_one"), &Cancel::default())
            .is_err()
    );
    assert!(
        kokoro
            .synthesize(&reader, "…", None, &Cancel::default())
            .unwrap()
            .is_empty()
    );
}

#[test]
fn what_is_given_up_ends_and_the_next_is_spoken() {
    let Some(mut kokoro) = kokoro() else { return };
    let reader = Reader::English(english());
    let cancel = Cancel::default();
    let given_up = cancel.on_drop();
    let watched = cancel.clone();
    let watch = std::thread::spawn(move || {
        while !watched.is_running() {
            std::thread::yield_now();
        }
        drop(given_up);
    });
    let long = "I was thinking about the weather in London, which is never the same for two days.";
    assert!(kokoro.synthesize(&reader, long, None, &cancel).is_err());
    watch.join().unwrap();
    assert!(!cancel.is_running());
    assert!(
        kokoro.synthesize(&reader, "Hello.", None, &cancel).is_err(),
        "it stays given up"
    );
    let spoken = kokoro
        .synthesize(&reader, "Hello.", None, &Cancel::default())
        .unwrap();
    assert!(!spoken.is_empty());
}
