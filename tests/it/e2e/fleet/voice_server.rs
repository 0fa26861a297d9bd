//! A LiveKit server that can be restarted where it was, and what it takes for somebody's token.

use std::net::{TcpListener, UdpSocket};
use std::process::Stdio;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::Value;
use tokio::process::{Child, Command};
use troupe::devserver::{self, Source};

use crate::client::cache;

/// What LiveKit's server takes in development.
const SECRET: &str = "secret";

/// How often one is started that ends at once.
const STARTS_MAX: usize = 5;

/// It ends when dropped.
pub(crate) struct VoiceServer {
    url: String,
    config: String,
    child: Child,
}

impl VoiceServer {
    pub(crate) async fn start() -> Self {
        for _ in 0..STARTS_MAX {
            let mut server = Self::start_once().await;
            if server.answers().await {
                return server;
            }
        }
        unreachable!("no LiveKit server stays, in {STARTS_MAX} attempts");
    }

    /// Starts one on ports that are free now; another process may be quicker to take them.
    async fn start_once() -> Self {
        let free = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [http, tcp] = free.each_ref().map(|free| free.local_addr().unwrap().port());
        let udp = UdpSocket::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        drop(free);
        let config =
            format!("port: {http}\nrtc:\n  tcp_port: {tcp}\n  udp_port: {udp}\nlogging:\n  level: error\n");
        Self {
            url: format!("ws://127.0.0.1:{http}"),
            child: run(&config).await,
            config,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Ends it without a warning and starts it again; it has forgotten every room.
    pub(crate) async fn restart(&mut self) {
        self.child.kill().await.unwrap();
        self.child = run(&self.config).await;
        assert!(self.answers().await, "the LiveKit server starts where it was");
    }

    /// Waits until it answers; false if it ends instead, as it does where a port is taken.
    async fn answers(&mut self) -> bool {
        let url = self.url.replace("ws:", "http:");
        let looking = async {
            while reqwest::get(&url).await.is_err() {
                tokio::time::sleep(super::harness::LOOK_EVERY).await;
            }
        };
        tokio::select! {
            biased;
            _ = self.child.wait() => false,
            answered = tokio::time::timeout(super::harness::WITHIN, looking) => {
                answered.expect("the LiveKit server answers");
                true
            }
        }
    }
}

async fn run(config: &str) -> Child {
    let cache = cache();
    let source = Source {
        cache: &cache,
        offline: false,
    };
    let binary = devserver::executable(source, |step| eprintln!("{step}"))
        .await
        .unwrap();
    Command::new(binary)
        .args([
            "--dev",
            "--bind",
            "127.0.0.1",
            "--node-ip",
            "127.0.0.1",
            "--config-body",
            config,
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// A token with other claims, signed as the server expects.
pub(crate) fn reissued(token: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut parts = token.split('.');
    let [header, claims] = [(); 2].map(|()| parts.next().unwrap());
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    change(&mut claims);
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes()));
    format!("{signed}.{signature}")
}
