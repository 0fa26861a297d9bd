//! Spans that wait for the collector.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{Event, SpanId, SpanKind, Status};
use opentelemetry::{InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::trace::{SpanData, SpanEvents};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::context::{Parent, TraceName, span};

/// Spans that wait. Full: the newest is dropped and counted; nobody ever waits for a collector.
pub(super) const WAITING_MAX: usize = 4096;

/// Where spans go; clones go to the same place. Off, it costs nothing and drops what it is given.
#[derive(Debug, Clone, Default)]
pub struct Traces {
    open: Option<Arc<Open>>,
    dropped: Counter,
}

#[derive(Debug)]
struct Open {
    queue: mpsc::Sender<SpanData>,
    scope: InstrumentationScope,
    stop: CancellationToken,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Traces {
    /// Nothing is traced.
    pub fn off() -> Self {
        Self::default()
    }

    /// Spans go into `queue`, which `task` empties until `stop`.
    pub(super) fn new(
        queue: mpsc::Sender<SpanData>,
        dropped: Counter,
        stop: CancellationToken,
        task: JoinHandle<()>,
    ) -> Self {
        let scope = InstrumentationScope::builder("troupe")
            .with_version(env!("CARGO_PKG_VERSION"))
            .build();
        Self {
            open: Some(Arc::new(Open {
                queue,
                scope,
                stop,
                task: Mutex::new(Some(task)),
            })),
            dropped,
        }
    }

    /// Whether anybody wants spans.
    pub fn is_on(&self) -> bool {
        self.open.is_some()
    }

    /// Queues a span, without ever waiting.
    pub fn send(&self, draft: Draft) {
        if let Some(open) = &self.open
            && open.queue.try_send(draft.finished(open.scope.clone())).is_err()
        {
            self.dropped.inc();
        }
    }

    /// Tells Prometheus how many spans were lost.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "troupe_spans_dropped",
            "Spans that did not reach the collector of traces: it was away, refused them, or was too slow",
            self.dropped.clone(),
        );
    }

    /// Sends what waits, for at most `within`; what is queued later is dropped.
    pub async fn finish(&self, within: Duration) {
        let Some(open) = &self.open else {
            return;
        };
        open.stop.cancel();
        let task = open.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut task) = task
            && tokio::time::timeout(within, &mut task).await.is_err()
        {
            task.abort();
            tracing::warn!(
                "send the last spans: the collector of traces did not take them within {within:?}"
            );
        }
    }
}

/// One span that is over. Attributes hold ids, numbers and reason codes: never text, names or identities.
#[derive(Debug)]
pub struct Draft {
    data: SpanData,
}

impl Draft {
    /// The first span of a trace.
    pub fn root(trace: TraceName, name: &'static str, (began, ended): (SystemTime, SystemTime)) -> Self {
        let context = span(trace.id(), trace.root(), false);
        Self::new(context, SpanId::INVALID, name.into(), (began, ended))
    }

    /// A span under another one, whose id is drawn by chance.
    pub fn under(
        parent: &Parent,
        name: impl Into<Cow<'static, str>>,
        (began, ended): (SystemTime, SystemTime),
        chance: u64,
    ) -> Self {
        let above = parent.context();
        let context = span(above.trace_id(), SpanId::from(chance | 1), false);
        let mut draft = Self::new(context, above.span_id(), name.into(), (began, ended));
        draft.data.parent_span_is_remote = above.is_remote();
        draft
    }

    fn new(
        span_context: opentelemetry::trace::SpanContext,
        parent_span_id: SpanId,
        name: Cow<'static, str>,
        (start_time, end_time): (SystemTime, SystemTime),
    ) -> Self {
        Self {
            data: SpanData {
                span_context,
                parent_span_id,
                parent_span_is_remote: false,
                span_kind: SpanKind::Internal,
                name,
                start_time,
                end_time: end_time.max(start_time),
                attributes: Vec::new(),
                dropped_attributes_count: 0,
                events: SpanEvents::default(),
                links: Default::default(),
                status: Status::Unset,
                instrumentation_scope: InstrumentationScope::default(),
            },
        }
    }

    /// It asks another process.
    #[must_use]
    pub fn client(mut self) -> Self {
        self.data.span_kind = SpanKind::Client;
        self
    }

    /// It answers another process.
    #[must_use]
    pub fn server(mut self) -> Self {
        self.data.span_kind = SpanKind::Server;
        self
    }

    /// One more fact of it.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.data.attributes.push(KeyValue::new(key, value));
        self
    }

    /// One more fact of it, if it is known.
    #[must_use]
    pub fn with_known(self, key: &'static str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Something that happened in it.
    #[must_use]
    pub fn event(mut self, name: &'static str, at: SystemTime) -> Self {
        self.data.events.events.push(Event::new(name, at, Vec::new(), 0));
        self
    }

    /// It failed, for this reason.
    #[must_use]
    pub fn failed(mut self, reason: &'static str) -> Self {
        self.data.status = Status::error(reason);
        self.with("error.type", reason)
    }

    fn finished(mut self, scope: InstrumentationScope) -> SpanData {
        self.data.instrumentation_scope = scope;
        self.data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_queue_drops_and_counts() {
        let (queue, _kept) = mpsc::channel(2);
        let idle = tokio::spawn(async {});
        let traces = Traces::new(queue, Counter::default(), CancellationToken::new(), idle);
        let now = SystemTime::from(time::OffsetDateTime::now_utc());
        for at in 0..5 {
            traces.send(Draft::root(TraceName::new(at), "turn", (now, now)));
        }
        assert_eq!(traces.dropped.get(), 3);
    }
}
