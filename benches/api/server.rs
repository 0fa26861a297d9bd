//! Our binary as a server, and what it takes.

use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Secret of the measured servers.
pub(crate) const SECRET: &str = "a secret for measurements";

/// A running server; dropping it kills it.
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) address: String,
}

impl Server {
    pub(crate) async fn start(database: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_troupe"))
            .args(["serve", "--json", "--listen", "127.0.0.1:0", "--db", database])
            .env("TROUPE_SECRET", SECRET)
            .env_remove("TROUPE_LOG")
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
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, address }
    }

    /// Memory that it holds, KiB.
    pub(crate) fn resident_kib(&self) -> u64 {
        self.of_process("status", |text| {
            let line = text.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        })
    }

    /// Processor time that it used so far, in hundredths of a second.
    pub(crate) fn processor_ticks(&self) -> u64 {
        self.of_process("stat", |text| {
            let fields = text.rsplit(')').next().unwrap().split_whitespace();
            fields
                .skip(11)
                .take(2)
                .map(|ticks| ticks.parse::<u64>().unwrap())
                .sum()
        })
    }

    fn of_process(&self, file: &str, read: impl FnOnce(&str) -> u64) -> u64 {
        let id = self.child.id().expect("the server runs on");
        read(&std::fs::read_to_string(format!("/proc/{id}/{file}")).unwrap())
    }
}
