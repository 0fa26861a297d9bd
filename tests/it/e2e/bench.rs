//! `troupe bench`, from nothing to its report.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use super::harness::{livekit, troupe};

/// Time that a few turns with scripted models are given.
const WITHIN: Duration = Duration::from_secs(120);

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn delays_are_measured_from_outside_and_laid_beside_others() {
    let folder = tempfile::tempdir().unwrap();
    let livekit = livekit().await;
    let theirs = json!({"cmd": "python worker.py", "real": {"psi_pct": 6, "missed": 0, "early": 0,
        "latency": {"n": 12, "median": 1175.6, "p95": 1255.4, "min": 1100.0, "max": 1255.4, "mean": 1170.0}}});
    std::fs::write(folder.path().join("theirs.json"), theirs.to_string()).unwrap();
    let mut bench = troupe(folder.path());
    bench
        .env("LIVEKIT_URL", livekit.url().as_str())
        .args([
            "bench", "latency", "--json", "--models", "scripted", "--name", "ours",
        ])
        .args([
            "--turns",
            "2",
            "--interruptions",
            "1",
            "--joins",
            "1",
            "--out",
            "out",
        ])
        .args(["--compare", "theirs.json"]);
    let output = timeout(WITHIN, bench.output()).await.expect("it ends").unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {told}", output.status);

    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let out = folder.path().join("out");
    let report: Value = serde_json::from_str(&read(&out.join("report.json"))).unwrap();
    assert_eq!(
        (&printed["event"], &printed["real"]),
        (&"report".into(), &report["real"])
    );
    assert_eq!(
        (&report["name"], &report["real"]["missed"]),
        (&"ours".into(), &0.into()),
        "{report:#}"
    );
    assert_eq!(report["real"]["latency"]["n"], 2, "{report:#}");
    assert_eq!(report["barge"]["stop"]["n"], 1, "{report:#}");
    assert_eq!(report["join"]["track_subscribed"]["n"], 1, "{report:#}");
    // What the caller wrote down agrees with itself.
    let latency: Value = serde_json::from_str(&read(&out.join("latency.json"))).unwrap();
    for turn in latency["rooms"][0]["turns"].as_array().unwrap() {
        let of = |key: &str| turn[key].as_f64().unwrap();
        let span = (of("onset") - of("eos")) * 1000.0;
        assert!((span - of("latency_ms")).abs() < 1.0, "{turn}");
        assert!(of("t_start") < of("eos"), "{turn}");
    }
    for name in ["report.md", "report.html"] {
        let text = read(&out.join(name));
        assert!(text.contains("ours") && text.contains("theirs"), "{name}");
        assert!(!text.contains("<script"), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_many_rooms_take_is_read_off_a_worker_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let livekit = livekit().await;
    let mut bench = troupe(folder.path());
    bench
        .env("LIVEKIT_URL", livekit.url().as_str())
        .args(["bench", "density", "--json", "--models", "instant"])
        .args(["--rooms", "2", "--seconds", "4", "--out", "out"]);
    let output = timeout(WITHIN, bench.output()).await.expect("it ends").unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {told}", output.status);
    let report: Value = serde_json::from_str(&read(&folder.path().join("out/report.json"))).unwrap();
    let load = &report["load"]["2"];
    assert_eq!(load["errors"], 0, "{load:#}");
    for field in ["pss_mb", "cpu_s_per_room_min", "seconds"] {
        assert!(
            load[field].as_f64().is_some_and(|value| value > 0.0),
            "{field}: {load:#}"
        );
    }
    assert!(load["latency"]["n"].as_u64().is_some_and(|n| n >= 2), "{load:#}");
    assert!(read(&folder.path().join("out/report.html")).contains("Many rooms at once"));
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_come_and_go_and_their_turns_are_accounted_for() {
    let folder = tempfile::tempdir().unwrap();
    let livekit = livekit().await;
    let mut bench = troupe(folder.path());
    bench
        .env("LIVEKIT_URL", livekit.url().as_str())
        .args(["bench", "soak", "--json", "--models", "instant", "--out", "out"])
        .args(["--rooms", "2", "--minutes", "0", "--turns", "1", "--round", "2"])
        // A debug build on a busy machine in its first minute says nothing of memory.
        .args(["--growth-max", "100000"]);
    let output = timeout(WITHIN * 2, bench.output())
        .await
        .expect("it ends")
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    let report: Value = serde_json::from_str(&read(&folder.path().join("out/report.json"))).unwrap();
    let soak = &report["soak"];
    assert_eq!(soak["errors"], json!({}), "{soak:#}: {told}");
    assert_eq!(soak["missed_without_reason"], 0, "{soak:#}");
    assert!(
        soak["turns"].as_u64().is_some_and(|turns| turns >= 10),
        "{soak:#}"
    );
    assert!(
        soak["outcomes"]["answered"]
            .as_u64()
            .is_some_and(|turns| turns >= 1),
        "{soak:#}"
    );
    assert_eq!(soak["readings"].as_array().map(Vec::len), Some(5), "{soak:#}");
    assert!(read(&folder.path().join("out/report.html")).contains("Rooms that come and go"));
}

#[tokio::test]
async fn models_are_measured_beside_each_other() {
    let models = super::models::Models::start().await;
    models.hears("how cold is the Brooklyn bridge");
    let folder = tempfile::tempdir().unwrap();
    let mut bench = troupe(folder.path());
    bench
        .env("OPENAI_BASE_URL", models.base_url())
        .env("OPENAI_API_KEY", "test-key")
        .env("TROUPE_STT", "openai:one")
        .env("TROUPE_LLM", "openai:one")
        .env("TROUPE_TTS", "openai:one")
        // A cache without any model, and nothing to fetch them with.
        .env("TROUPE_CACHE", folder.path().join("cache"))
        .args([
            "bench",
            "voices",
            "--offline",
            "--json",
            "--tts",
            "openai:one",
            "openai:two",
            "--out",
            "out",
        ]);
    let output = timeout(WITHIN, bench.output()).await.expect("it ends").unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {told}", output.status);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let voices = report["voices"].as_array().unwrap();
    let kinds: Vec<&str> = voices.iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "speech to text",
            "language model",
            "text to speech",
            "text to speech"
        ],
        "{report:#}"
    );
    // One word of six is wrong.
    assert!(
        (voices[0]["wer"].as_f64().unwrap() - 1.0 / 6.0).abs() < 1e-9,
        "{report:#}"
    );
    assert!(
        voices
            .iter()
            .all(|row| row["failed"] == 0 && row["first_ms"]["n"].as_u64() > Some(0))
    );
    // Two voices could be compared, and what for it is never fetched unasked.
    assert!(
        told.contains("run `troupe models pull resemblyzer` first"),
        "{told}"
    );
    assert_eq!(report["speakers"], Value::Null);
}

#[tokio::test]
async fn voices_are_laid_beside_each_other() {
    let models = super::models::Models::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut pull = troupe(folder.path());
    pull.args(["models", "pull", "resemblyzer"]);
    let pulled = timeout(WITHIN, pull.output()).await.expect("it ends").unwrap();
    assert!(
        pulled.status.success(),
        "{}",
        String::from_utf8_lossy(&pulled.stderr)
    );
    let mut bench = troupe(folder.path());
    bench
        .env("OPENAI_BASE_URL", models.base_url())
        .env("OPENAI_API_KEY", "test-key")
        .env("TROUPE_STT", "openai:one")
        .env("TROUPE_LLM", "openai:one")
        .env("TROUPE_TTS", "local:piper")
        .args([
            "bench", "voices", "--json", "--voice", "joe", "joe+6", "--out", "out",
        ]);
    let output = timeout(WITHIN, bench.output()).await.expect("it ends").unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {told}", output.status);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let speakers = &report["speakers"];
    assert_eq!(speakers["voices"], json!(["joe", "joe+6"]), "{report:#}");
    // One voice, and the same one half an octave higher.
    assert_eq!(speakers["toldApart"], true, "{speakers:#}");
    let out = folder.path().join("out");
    assert!(read(&out.join("report.md")).contains("| 2 joe+6 |"));
    let page = read(&out.join("report.html"));
    assert!(page.contains("How alike voices sound") && page.contains("<title>joe, joe+6: "));
}

#[tokio::test]
async fn what_cant_be_measured_is_told_before_anything_starts() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("other.json"), "{}").unwrap();
    for (arguments, reason) in [
        (&["missing.wav"][..], "missing.wav"),
        (&["--compare", "other.json"][..], "other.json holds no results"),
        (&["--compare", "nowhere.json"][..], "can't read nowhere.json"),
    ] {
        let mut bench = troupe(folder.path());
        bench.args(["bench", "latency"]).args(arguments);
        let output = bench.output().await.unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains(reason), "{told}");
    }
}
