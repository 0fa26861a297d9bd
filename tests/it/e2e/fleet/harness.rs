//! LiveKit server, API and workers as processes of their own.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use troupe::config::Tools;
use troupe::providers::{Registry, Spending};
use troupe::tools::Reach;
use troupe::worker::Setup;
use troupe_dialogue::Tuning;

use super::super::harness::troupe_at;
use super::super::models::Models;
use super::super::person::Person;
use super::proxy::Proxy;
use super::voice_server::VoiceServer;

/// Time until something that must happen has happened; a lease, what a slow machine adds, and much more. Nothing is
/// measured by it.
pub(super) const WITHIN: Duration = Duration::from_secs(60);
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A line that is spoken for nine seconds, so that there is a middle of it.
pub(super) const LONG: &str = "Well, let me begin at the beginning, for it is a long story. First there was a river. \
     Then there was a ferry, and the ferry froze in the ice every winter. So they built a bridge, and it took them \
     fourteen years. And that is why it stands where it stands.";

/// A fleet without workers yet.
pub(super) struct Fleet {
    pub(super) models: Models,
    pub(super) livekit: VoiceServer,
    folder: TempDir,
    _api: Child,
    pub(super) api_url: String,
    key: String,
    worker_key: String,
    client: reqwest::Client,
    db: String,
}

impl Fleet {
    pub(super) async fn start() -> Self {
        let (models, livekit) = (Models::start().await, VoiceServer::start().await);
        models.answers(LONG);
        let folder = crate::scratch::folder();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let db = format!("sqlite:{}", folder.path().join("troupe.sqlite").display());
        let troupe = |arguments: &[&str]| {
            let mut command = troupe_at(&models, livekit.url(), folder.path());
            command.args(arguments);
            command
        };
        let key = async |kind: &str| {
            let made = troupe(&[
                "keys",
                "create",
                "--project",
                "fleet",
                "--kind",
                kind,
                "--db",
                &db,
            ])
            .output()
            .await
            .unwrap();
            String::from_utf8(made.stdout).unwrap().trim().to_owned()
        };
        let (secret_key, worker_key) = (key("secret").await, key("worker").await);
        let listen = format!("127.0.0.1:{port}");
        let api = troupe(&["serve", "--listen", &listen, "--db", &db])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let fleet = Self {
            _api: api,
            api_url: format!("http://{listen}"),
            key: secret_key,
            worker_key,
            client: reqwest::Client::new(),
            db,
            models,
            livekit,
            folder,
        };
        fleet
            .until("the API is ready", async || {
                let health = fleet
                    .client
                    .get(format!("{}/healthz", fleet.api_url))
                    .send()
                    .await;
                health
                    .is_ok_and(|answer| answer.status().is_success())
                    .then_some(())
            })
            .await;
        fleet
    }

    pub(super) async fn until<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let looking = async {
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        timeout(WITHIN, looking)
            .await
            .unwrap_or_else(|_| panic!("{what}: not within {WITHIN:?}"))
    }

    /// A machine with a disk of its own, on which workers can be started.
    pub(super) async fn machine(&self, name: &str) -> Machine {
        Machine {
            proxy: Proxy::start(&self.api_url).await,
            entries: self.folder.path().join(name),
        }
    }

    /// Starts a worker that takes rooms once this answers.
    pub(super) async fn worker(&self, machine: &Machine, drain_s: u32) -> Worker {
        let drain_s = drain_s.to_string();
        let mut worker = self.worker_with(machine, &[("TROUPE_DRAIN_S", &drain_s)]);
        worker.logs("the worker takes rooms", 1).await;
        worker
    }

