//! LiveKit server, our binary, and the Rooms API as a client sees it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use troupe::config::LiveKit;
use troupe::devserver::{self, Running, Source};
use troupe::rooms::livekit::LiveKitServer;

use super::models::Models;
use super::person::Person;
use crate::client::cache;

/// Time that our binary is given to be ready.
const READY_WITHIN: Duration = Duration::from_secs(30);
/// Time until entries that must come are there; a scene of ten lines takes half of it.
const ENTRIES_WITHIN: Duration = Duration::from_secs(90);
/// How often a transcript is looked at that is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A LiveKit server of the test's own; it ends when dropped.
pub(super) async fn livekit() -> Running {
    livekit_telling(None).await
}

/// The same; it tells `webhook` what happens in its rooms.
pub(super) async fn livekit_telling(webhook: Option<&str>) -> Running {
    let key = LiveKit {
        url: None,
        api_key: "devkey".into(),
        api_secret: "secret".to_owned().into(),
        public_url: None,
    };
    let cache = cache();
    let source = Source {
        cache: &cache,
        offline: false,
    };
    devserver::start_telling(&key, source, webhook, |step| eprintln!("{step}"))
        .await
        .unwrap()
}

/// The binary with nothing of the developer's own configuration, in an empty folder.
pub(super) fn troupe(folder: &Path) -> Command {
    let mut command = Command::from(crate::binary::troupe(folder));
    command
        .env("TROUPE_CACHE", cache())
        .env("TROUPE_HEALTH", "127.0.0.1:0");
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// The same with scripted models and this LiveKit server.
pub(super) fn troupe_with(models: &Models, livekit: &Running, folder: &Path) -> Command {
    troupe_at(models, livekit.url().as_str(), folder)
}

/// The same with the LiveKit server at this URL.
pub(super) fn troupe_at(models: &Models, livekit: &str, folder: &Path) -> Command {
    let mut command = troupe(folder);
    command
        .env("LIVEKIT_URL", livekit)
        .env("OPENAI_BASE_URL", models.base_url())
        .env("OPENAI_API_KEY", "test-key")
        .env("TROUPE_STT", "openai:scripted")
        .env("TROUPE_LLM", "openai:scripted")
        .env("TROUPE_TTS", "openai:scripted");
    command
}

/// A running `troupe dev`, and a client of its API.
pub(super) struct Stack {
    child: Child,
    livekit: Option<Running>,
    folder: TempDir,
    client: reqwest::Client,
    url: String,
    /// A secret key of the stack's project.
    pub(super) key: String,
    /// Opens the pages, once.
    pub(super) page_url: String,
    pub(super) models: Models,
}

impl Stack {
    pub(super) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The binary beside the stack: on its database, with its LiveKit server and models, told where its API is.
    pub(super) fn beside(&self) -> Option<Command> {
        let mut command = troupe_with(&self.models, self.livekit.as_ref()?, self.folder.path());
        command.env("TROUPE_API_URL", &self.url);
        Some(command)
    }

    /// Starts with changes to the command.
    pub(super) async fn start_with(change: impl FnOnce(&mut Command)) -> Self {
        let models = Models::start().await;
        let folder = crate::scratch::folder();
        let livekit = livekit().await;
        let mut command = troupe_with(&models, &livekit, folder.path());
        command
            .args(["dev", "--json", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped());
        change(&mut command);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = async {
            loop {
                let line = lines
                    .next_line()
                    .await
                    .unwrap()
                    .expect("`troupe dev` runs until it is stopped");
                let event: Value = serde_json::from_str(&line).unwrap();
                if event["event"] == "ready" {
                    return event;
                }
            }
        };
        let ready = timeout(READY_WITHIN, ready)
            .await
            .expect("`troupe dev` gets ready");
        let text = |key: &str| ready[key].as_str().unwrap().to_owned();
        let (url, key, page_url) = (text("apiUrl"), text("apiKey"), text("pageUrl"));
        Self {
            child,
            livekit: Some(livekit),
            folder,
            client: reqwest::Client::new(),
            url,
            key,
            page_url,
            models,
        }
    }

    pub(super) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let (status, answer) = self.ask(method, path, body).await;
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }

    /// Status and code of a refusal.
    pub(super) async fn refused(&self, method: Method, path: &str, body: Option<Value>) -> (u16, String) {
        let (status, answer) = self.ask(method, path, body).await;
        let code = answer["error"]["code"].as_str().unwrap_or_default().to_owned();
        (status.as_u16(), code)
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.url))
            .bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    /// The LiveKit server's room management, asked directly.
    pub(super) fn room_service(&self) -> LiveKitServer {
        let livekit = self.livekit.as_ref().unwrap();
        LiveKitServer::new(livekit.url().as_str(), "devkey", "secret")
    }

    /// Stops the LiveKit server.
    pub(super) async fn stop_livekit(&mut self) {
        self.livekit.take().unwrap().stop().await;
    }

    /// Ends our binary without a warning.
    pub(super) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Asks with a key of the test's; answers the status.
    pub(super) async fn status(&self, path: &str, key: &str) -> reqwest::StatusCode {
        let request = self.client.get(format!("{}{path}", self.url)).bearer_auth(key);
        request.send().await.unwrap().status()
    }

    /// A request of a browser, which has no key.
    pub(super) async fn post_without_key(&self, url: &str) -> Value {
        let answer = self.client.post(url).send().await.unwrap();
        answer.error_for_status().unwrap().json().await.unwrap()
    }

    /// The same when it must be refused.
    pub(super) async fn post_without_key_refused(&self, url: &str) -> Value {
        let answer = self.client.post(url).send().await.unwrap();
        assert!(answer.status().is_client_error(), "{url}");
        answer.json().await.unwrap()
    }

    /// Changes rows as no operation can.
    pub(super) async fn alter(&self, sql: &'static str) {
        let options =
            sqlx::sqlite::SqliteConnectOptions::new().filename(self.folder.path().join("troupe.sqlite"));
        let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
        sqlx::query(sql).execute(&pool).await.unwrap();
        pool.close().await;
    }

    /// The first characters there are, as (id, name).
    pub(super) async fn characters<const N: usize>(&self) -> [(String, String); N] {
        let answer = self.call(Method::GET, "/v1/characters", None).await;
        let list = answer.as_array().cloned().unwrap_or_default();
        std::array::from_fn(|index| {
            let text = |key: &str| list[index][key].as_str().unwrap().to_owned();
            (text("id"), text("name"))
        })
    }

    /// A room with these characters, not started.
    pub(super) async fn room(&self, characters: &[&str]) -> String {
        let room = self
            .call(Method::POST, "/v1/rooms", Some(json!({ "name": "Test" })))
            .await;
        let room = room["id"].as_str().unwrap().to_owned();
        for character in characters {
            self.add(&room, character).await;
        }
        room
    }

    /// Starts a room.
    pub(super) async fn begin(&self, room: &str) {
        self.call(Method::POST, &format!("/v1/rooms/{room}/start"), None)
            .await;
    }

    /// A person called Guest in a room.
    pub(super) async fn guest(&self, room: &str) -> Person {
        let path = format!("/v1/rooms/{room}/token?identity=guest&name=Guest");
        let join = self.call(Method::GET, &path, None).await;
        Person::join(join["url"].as_str().unwrap(), join["token"].as_str().unwrap()).await
    }

    pub(super) async fn add(&self, room: &str, character: &str) -> Value {
        let body = json!({ "characterId": character });
        self.call(
            Method::POST,
            &format!("/v1/rooms/{room}/participants"),
            Some(body),
        )
        .await
    }

    pub(super) async fn transcript(&self, room: &str) -> Vec<Value> {
        let answer = self
            .call(Method::GET, &format!("/v1/rooms/{room}/transcript"), None)
            .await;
        answer.as_array().cloned().unwrap_or_default()
    }

    /// The stored entries once there are at least `count`: they are posted a moment after they are heard.
    pub(super) async fn entries(&self, room: &str, count: usize) -> Vec<Value> {
        self.entries_until(room, |entries| entries.len() >= count).await
    }

    /// The stored entries once they are what is waited for.
    pub(super) async fn entries_until(&self, room: &str, are_there: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let begun = Instant::now();
        loop {
            let transcript = self.transcript(room).await;
            if are_there(&transcript) {
                return transcript;
            }
            assert!(
                begun.elapsed() < ENTRIES_WITHIN,
                "the entries did not come: {transcript:#?}"
            );
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// What a link opens, without a key.
    pub(super) async fn download(&self, url: &str) -> Vec<u8> {
        let response = self.client.get(url).send().await.unwrap();
        assert!(response.status().is_success(), "{url}: {}", response.status());
        response.bytes().await.unwrap().to_vec()
    }

    /// The shipped recording as the Python client takes it.
    pub(super) fn recording(&self) -> PathBuf {
        write_recording(self.folder.path(), "question.wav", true, 0)
    }

    /// A second in which nothing is said.
    pub(super) fn silence(&self) -> PathBuf {
        write_recording(self.folder.path(), "silence.wav", false, 1)
    }

    /// The same with a pause after it, for a microphone that plays it over and over.
    pub(super) fn recording_with_pause(&self) -> PathBuf {
        write_recording(self.folder.path(), "question-and-pause.wav", true, 10)
    }
}

/// Writes the shipped recording, or silence, and a pause to a WAV file of `folder`.
pub(super) fn write_recording(folder: &Path, name: &str, is_said: bool, pause_s: usize) -> PathBuf {
    const RATE_HZ: u32 = 48_000;
    let path = folder.join(name);
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/caller.flac");
    let pcm = troupe::audio_file::read_mono(&shipped, RATE_HZ).unwrap();
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    let pause = std::iter::repeat_n(0, pause_s * RATE_HZ as usize);
    for sample in pcm.into_iter().filter(|_| is_said).chain(pause) {
        writer.write_sample(sample).unwrap();
    }
    writer.finalize().unwrap();
    path
}
