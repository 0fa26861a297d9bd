//! What a server tells Prometheus, on an address of its own: requests, and how many rooms wait and play.

use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use tokio::net::TcpListener;

use crate::metrics::{Page, ProcessCollector, delays};
use crate::rooms::store::Store;
use crate::traces::Traces;

/// A method of the API; others count as one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Verb(Method);

impl EncodeLabelValue for Verb {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        let known = [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ];
        let word = if known.contains(&self.0) {
            self.0.as_str()
        } else {
            "other"
        };
        EncodeLabelValue::encode(&word, encoder)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: Verb,
    /// The path with the names of its parameters, never with their values.
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRoute {
    route: String,
}

/// Counters of requests; clones count together.
#[derive(Debug, Clone)]
pub(super) struct Requests {
    answered: Family<Answered, Counter>,
    seconds: Family<OfRoute, Histogram, fn() -> Histogram>,
}

impl Requests {
    pub(super) fn new() -> Self {
        Self {
            answered: Family::default(),
            seconds: Family::new_with_constructor(delays),
        }
    }

    fn register(&self, registry: &mut Registry) {
        registry.register(
            "troupe_http_requests",
            "Requests answered, by method, route and status",
            self.answered.clone(),
        );
        registry.register_with_unit(
            "troupe_http_request_duration",
            "From a request to the head of its answer, by route; long polls wait as they were asked to",
            Unit::Seconds,
            self.seconds.clone(),
        );
    }
}

/// Counts a request.
pub(super) async fn count(State(requests): State<Requests>, request: Request, next: Next) -> Response {
    let method = Verb(request.method().clone());
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let began = Instant::now();
    let response = next.run(request).await;
    let of_route = OfRoute { route: route.clone() };
    requests
        .seconds
        .get_or_create(&of_route)
        .observe(began.elapsed().as_secs_f64());
    let answered = Answered {
        method,
        route,
        status: response.status().as_u16(),
    };
    requests.answered.get_or_create(&answered).inc();
    response
}

/// Gauges that are looked up when somebody asks.
#[derive(Clone)]
struct Counts {
    store: Store,
    waiting: Gauge,
    playing: Gauge,
    workers: Gauge,
    page: Page,
}

/// Answers `GET /metrics` on `listener` until the task is dropped.
pub(super) async fn serve(
    listener: TcpListener,
    store: Store,
    requests: Requests,
    traces: Traces,
) -> std::io::Result<()> {
    let mut registry = Registry::default();
    let [waiting, playing, workers] = [(); 3].map(|()| Gauge::default());
    for (name, help, gauge) in [
        (
            "troupe_rooms_waiting",
            "Started rooms that no worker plays",
            &waiting,
        ),
        ("troupe_rooms_playing", "Rooms that a worker plays", &playing),
        (
            "troupe_workers",
            "Workers that have let themselves be heard lately",
            &workers,
        ),
    ] {
        registry.register(name, help, Gauge::clone(gauge));
    }
    requests.register(&mut registry);
    traces.register(&mut registry);
    registry.register_collector(Box::new(ProcessCollector));
    let counts = Counts {
        store,
        waiting,
        playing,
        workers,
        page: Page::new(registry),
    };
    let app = Router::new().route("/metrics", get(show)).with_state(counts);
    axum::serve(listener, app).await
}

async fn show(State(counts): State<Counts>) -> Response {
    match counts.store.census().await {
        Ok(census) => {
            counts.waiting.set(census.waiting);
            counts.playing.set(census.playing);
            counts.workers.set(census.workers);
            counts.page.show()
        }
        Err(error) => {
            // Old counts would look like new ones.
            tracing::warn!(%error, "count rooms for metrics");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
