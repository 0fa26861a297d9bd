//! The official client, in a process of its own.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::client::python;

pub(crate) struct Official {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    folder: tempfile::TempDir,
    kept: usize,
}

impl Official {
    pub(crate) async fn start(url: &str) -> Self {
        let mut process = Command::new(python().await)
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/benches/impaired/official.py"
            ))
            .arg(url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self {
            process,
            lines,
            folder: tempfile::tempdir().unwrap(),
            kept: 0,
        }
    }

    async fn call(&mut self, words: &[&str]) {
        let line = words.join("\t") + "\n";
        self.process
            .stdin
            .as_mut()
            .unwrap()
            .write_all(line.as_bytes())
            .await
            .unwrap();
        self.lines.next_line().await.unwrap().unwrap();
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
