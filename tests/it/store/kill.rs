//! The server dies by SIGKILL while workers write: what it acknowledged is there, once, and the workers go on.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::Notify;
use troupe::rooms::key::{KeyKind, MadeKey};
use troupe::rooms::list::After;
use troupe::rooms::secret::ServerSecret;

use super::database::{Kind, TestDatabase};
use super::setup::{project, started_room};

const SECRET: &str = "a secret for tests, long enough";
/// Rooms that are written to at the same time, each by a worker of its own.
const ROOMS: u64 = 20;
/// Entries of one batch.
const BATCH: u64 = 5;
/// Entries acknowledged before the server is killed.
const ENOUGH: u64 = 2_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_entry_outlives_the_server_on_sqlite() {
    outlives(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_entry_outlives_the_server_on_postgres() {
    outlives(Kind::Postgres).await;
}

async fn outlives(kind: Kind) {
    let database = TestDatabase::new(kind).await;
    let store = &database.store;
    let one = project(store, "one").await;
    let secret = ServerSecret::from_text(SECRET).unwrap();
    let key = MadeKey::new(KeyKind::Worker, &secret);
    store
        .insert_key(&key, KeyKind::Worker, None, None, None)
        .await
        .unwrap();
    let mut rooms = Vec::new();
    for number in 0..ROOMS {
        rooms.push(started_room(store, &one).await);
        assert_eq!(
            store
                .claim(&format!("w{number}"), "r", 1)
                .await
                .unwrap()
                .claimed
                .len(),
            1
        );
    }

    let mut server = Server::start(&database.url).await;
    let (acknowledged, enough) = (Arc::new(AtomicU64::new(0)), Arc::new(Notify::new()));
    let begun = Instant::now();
    let writers: Vec<_> = rooms
        .iter()
        .enumerate()
        .map(|(number, room)| {
            let writer = Writer {
                client: reqwest::Client::new(),
                url: format!("http://{}/worker/v1/rooms/{room}/entries", server.address),
                key: key.plain.clone(),
                worker: format!("w{number}"),
            };
            let (acknowledged, enough) = (acknowledged.clone(), enough.clone());
            tokio::spawn(async move {
                let mut stored = 0;
                while let Some(now) = writer.append(stored).await {
                    if acknowledged.fetch_add(now - stored, Ordering::Relaxed) > ENOUGH {
                        enough.notify_one();
                    }
                    stored = now;
                }
                stored
            })
        })
        .collect();
    enough.notified().await;
    let span = begun.elapsed();
    server.child.kill().await.unwrap();
    let mut stored = Vec::new();
    for writer in writers {
        stored.push(writer.await.unwrap());
    }
    let total = acknowledged.load(Ordering::Relaxed);
    eprintln!(
        "{kind:?}: {total} entries acknowledged, {:.0} a second",
        ENOUGH as f64 / span.as_secs_f64()
    );

    let server = Server::start(&database.url).await;
    for (number, (room, stored)) in rooms.iter().zip(stored).enumerate() {
        let writer = Writer {
            client: reqwest::Client::new(),
            url: format!("http://{}/worker/v1/rooms/{room}/entries", server.address),
            key: key.plain.clone(),
            worker: format!("w{number}"),
        };
        // The worker sends again what was not acknowledged, whether it was stored or not.
        let now = writer.append(stored).await.expect("the server is back");
        assert!(now >= stored + BATCH);
        let entries = store.entries(room, After::Nothing, None, "after").await.unwrap();
        let contents: Vec<String> = entries.into_iter().map(|entry| entry.content).collect();
        let expected: Vec<String> = (1..=now).map(content).collect();
        assert_eq!(contents, expected);
    }
}

fn content(sequence: u64) -> String {
    format!("line {sequence}")
}

struct Writer {
    client: reqwest::Client,
    url: String,
    key: String,
    worker: String,
}

impl Writer {
    /// Sends the batch after `stored` and answers the highest sequence stored; nothing when the server is gone.
    async fn append(&self, stored: u64) -> Option<u64> {
        let entries: Vec<Value> = (stored + 1..=stored + BATCH)
            .map(
                |sequence| json!({"sequence": sequence, "speakerType": "user", "content": content(sequence)}),
            )
            .collect();
        let sent = self
            .client
            .post(&self.url)
            .bearer_auth(&self.key)
            .json(&json!({"workerId": self.worker, "epoch": 1, "entries": entries}))
            .send();
        let answer = sent.await.ok()?;
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.ok()?;
        answer["acknowledged"].as_u64()
    }
}

/// Our binary as a server.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    async fn start(database: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_troupe"))
            .args(["serve", "--json", "--listen", "127.0.0.1:0", "--db", database])
            .env("TROUPE_SECRET", SECRET)
            .env("TROUPE_LOG", "info")
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines.next_line().await.unwrap().expect("the server starts");
            let line: Value = serde_json::from_str(&line).unwrap_or_default();
            if let Some(address) = line["fields"]["address"].as_str() {
                break address.to_owned();
            }
        };
        // Whoever reads nothing any more would stop the server's log, and with it the server.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, address }
    }
}