    /// Starts a worker with these settings.
    pub(super) fn worker_with(&self, machine: &Machine, settings: &[(&str, &str)]) -> Worker {
        let mut command = troupe_at(&self.models, self.livekit.url(), self.folder.path());
        let link = &machine.entries;
        std::fs::create_dir_all(link).unwrap();
        let mut child = command
            .args([
                "worker",
                "--json",
                "--api",
                &machine.proxy.url(),
                "--key",
                &self.worker_key,
            ])
            .env("TROUPE_SPOOL", link)
            .env("TROUPE_LOG", "info")
            .envs(settings.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (grown, log_grew) = watch::channel(0);
        let log = Arc::new(Mutex::new(Vec::new()));
        let written = log.clone();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                written.lock().unwrap().push(line);
                grown.send_modify(|count| *count += 1);
            }
        });
        Worker { child, log, log_grew }
    }

    /// What a worker within this process needs to play rooms with these models.
    pub(super) fn setup(&self, registry: Registry) -> Setup {
        Setup {
            api_url: self.api_url.clone(),
            key: self.worker_key.clone().into(),
            health: None,
            rooms_max: 10,
            registry: Arc::new(registry),
            tuning: Tuning::default(),
            memory_tokens: 1_500,
            spending: Spending::default(),
            memory_max_mib: None,
            treatment: troupe_sound::Treatment::default(),
            spool: self.folder.path().join("recordings"),
            entries: self.folder.path().join("entries"),
            drain: Duration::ZERO,
            hurry: CancellationToken::new(),
            tools: Reach::new(&Tools::default()).unwrap(),
            judge: None,
            traces: troupe::traces::Traces::off(),
        }
    }

    pub(super) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.api_url))
            .bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }

    /// A started room with a character and a person in it.
    pub(super) async fn room(&self) -> (String, Person) {
        self.room_with(CHARACTER).await
    }

    /// The same with this character.
    pub(super) async fn room_with(&self, character: &str) -> (String, Person) {
        let made = self
            .call(Method::POST, "/v1/rooms", Some(json!({ "name": "Test" })))
            .await;
        let room = made["id"].as_str().unwrap().to_owned();
        let character = json!({ "characterId": character });
        self.call(
            Method::POST,
            &format!("/v1/rooms/{room}/participants"),
            Some(character),
        )
        .await;
        let (url, token) = self.door(&room, "guest").await;
        let person = Person::join(&url, &token).await;
        self.call(Method::POST, &format!("/v1/rooms/{room}/start"), None)
            .await;
        (room, person)
    }

    /// Where somebody named Guest joins a room, and with which token.
    pub(super) async fn door(&self, room: &str, identity: &str) -> (String, String) {
        let path = format!("/v1/rooms/{room}/token?identity={identity}&name=Guest");
        let join = self.call(Method::GET, &path, None).await;
        let [url, token] = ["url", "token"].map(|field| join[field].as_str().unwrap().to_owned());
        (url, token)
    }

    /// Waits until the API knows that this was begun in a room.
    pub(super) async fn knows_of(&self, room: &str, begun: &str) {
        let database = sqlx::SqlitePool::connect(&self.db).await.unwrap();
        self.until(begun, async || {
            let note: Option<String> = sqlx::query_scalar("SELECT note FROM rooms WHERE id = ?")
                .bind(room)
                .fetch_one(&database)
                .await
                .unwrap();
            note.filter(|note| note.contains(begun)).map(drop)
        })
        .await;
        database.close().await;
    }

    /// The timeline as `speaker: words`, once it is what is waited for.
    pub(super) async fn timeline(
        &self,
        room: &str,
        what: &str,
        fits: impl Fn(&[String]) -> bool,
    ) -> Vec<String> {
        let path = format!("/v1/rooms/{room}/transcript");
        self.until(what, async || {
            let answer = self.call(Method::GET, &path, None).await;
            let lines: Vec<String> = answer.as_array()?.iter().map(line).collect();
            fits(&lines).then_some(lines)
        })
        .await
    }

    /// Waits until a model was asked with this in the question.
    pub(super) async fn asks(&self, words: &str) -> String {
        self.until(words, async || {
            self.models
                .asked()
                .into_iter()
                .find(|asked| asked.contains(words))
        })
        .await
    }
}

fn line(entry: &Value) -> String {
    let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    format!("{}: {}", text("speakerType"), text("content"))
}

/// Says how long something took: for `docs/faults.md`, never for an assertion.
pub(super) fn took(fault: &str, until: &str, since: Instant) {
    eprintln!(
        "fault: {fault}: {until} after {:.1} s",
        since.elapsed().as_secs_f64()
    );
}

/// The character of these tests, and its participant.
pub(super) const CHARACTER: &str = "ada";
pub(super) const AGENT: &str = "agent-ada";

/// A disk and a network.
pub(super) struct Machine {
    pub(super) proxy: Proxy,
    entries: PathBuf,
}

/// A worker's process.
pub(super) struct Worker {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    log_grew: watch::Receiver<usize>,
}

impl Worker {
    /// Waits until it has logged this so often.
    pub(super) async fn logs(&mut self, words: &str, times: usize) {
        let found = timeout(WITHIN, async {
            loop {
                if self.logged(words) >= times {
                    return;
                }
                if self.log_grew.changed().await.is_err() {
                    panic!("the worker ended: {:#?}", self.log.lock().unwrap());
                }
            }
        });
        if found.await.is_err() {
            panic!(
                "{words:?} was not logged {times} times: {:#?}",
                self.log.lock().unwrap()
            );
        }
    }

    /// How often it has logged this.
    pub(super) fn logged(&self, words: &str) -> usize {
        let log = self.log.lock().unwrap();
        log.iter().filter(|line| line.contains(words)).count()
    }

    /// Sends a signal to the process.
    pub(super) async fn signal(&self, signal: &str) {
        let id = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().await.unwrap();
        assert!(sent.success());
    }

    /// Ends it without a warning.
    pub(super) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Waits for its end.
    pub(super) async fn ends(&mut self) -> ExitStatus {
        timeout(WITHIN, self.child.wait()).await.unwrap().unwrap()
    }
}

/// Asks the character something, and waits until it is heard.
pub(super) async fn ask(fleet: &Fleet, person: &mut Person, words: &str) {
    fleet.models.hears(words);
    person.type_in(words).await;
    person.hears(AGENT).await;
}
