//! LiveKit's own clients, driven by JSON lines.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::client::python;
use crate::node::Node;

/// Time until something that must happen has happened. Nothing is measured by it.
const WITHIN: Duration = Duration::from_secs(30);

/// A person with an ordinary client. Everything that was noticed is kept.
pub(super) struct Person {
    _child: Child,
    commands: ChildStdin,
    noticed: Lines<BufReader<ChildStdout>>,
    /// All that was noticed so far, oldest first.
    pub(super) events: Vec<Value>,
}

impl Person {
    /// With the client for Python.
    pub(super) async fn join(url: &str, token: &str) -> Self {
        let mut command = Command::new(python().await);
        command.arg(script("person.py"));
        Self::join_by(command, url, token).await
    }

    /// With the client for Node.
    pub(super) async fn join_by_node(node: &Node, url: &str, token: &str) -> Self {
        Self::join_by(node.command(&script("person.mjs")), url, token).await
    }

    async fn join_by(mut client: Command, url: &str, token: &str) -> Self {
        client.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = client.kill_on_drop(true).spawn().unwrap();
        let noticed = BufReader::new(child.stdout.take().unwrap()).lines();
        let commands = child.stdin.take().unwrap();
        let mut person = Self {
            _child: child,
            commands,
            noticed,
            events: Vec::new(),
        };
        person
            .command(&json!({ "do": "join", "url": url, "token": token }))
            .await;
        person
            .until("the connection", |event| event["event"] == "connected")
            .await;
        person
    }

    async fn command(&mut self, command: &Value) {
        self.commands
            .write_all(format!("{command}\n").as_bytes())
            .await
            .unwrap();
    }

    /// Says a recording (48 kHz mono WAV); answers once its last sample has left.
    pub(super) async fn say(&mut self, recording: &Path) -> Value {
        self.command(&json!({ "do": "say", "file": recording })).await;
        self.until("the end of the recording", |event| event["event"] == "said")
            .await
    }

    /// Says a recording, and takes the microphone away with its last sample.
    pub(super) async fn say_and_unplug(&mut self, recording: &Path) {
        self.command(&json!({ "do": "unplug" })).await;
        self.say(recording).await;
    }

    /// Types words.
    pub(super) async fn type_in(&mut self, text: &str) {
        self.command(&json!({ "do": "chat", "text": text })).await;
    }

    /// Leaves the room in order.
    #[allow(dead_code, reason = "benches use it")]
    pub(super) async fn leave(&mut self) {
        self.command(&json!({ "do": "leave" })).await;
        self.until("the end", |event| event["event"] == "disconnected")
            .await;
    }

    /// The next event that fits, and everything before it in `events`.
    pub(super) async fn until(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let found = timeout(WITHIN, async {
            loop {
                let line = self
                    .noticed
                    .next_line()
                    .await
                    .unwrap()
                    .expect("the client goes on");
                let event: Value = serde_json::from_str(&line).unwrap();
                assert_ne!(event["event"], "failed", "{event}");
                self.events.push(event.clone());
                if fits(&event) {
                    return event;
                }
            }
        });
        match found.await {
            Ok(event) => event,
            Err(_) => panic!("{what} did not come; what did: {:#?}", self.events),
        }
    }

    /// Waits until `identity` is audible.
    pub(super) async fn hears(&mut self, identity: &str) -> Value {
        self.until(&format!("sound of {identity}"), |event| {
            is(event, "sound", identity)
        })
        .await
    }

    /// Waits until `identity` falls silent.
    pub(super) async fn hears_out(&mut self, identity: &str) -> Value {
        self.until(&format!("silence of {identity}"), |event| {
            is(event, "silence", identity)
        })
        .await
    }

    /// Waits for an event that fits, unless it came before.
    pub(super) async fn has(&mut self, what: &str, fits: impl Fn(&Value) -> bool) {
        if !self.events.iter().any(&fits) {
            self.until(what, fits).await;
        }
    }

    /// Waits for the track of `identity`, unless it came before.
    pub(super) async fn has_track(&mut self, identity: &str) {
        let what = format!("the track of {identity}");
        self.has(&what, |event| is(event, "track", identity)).await;
    }

    /// Waits for a track of `identity` that was not noticed yet: somebody who comes back.
    pub(super) async fn has_track_again(&mut self, identity: &str) {
        let what = format!("another track of {identity}");
        self.until(&what, |event| is(event, "track", identity)).await;
    }

    /// The values that an attribute of a participant took so far.
    pub(super) fn attribute(&self, identity: &str, key: &str) -> Vec<&str> {
        let of_key = |event: &&Value| is(event, "attribute", identity) && event["key"] == key;
        self.events
            .iter()
            .filter(of_key)
            .filter_map(|event| event["value"].as_str())
            .collect()
    }
}

/// A script that lies beside this file.
pub(super) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/e2e")
        .join(name)
}

/// Whether it is that event of that participant.
pub(super) fn is(event: &Value, name: &str, identity: &str) -> bool {
    event["event"] == name && event["identity"] == identity
}
