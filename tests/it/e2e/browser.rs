//! Scripts that drive a real Chromium through the pages, and what they tell.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::client::python_with;
use crate::node::packages_of;
use crate::packages::{BROWSER_DRIVER, browser};

/// The accessibility checker, pinned.
const AXE: [&str; 1] = ["axe-core@4.14.1"];
/// Time for a whole script. Nothing is measured by it.
const WITHIN: Duration = Duration::from_secs(300);

/// A script that runs.
pub(super) struct Browser {
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    events: Vec<Value>,
}

impl Browser {
    /// Runs `script` of this folder. Pictures stay in the build folder's `tmp/pages`.
    pub(super) async fn run(script: &str, arguments: &[&str]) -> Self {
        let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
        std::fs::create_dir_all(&pictures).unwrap();
        let axe = packages_of(&AXE).await.join("node_modules/axe-core/axe.min.js");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/e2e");
        let mut child = Command::new(python_with(&BROWSER_DRIVER).await)
            .arg("-B")
            .arg(folder.join(script))
            .args(arguments)
            .env("CHROMIUM", browser())
            .env("AXE", axe)
            .env("PICTURES", pictures)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self {
            stdin: child.stdin.take().unwrap(),
            lines: BufReader::new(child.stdout.take().unwrap()).lines(),
            events: Vec::new(),
            child,
        }
    }

    /// Reads on until the script asks for this.
    pub(super) async fn asked(&mut self, event: &str) -> Value {
        loop {
            match self.next().await {
                Some(told) if told["event"] == event => return told,
                Some(_) => {}
                None => self.fail().await,
            }
        }
    }

    /// Lets it go on.
    pub(super) async fn done(&mut self) {
        self.stdin.write_all(b"\n").await.unwrap();
    }

    /// Everything that it told, once it has ended well. The page must have kept to its own policy, and the checker
    /// must have found nothing that keeps anybody out.
    pub(super) async fn finished(mut self) -> Vec<Value> {
        while self.next().await.is_some() {}
        if !timeout(WITHIN, self.child.wait())
            .await
            .unwrap()
            .unwrap()
            .success()
        {
            self.fail().await;
        }
        let is_fault = |event: &&Value| {
            let text = event["text"].as_str().unwrap_or_default();
            event["event"] == "error"
                || event["event"] == "console" && text.contains("Content Security Policy")
                || event["faults"]
                    .as_array()
                    .is_some_and(|faults| !faults.is_empty())
        };
        let faults: Vec<&Value> = self.events.iter().filter(is_fault).collect();
        assert!(faults.is_empty(), "{faults:#?}");
        assert!(self.events.iter().any(|event| event["event"] == "checked"));
        self.events
    }

    async fn next(&mut self) -> Option<Value> {
        let line = timeout(WITHIN, self.lines.next_line()).await.unwrap().unwrap()?;
        let event: Value = serde_json::from_str(&line).unwrap();
        self.events.push(event.clone());
        Some(event)
    }

    async fn fail(&mut self) -> ! {
        let mut told = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut told)
            .await
            .unwrap();
        panic!("{:#?}\n{told}", self.events);
    }
}

/// The event of this name.
#[track_caller]
pub(super) fn of<'a>(events: &'a [Value], name: &str) -> &'a Value {
    events.iter().find(|event| event["event"] == name).expect(name)
}
