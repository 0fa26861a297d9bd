//! Batches of spans to the collector.

use std::time::Duration;

use opentelemetry::Key;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanExporter as _};
use prometheus_client::metrics::counter::Counter;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::queue::{Traces, WAITING_MAX};

/// The attribute that names who tells.
const SERVICE_NAME: &str = "service.name";
/// How the SDK calls who has no name.
const UNNAMED: &str = "unknown_service";
/// Spans of one request.
const BATCH_MAX: usize = 512;
/// How long the first span of a batch waits for others.
const GATHER: Duration = Duration::from_secs(1);
/// Longest time for one batch, its repetitions included; the exporter keeps to its own bound, which is shorter.
const EXPORT_WITHIN: Duration = Duration::from_secs(30);

/// Why nothing can be exported.
#[derive(Debug, thiserror::Error)]
#[error("set up the export of traces: {0}; see OTEL_EXPORTER_OTLP_… in docs/operations.md")]
pub struct TracesError(#[from] opentelemetry_otlp::ExporterBuildError);

/// Which part of Troupe tells: `service.name`, unless the standard variables say another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// The Rooms API.
    Api,
    /// A worker.
    Worker,
}

impl Service {
    const fn name(self) -> &'static str {
        match self {
            Self::Api => "troupe-api",
            Self::Worker => "troupe-worker",
        }
    }

    /// Under `name`, or that of the standard variables, or our own.
    fn resource(self, name: Option<&str>) -> Resource {
        let said = Resource::builder().build();
        let is_unnamed = said
            .get(&Key::from_static_str(SERVICE_NAME))
            .is_none_or(|name| name.as_str().starts_with(UNNAMED));
        let name = name.or(is_unnamed.then_some(self.name()));
        let builder = Resource::builder();
        match name {
            Some(name) => builder.with_service_name(name.to_owned()).build(),
            None => builder.build(),
        }
    }
}

impl Traces {
    /// Starts to export to the collector at `url` (with its path, `…/v1/traces`), in a task of its own. What else the
    /// standard variables say holds as well: headers, timeout, resource. `name` wins over their name of the service.
    ///
    /// # Errors
    /// When one of the variables can't be understood.
    pub fn start(service: Service, url: &str, name: Option<&str>) -> Result<Self, TracesError> {
        let mut exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(url)
            .build()?;
        exporter.set_resource(&service.resource(name));
        let (queue, waiting) = mpsc::channel(WAITING_MAX);
        let (dropped, stop) = (Counter::default(), CancellationToken::new());
        let task = tokio::spawn(export(exporter, waiting, dropped.clone(), stop.clone()));
        Ok(Self::new(queue, dropped, stop, task))
    }
}

/// Exports until `stop`, and then what still waits.
async fn export(
    exporter: SpanExporter,
    mut waiting: mpsc::Receiver<SpanData>,
    dropped: Counter,
    stop: CancellationToken,
) {
    let mut is_away = false;
    loop {
        let first = tokio::select! {
            biased;
            span = waiting.recv() => span,
            () = stop.cancelled() => {
                waiting.close();
                waiting.recv().await
            }
        };
        let Some(first) = first else {
            return;
        };
        let batch = gather(first, &mut waiting, &stop).await;
        let count = batch.len() as u64;
        let problem = match timeout(EXPORT_WITHIN, exporter.export(batch)).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("no answer within {EXPORT_WITHIN:?}")),
        };
        match problem {
            None if is_away => tracing::info!("the collector of traces takes spans again"),
            None => {}
            Some(problem) => {
                dropped.inc_by(count);
                // Said once: it may be away for days.
                if !is_away {
                    tracing::warn!(
                        problem,
                        "send spans to the collector of traces; they are dropped and counted"
                    );
                }
                is_away = true;
                continue;
            }
        }
        is_away = false;
    }
}

/// The first span and those that come shortly after it.
async fn gather(
    first: SpanData,
    waiting: &mut mpsc::Receiver<SpanData>,
    stop: &CancellationToken,
) -> Vec<SpanData> {
    let mut batch = vec![first];
    let over = tokio::time::sleep(GATHER);
    tokio::pin!(over);
    while batch.len() < BATCH_MAX {
        tokio::select! {
            biased;
            span = waiting.recv() => match span {
                Some(span) => batch.push(span),
                None => break,
            },
            () = stop.cancelled() => break,
            () = &mut over => break,
        }
    }
    batch
}
