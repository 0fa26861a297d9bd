//! `troupe console`: the ears, turn-taking and voices of a room without a server.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::timeout;

use super::harness::troupe;
use super::models::Models;

/// Time that two short turns are given.
const WITHIN: Duration = Duration::from_secs(90);

/// Sample rate of what a recogniser is sent, Hz.
const STT_RATE_HZ: u32 = 16_000;

/// How much `heard` has of `said` at the best place: the correlation of their loudness over time, 1 at most.
fn likeness(heard: &[i16], said: &[i16]) -> f64 {
    let shape = |pcm: &[i16]| -> Vec<f64> {
        let frames = pcm.chunks_exact(STT_RATE_HZ as usize / 50);
        let loudness = |frame: &[i16]| frame.iter().map(|sample| f64::from(sample.unsigned_abs())).sum();
        frames.map(loudness).collect()
    };
    let (heard, said) = (shape(heard), shape(said));
    let around = vec![0.0; said.len()];
    let heard = [around.clone(), heard, around].concat();
    let correlation = |piece: &[f64]| {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (a, b) = (mean(piece), mean(&said));
        let pairs = piece.iter().zip(&said).map(|(x, y)| (x - a, y - b));
        let (both, one, other) = pairs.fold((0.0, 0.0, 0.0), |(both, one, other), (x, y)| {
            (both + x * y, one + x * x, other + y * y)
        });
        both / f64::sqrt(one * other).max(1.0)
    };
    heard.windows(said.len()).map(correlation).fold(0.0, f64::max)
}

fn console(models: &Models, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = troupe(folder);
    command
        .env("OPENAI_BASE_URL", models.base_url())
        .env("OPENAI_API_KEY", "test-key")
        .env("TROUPE_STT", "openai:scripted")
        .env("TROUPE_LLM", "openai:scripted")
        .env("TROUPE_TTS", "openai:scripted")
        .args(["console", "ada", "--json"])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn events(stdout: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Who said what, in order.
fn said(events: &[Value]) -> Vec<(&str, &str)> {
    let lines = events.iter().filter(|event| event["event"] == "said");
    lines
        .map(|event| (event["name"].as_str().unwrap(), event["text"].as_str().unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_is_heard_answered_and_kept() {
    let models = Models::start().await;
    models.hears("How old is the Brooklyn Bridge?");
    models.answers("It was opened in the spring of eighteen eighty-three.");
    let folder = tempfile::tempdir().unwrap();
    let caller = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/caller.flac");
    let caller = caller.to_str().unwrap();
    let mut command = console(
        &models,
        folder.path(),
        &["--who", "Carol", "--out", "talk.wav", "--wav", caller],
    );
    let output = timeout(WITHIN, command.output()).await.expect("it ends").unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {told}", output.status);
    let events = events(&output.stdout);
    assert_eq!(
        said(&events),
        [
            ("Carol", "How old is the Brooklyn Bridge?"),
            ("Ada", "It was opened in the spring of eighteen eighty-three."),
        ],
        "{told}"
    );
    assert!(
        events.iter().any(|event| event["firstAudioMs"].is_u64()),
        "{events:?}"
    );
    let shipped = troupe::audio_file::read_mono(Path::new(caller), STT_RATE_HZ).unwrap();
    let like = likeness(&models.recording(), &shipped);
    assert!(
        like > 0.8,
        "the recogniser hears what was said, as it was said: {like}"
    );
    let mut talk = hound::WavReader::open(folder.path().join("talk.wav")).unwrap();
    let samples: Vec<i16> = talk.samples().map(Result::unwrap).collect();
    for side in 0..2 {
        let loud = samples.iter().skip(side).step_by(2);
        let loud = loud.filter(|sample| sample.unsigned_abs() > 1000).count();
        assert!(loud > 4_800, "side {side} has {loud} loud samples");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn piped_lines_are_answered_one_after_another() {
    let models = Models::start().await;
    models.answers("Wind it a little.");
    let folder = tempfile::tempdir().unwrap();
    let mut child = console(&models, folder.path(), &["--text"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(b"How long will it last?\n\nAre you sure?\n")
        .await
        .unwrap();
    drop(stdin);
    let output = timeout(WITHIN, child.wait_with_output())
        .await
        .expect("it ends")
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {told}", output.status);
    let events = events(&output.stdout);
    let said = said(&events);
    assert_eq!(
        said,
        [
            ("Guest", "How long will it last?"),
            ("Ada", "Wind it a little."),
            ("Guest", "Are you sure?"),
            ("Ada", "Wind it a little."),
        ],
        "{told}"
    );
}

#[tokio::test]
async fn what_cant_be_played_is_told_before_anything_is_loaded() {
    let models = Models::start().await;
    let folder = tempfile::tempdir().unwrap();
    let output = console(&models, folder.path(), &["--wav", "missing.wav"])
        .output()
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("missing.wav"));
}
