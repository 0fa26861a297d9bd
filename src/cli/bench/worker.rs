//! A worker in a process of its own, so that what it takes can be told from what callers and servers take.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use crate::cli::Failure;
use crate::config::Config;
use crate::evaluation::process::Taken;

/// Time until it takes rooms; local models are loaded in it.
const READY_WITHIN: Duration = Duration::from_secs(120);
/// How often it is asked whether it does.
const ASK_EVERY: Duration = Duration::from_millis(50);
/// Time to leave its rooms.
const STOP_WITHIN: Duration = Duration::from_secs(15);
/// Time for a page of metrics.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// The process; it is killed when dropped.
pub(super) struct WorkerProcess {
    child: Child,
    pid: u32,
    metrics: Metrics,
}

/// Where it tells what it does.
struct Metrics {
    client: reqwest::Client,
    url: String,
}

impl Metrics {
    /// The samples of one metric: what their labels say, and the value. Nothing when the worker does not answer.
    async fn samples(&self, name: &str) -> Option<Vec<(String, f64)>> {
        let answer = self
            .client
            .get(&self.url)
            .timeout(ANSWER_WITHIN)
            .send()
            .await
            .ok()?;
        Some(samples(&answer.text().await.ok()?, name))
    }
}

/// Reads one metric off a page of them.
fn samples(page: &str, name: &str) -> Vec<(String, f64)> {
    let sample = |line: &str| {
        let (labels, value) = line.strip_prefix(name)?.rsplit_once(' ')?;
        let is_other = labels.starts_with(|next: char| next != '{');
        (!is_other).then_some((labels.to_owned(), value.parse().ok()?))
    };
    page.lines().filter_map(sample).collect()
}

impl WorkerProcess {
    /// Starts one for this API and waits until it takes rooms.
    pub(super) async fn start(
        config: &Config,
        file: Option<&Path>,
        api_url: &str,
        key: &str,
        rooms_max: usize,
    ) -> Result<Self, Failure> {
        let failed = |error: &dyn std::fmt::Display| Failure::failed(format_args!("start a worker: {error}"));
        let health = free_address().map_err(|error| failed(&error))?;
        let program = std::env::current_exe().map_err(|error| failed(&error))?;
        let mut command = Command::new(program);
        if let Some(file) = file {
            command.arg("--config").arg(file);
        }
        let wanted = |name: &Option<crate::config::ModelNames>| name.as_ref().map(ToString::to_string);
        let models = &config.models;
        let variables = [
            ("TROUPE_STT", wanted(&models.stt)),
            ("TROUPE_LLM", wanted(&models.llm)),
            ("TROUPE_TTS", wanted(&models.tts)),
            (
                "OPENAI_BASE_URL",
                config.openai.base_url.as_ref().map(ToString::to_string),
            ),
        ];
        for (variable, value) in variables {
            if let Some(value) = value {
                command.env(variable, value);
            }
        }
        if let Some(key) = &config.openai.api_key {
            command.env("OPENAI_API_KEY", secrecy::ExposeSecret::expose_secret(key));
        }
        command
            .arg("worker")
            .env("TROUPE_CACHE", &config.cache)
            .env("TROUPE_API_URL", api_url)
            .env("TROUPE_API_KEY", key)
            .env("TROUPE_HEALTH", health.to_string())
            .env("TROUPE_MAX_ROOMS", rooms_max.max(1).to_string())
            .env(
                "TROUPE_LOG",
                std::env::var_os("TROUPE_LOG").unwrap_or_else(|| "warn".into()),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        let child = command.spawn().map_err(|error| failed(&error))?;
        let pid = child
            .id()
            .ok_or_else(|| Failure::failed("the worker ended at once"))?;
        let metrics = Metrics {
            client: reqwest::Client::new(),
            url: format!("http://{health}/metrics"),
        };
        let mut worker = Self { child, pid, metrics };
        worker.until_ready(health).await?;
        Ok(worker)
    }

    async fn until_ready(&mut self, health: SocketAddr) -> Result<(), Failure> {
        let client = reqwest::Client::new();
        let until = Instant::now() + READY_WITHIN;
        while Instant::now() < until {
            let answer = client.get(format!("http://{health}/")).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(Failure::failed(format_args!("the worker ended: {status}")));
            }
            sleep(ASK_EVERY).await;
        }
        Err(Failure::failed("the worker takes no rooms"))
    }

    /// Rooms that it plays; nothing when it does not answer.
    pub(super) async fn rooms(&self) -> Option<u64> {
        let samples = self.metrics.samples("lk_agents_active_job_count").await?;
        samples.first().map(|(_, value)| *value as u64)
    }

    /// Turns of people so far, by what became of them.
    pub(super) async fn turns(&self) -> BTreeMap<String, u64> {
        let samples = self.metrics.samples("troupe_turns_total").await;
        let outcome = |labels: &str| labels.split('"').nth(1).map(str::to_owned);
        let counts = samples.into_iter().flatten();
        counts
            .filter_map(|(labels, value)| Some((outcome(&labels)?, value as u64)))
            .collect()
    }

    /// What it takes at the moment.
    pub(super) fn taken(&self) -> Option<Taken> {
        Taken::of(self.pid)
    }

    /// Stops it.
    pub(super) async fn stop(mut self) {
        // `kill` asks for the end; who has no program of that name ends it without asking.
        let asked = Command::new("kill").arg(self.pid.to_string()).status().await;
        if asked.is_err() || timeout(STOP_WITHIN, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
    }
}

/// A free port of this machine; it may be taken by another one until it is used, and then the start fails.
fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

#[cfg(test)]
mod tests {
    use super::samples;

    #[test]
    fn one_metric_is_read_off_a_page() {
        let page = "# HELP a_total x\na_total{outcome=\"left\"} 2\na_total{outcome=\"answered\"} 40\na_totals 9\nb 3\n";
        let read = |name| -> Vec<f64> { samples(page, name).into_iter().map(|(_, value)| value).collect() };
        assert_eq!(
            (read("a_total"), read("b"), read("c")),
            (vec![2.0, 40.0], vec![3.0], vec![])
        );
        assert_eq!(samples(page, "a_total")[0].0, "{outcome=\"left\"}");
    }
}
