//! A LiveKit server as a child process.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::{Instant, sleep, timeout};

use super::error::DevServerError;
use super::log::LogTail;
use crate::config::ServerUrl;

/// Time that a server is given to answer.
const READY_WITHIN: Duration = Duration::from_secs(20);
/// Pause between two questions whether it answers.
const POLL: Duration = Duration::from_millis(50);
/// Time that one question may take.
const PROBE_WITHIN: Duration = Duration::from_secs(5);
/// Time that a server is given to stop.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// Time that the rest of a dead server's log is given.
const LAST_WORDS_WITHIN: Duration = Duration::from_secs(1);

/// Runs "$@" until it ends or stdin closes. We hold the other end of stdin, and the kernel closes it however we
/// end, so that no server outlives us; and a group of its own keeps Ctrl-C for us, who stop it last. A polite signal
/// would wait for the people in its rooms, and there is nothing to save.
const GUARD: &str = r#"exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ read -r _ <&3; kill -9 "$server"; } >/dev/null 2>&1 &
exec 3<&-
wait "$server""#;

/// A running server; dropping it stops it.
#[derive(Debug)]
pub struct Running {
    url: ServerUrl,
    child: Child,
    /// Held open for as long as the server shall run.
    lifeline: Option<ChildStdin>,
}

impl Running {
    /// Where clients connect.
    pub fn url(&self) -> &ServerUrl {
        &self.url
    }

    /// Stops the server and waits until it is gone.
    pub async fn stop(mut self) {
        self.lifeline.take();
        if timeout(STOP_WITHIN, self.child.wait()).await.is_err() {
            tracing::warn!("livekit-server does not stop");
        }
    }

    pub(super) async fn start(
        executable: &Path,
        key: &str,
        secret: &str,
        webhook: Option<&str>,
    ) -> Result<Self, DevServerError> {
        let log = LogTail::default();
        let not_ready = |reason: String| DevServerError::NotReady {
            executable: executable.to_owned(),
            reason,
            log: log.text(),
        };
        let ports = Ports::free().map_err(|error| not_ready(format!("finds no free port: {error}")))?;
        let mut child = Command::new("sh")
            .args(["-c", GUARD, "sh"])
            .arg(executable)
            .args([
                "--dev",
                "--bind",
                "127.0.0.1",
                "--node-ip",
                "127.0.0.1",
                "--config-body",
            ])
            .arg(ports.config() + &telling(key, webhook))
            // In the environment: arguments can be read by everybody on the machine.
            .env("LIVEKIT_KEYS", format!("{key}: {secret}"))
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| not_ready(format!("can't be started: {error}")))?;
        let followers = [
            tokio::spawn(log.clone().follow(child.stdout.take(), |_| {})),
            tokio::spawn(log.clone().follow(child.stderr.take(), |_| {})),
        ];
        let url = ServerUrl::ws(SocketAddr::from((Ipv4Addr::LOCALHOST, ports.http)));
        let mut running = Self {
            url,
            lifeline: child.stdin.take(),
            child,
        };
        let Err(reason) = running.ready().await else {
            return Ok(running);
        };
        running.stop().await;
        for follower in followers {
            // Its last words come after its end; a child of its own may hold the output open for ever.
            let _ = timeout(LAST_WORDS_WITHIN, follower).await;
        }
        Err(not_ready(reason))
    }

    async fn ready(&mut self) -> Result<(), String> {
        let deadline = Instant::now() + READY_WITHIN;
        while probe(self.url.as_str()).await.is_err() {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("ended at once ({status})"));
            }
            if Instant::now() > deadline {
                return Err(format!("did not answer within {} s", READY_WITHIN.as_secs()));
            }
            sleep(POLL).await;
        }
        Ok(())
    }
}

/// Asks the server's HTTP side whether it is there; any answer counts.
pub(super) async fn probe(url: &str) -> Result<(), String> {
    // `ws://` and `http://` are the same port.
    let http = url.replacen("ws", "http", usize::from(url.starts_with("ws")));
    match timeout(PROBE_WITHIN, reqwest::get(http)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(deepest(&error)),
        Err(_) => Err(format!("no answer within {} s", PROBE_WITHIN.as_secs())),
    }
}

/// The innermost cause, such as "Connection refused".
fn deepest(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// The part of the configuration that lets the server tell what happens, signed with `key`.
fn telling(key: &str, webhook: Option<&str>) -> String {
    match webhook {
        // JSON strings are YAML strings, whatever is in them.
        Some(url) => format!("webhook:\n  api_key: {}\n  urls: [{}]\n", json!(key), json!(url)),
        None => String::new(),
    }
}

/// Ports of one server.
struct Ports {
    http: u16,
    rtc_tcp: u16,
    rtc_udp: u16,
}

impl Ports {
    /// Ports that nobody has now. All are held until all are found, so that they differ.
    fn free() -> std::io::Result<Self> {
        let any = (Ipv4Addr::LOCALHOST, 0);
        let (http, rtc_tcp, rtc_udp) = (
            TcpListener::bind(any)?,
            TcpListener::bind(any)?,
            UdpSocket::bind(any)?,
        );
        Ok(Self {
            http: http.local_addr()?.port(),
            rtc_tcp: rtc_tcp.local_addr()?.port(),
            rtc_udp: rtc_udp.local_addr()?.port(),
        })
    }

    fn config(&self) -> String {
        format!(
            "port: {}\nrtc:\n  tcp_port: {}\n  udp_port: {}\nlogging:\n  level: warn\n",
            self.http, self.rtc_tcp, self.rtc_udp
        )
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::path::Path;

    use super::Running;

    #[tokio::test]
    async fn a_server_that_ends_at_once_is_reported_with_its_last_words() {
        // A shell knows no `--dev` and says so.
        let error = Running::start(Path::new("/bin/sh"), "key", "secret", None)
            .await
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("exit status: 2") && error.contains("option"),
            "{error}"
        );
    }
}
