//! The demo command.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use super::harness::{livekit, troupe_with};
use super::models::Models;

/// Time that a demo of four turns with scripted models is given.
const WITHIN: Duration = Duration::from_secs(120);

/// Plays a demo of so many turns to its end, with what else is set; answers its output.
async fn play(models: &Models, folder: &Path, turns: &str, set: impl FnOnce(&mut Command)) -> Output {
    let caller = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/caller.flac");
    let livekit = livekit().await;
    let mut demo = troupe_with(models, &livekit, folder);
    demo.args(["demo", "--json", "--turns", turns, "--out", "take", "--caller"])
        .arg(caller);
    set(&mut demo);
    let output = timeout(WITHIN, demo.output())
        .await
        .expect("the demo ends")
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {told}", output.status);
    output
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_plays_to_its_end_and_is_recorded_on_both_sides() {
    let models = Models::start().await;
    models.hears("How old is the Brooklyn Bridge?");
    let folder = tempfile::tempdir().unwrap();
    let output = play(&models, folder.path(), "4", |_| {}).await;

    let events: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |name: &str| {
        events
            .iter()
            .filter(|event| event["event"] == name)
            .collect::<Vec<_>>()
    };
    let entries = of("entry");
    assert_eq!(entries[0]["speakerType"], "user", "{events:#?}");
    assert_eq!(entries[0]["content"], "How old is the Brooklyn Bridge?");
    let mut speakers: Vec<&str> = entries
        .iter()
        .filter_map(|entry| entry["characterId"].as_str())
        .collect();
    speakers.sort_unstable();
    speakers.dedup();
    assert_eq!(speakers.len(), 2, "both characters speak: {events:#?}");
    assert!(
        of("turn").iter().all(|turn| turn["firstAudioMs"].is_u64()),
        "{events:#?}"
    );
    let end = events.last().unwrap();
    assert_eq!(
        (&end["event"], &end["ok"]),
        (&"end".into(), &true.into()),
        "{end}"
    );

    let mut recording = hound::WavReader::open(folder.path().join("take/conversation.wav")).unwrap();
    let samples: Vec<i16> = recording.samples().map(Result::unwrap).collect();
    for side in 0..2 {
        let loud = samples
            .iter()
            .skip(side)
            .step_by(2)
            .filter(|sample| sample.unsigned_abs() > 1000)
            .count();
        assert!(loud > 4_800, "side {side} has {loud} loud samples");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_in_the_process_has_read_its_characters_before_it_answers() {
    let models = Models::start().await;
    models.hears("How old is the Brooklyn Bridge?");
    let folder = crate::scratch::folder();
    let output = play(&models, folder.path(), "3", |demo| {
        demo.env("TROUPE_LLM", "local:qwen")
            .env("TROUPE_LOG", "troupe=debug");
    })
    .await;
    let told = String::from_utf8_lossy(&output.stderr);
    let logged: Vec<Value> = told
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let of = |message: &str| -> Vec<&Value> {
        let is_it = |event: &&Value| event["fields"]["message"] == message;
        logged.iter().filter(is_it).collect()
    };
    assert_eq!(
        of("a local model has read ahead").len(),
        2,
        "both characters: {told}"
    );
    // Each read its beginning once: whatever is answered comes behind that.
    let known = |event: &&&Value| event["fields"]["cached_tokens"].as_u64() > Some(0);
    let answered = of("a local model has answered");
    assert!(answered.iter().filter(known).count() > 0, "{told}");
}
