//! A program beside the bench that does what a line says and answers with a line.

use std::process::Stdio;

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

pub(crate) struct Companion {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Companion {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    /// Sends words, apart by tabs, and waits for the answer.
    pub(crate) async fn ask(&mut self, words: &[&str]) -> String {
        let line = words.join("\t") + "\n";
        let input = self.process.stdin.as_mut().unwrap();
        input.write_all(line.as_bytes()).await.unwrap();
        self.lines.next_line().await.unwrap().unwrap()
    }
}
