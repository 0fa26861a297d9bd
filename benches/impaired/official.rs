//! The official client, in a process of its own.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::{client::python, companion::Companion};

pub(crate) struct Official {
    companion: Companion,
    folder: tempfile::TempDir,
    kept: usize,
}

impl Official {
    pub(crate) async fn start(url: &str) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/impaired/official.py");
        Self {
            companion: Companion::start(Command::new(python().await).arg(script).arg(url)),
            folder: tempfile::tempdir().unwrap(),
            kept: 0,
        }
    }

    async fn call(&mut self, words: &[&str]) {
        self.companion.ask(words).await;
    }

    fn file(&self, number: usize) -> PathBuf {
        self.folder.path().join(number.to_string())
    }

    pub(crate) async fn listen(&mut self, token: &str) {
        let file = self.file(self.kept);
        self.kept += 1;
        self.call(&["listen", token, file.to_str().unwrap()]).await;
    }

    pub(crate) async fn enter(&mut self, token: &str) {
        self.call(&["enter", token]).await;
    }

    pub(crate) async fn speak(&mut self, pcm: &Path) {
        self.call(&["speak", pcm.to_str().unwrap()]).await;
    }

    /// What was heard, in the order of `listen`.
    pub(crate) async fn end(mut self) -> Vec<Vec<i16>> {
        self.call(&["end"]).await;
        let files = (0..self.kept).map(|number| std::fs::read(self.file(number)).unwrap());
        files.map(|bytes| samples(&bytes)).collect()
    }
}

fn samples(bytes: &[u8]) -> Vec<i16> {
    bytes
        .as_chunks::<2>()
        .0
        .iter()
        .map(|pair| i16::from_le_bytes(*pair))
        .collect()
}
