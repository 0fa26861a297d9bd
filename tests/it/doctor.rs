//! What the doctor says where something is wrong, and what it advises.

use std::net::TcpListener;
use std::path::Path;

use serde_json::Value;
use troupe_realtime::scripted::{Door, Server};
use troupe_realtime::{Provider, Timing};

use crate::binary;
use crate::recordings::s3::S3;

/// An address on which nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// The findings about one thing.
fn about<'a>(lines: &'a [Value], check: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["check"] == check).collect()
}

fn examine(variables: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, Vec<Value>) {
    let folder = tempfile::tempdir().unwrap();
    examine_in(folder.path(), variables, arguments)
}

/// The same in a folder of the test's own.
fn examine_in(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, Vec<Value>) {
    let mut command = binary::troupe(folder);
    let output = command
        .args(["doctor", "--json"])
        .args(arguments)
        .env("TROUPE_CACHE", folder.join("cache"))
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert!(!folder.join("troupe.sqlite").exists(), "nothing is made");
    let told = String::from_utf8(output.stdout).unwrap();
    let lines = told.lines().map(|line| serde_json::from_str(line).unwrap());
    (output.status.code(), lines.collect())
}

#[test]
fn what_is_out_of_reach_is_told_with_advice() {
    let url = |scheme: &str| format!("{scheme}://{}", nobody());
    let (livekit, api, models) = (url("ws"), url("http"), url("http"));
    let variables = [
        ("LIVEKIT_URL", livekit.as_str()),
        ("TROUPE_API_URL", &api),
        ("TROUPE_API_KEY", "troupe_wk_hush"),
        ("OPENAI_BASE_URL", &models),
    ];
    let (code, lines) = examine(&variables, &[]);
    assert_eq!(code, Some(1));
    for check in ["livekit", "api", "models"] {
        let broken = about(&lines, check);
        let broken = broken.iter().find(|line| line["state"] == "broken").unwrap();
        assert!(
            broken["advice"].as_str().is_some_and(|advice| !advice.is_empty()),
            "{broken}"
        );
    }
    assert!(
        lines.iter().all(|line| !line.to_string().contains("hush")),
        "no key is shown"
    );
    assert_eq!(
        about(&lines, "database")[0]["state"],
        "ok",
        "the first command makes it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_realtime_model_that_is_named_is_tried() {
    let examined = async |door: Door, key: &str| {
        let server = Server::start(Provider::Gemini, door, Vec::new()).await.unwrap();
        let url = server.access(Timing::default()).url;
        let key = key.to_owned();
        let examine = move || {
            let variables = [("GEMINI_REALTIME_URL", url.as_str()), ("GEMINI_API_KEY", &key)];
            let (_, lines) = examine(&variables, &["--for", "worker"]);
            let [told] = about(&lines, "realtime").try_into().unwrap();
            Value::clone(told)
        };
        tokio::task::spawn_blocking(examine).await.unwrap()
    };
    let well = examined(Door::default(), "hush").await;
    assert_eq!(well["state"], "ok", "{well}");
    let door = Door {
        status: Some(401),
        ..Door::default()
    };
    let refused = examined(door, "hush").await;
    assert_eq!(refused["state"], "broken", "{refused}");
    assert!(
        refused["found"].as_str().unwrap().contains("GEMINI_API_KEY"),
        "{refused}"
    );
    assert!(!refused.to_string().contains("hush"), "no secret is shown");
}

#[test]
fn a_character_with_a_realtime_model_without_a_key_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let agents = folder.path().join("agents");
    std::fs::create_dir(&agents).unwrap();
    let ada = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/agents/ada.toml")).unwrap();
    let ada = format!("{ada}\n[models]\nrealtime = \"gemini:live\"\n");
    std::fs::write(agents.join("ada.toml"), ada).unwrap();
    let (_, lines) = examine_in(folder.path(), &[], &["--for", "worker"]);
    let [told] = about(&lines, "realtime").try_into().unwrap();
    assert_eq!(told["state"], "warning", "{told}");
    assert!(
        told["advice"].as_str().unwrap().contains("GEMINI_API_KEY"),
        "{told}"
    );
    let (_, lines) = examine(&[], &["--for", "worker"]);
    assert!(about(&lines, "realtime").is_empty(), "nobody names one");
}

#[test]
fn a_worker_without_a_key_and_a_database_without_a_folder() {
    let (code, lines) = examine(&[], &["--for", "worker"]);
    assert_eq!(code, Some(1));
    assert_eq!(about(&lines, "api")[0]["state"], "broken");
    assert!(about(&lines, "database").is_empty(), "a worker has none");
    let (code, lines) = examine(&[("TROUPE_DB", "sqlite:missing/t.sqlite")], &["--for", "serve"]);
    assert_eq!(code, Some(1));
    assert_eq!(about(&lines, "database")[0]["state"], "broken");
    assert!(about(&lines, "api").is_empty(), "a server is the API");
}

#[test]
fn a_server_for_others_tells_them_where_it_is() {
    let variables = [
        ("TROUPE_LISTEN", "0.0.0.0:8080"),
        ("TROUPE_DB", "sqlite:t.sqlite"),
    ];
    let (code, lines) = examine(&variables, &["--for", "serve"]);
    assert_eq!(code, Some(0), "warnings are no failure: {lines:?}");
    assert_eq!(about(&lines, "addresses")[0]["state"], "warning");
    let public = [
        variables[0],
        variables[1],
        ("TROUPE_PUBLIC_URL", "https://rooms.example"),
    ];
    let (_, lines) = examine(&public, &["--for", "serve"]);
    assert_eq!(about(&lines, "addresses")[0]["state"], "ok");
}

#[test]
fn a_file_that_is_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.sqlite");
    std::fs::write(
        &file,
        "this is not a database, only a long enough text file".repeat(20),
    )
    .unwrap();
    let db = format!("sqlite:{}", file.display());
    let (code, lines) = examine(&[("TROUPE_DB", &db)], &["--for", "serve"]);
    assert_eq!(code, Some(1));
    assert_eq!(about(&lines, "database")[0]["state"], "broken");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_of_recordings_is_tried_and_left_as_it_was() {
    let s3 = S3::start().await;
    let examined = async |bucket: &str| {
        let (bucket, endpoint) = (bucket.to_owned(), s3.endpoint.clone());
        let examine = move || {
            let variables = [
                ("TROUPE_RECORDINGS", bucket.as_str()),
                ("AWS_ENDPOINT_URL", &endpoint),
                ("AWS_ACCESS_KEY_ID", "id"),
                ("AWS_SECRET_ACCESS_KEY", "hush"),
            ];
            let (_, lines) = examine(&variables, &["--for", "serve"]);
            about(&lines, "recordings")[0].clone()
        };
        tokio::task::spawn_blocking(examine).await.unwrap()
    };
    assert_eq!(examined("s3://calls/eu").await["state"], "ok");
    assert!(!s3.listing("").await.contains("<Key>"), "nothing is left");
    let missing = examined("s3://nobody").await;
    assert_eq!(missing["state"], "broken");
    assert!(
        missing["advice"].as_str().unwrap().contains("make the bucket"),
        "{missing}"
    );
    s3.answer(axum::http::StatusCode::FORBIDDEN, 1_000);
    let refused = examined("s3://calls").await;
    assert!(
        refused["advice"].as_str().unwrap().contains("AWS_ACCESS_KEY_ID"),
        "{refused}"
    );
    assert!(!refused.to_string().contains("hush"), "no secret is shown");
}
