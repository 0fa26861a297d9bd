//! Speaks lines with a local voice into WAV files: `cargo run --release --example say -- kokoro:VOICE OUT.wav "Words" …`.
//! The models have to be in the cache.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "an example writes its files or fails"
)]

use std::path::Path;

use futures::StreamExt;
use troupe::config::{Config, Overrides};
use troupe::providers::{Voices, configured};

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [voice, rest @ ..] = arguments.as_slice() else {
        panic_usage()
    };
    let (model, voice) = voice.split_once(':').expect("the voice is MODEL:VOICE");
    let config = Config::load(
        None,
        Overrides {
            offline: true,
            ..Overrides::default()
        },
    )
    .unwrap();
    let registry = configured::registry(&config).unwrap();
    let tts = registry
        .text_to_speech(Some(&format!("local:{model}")))
        .await
        .unwrap();
    for pair in rest.chunks_exact(2) {
        let [file, words] = pair else { continue };
        let speech = tts
            .synthesize(words, &Voices::any(Some(voice)), "en")
            .await
            .unwrap();
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: speech.rate_hz,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(Path::new(file), spec).unwrap();
        let mut chunks = speech.chunks;
        while let Some(chunk) = chunks.next().await {
            for sample in chunk.unwrap() {
                writer.write_sample(sample).unwrap();
            }
        }
        writer.finalize().unwrap();
    }
}

fn panic_usage() -> ! {
    eprintln!("usage: say MODEL:VOICE OUT.wav WORDS [OUT.wav WORDS]…");
    std::process::exit(2)
}
