//! What a worker answers on its health address: `/` (`OK` while it takes rooms, 503 otherwise), `/worker` (what it
//! does, under the names that LiveKit's own workers use), `/metrics`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use tokio::net::TcpListener;

use super::metrics::Metrics;
use crate::metrics::Page;
use crate::traces::Traces;

/// Whether the worker takes rooms: it is known where they come from, and it has memory and
/// models for them.
#[derive(Debug, Clone, Default)]
pub(super) struct Readiness(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    is_known: AtomicBool,
    is_short_of_memory: AtomicBool,
    is_short_of_models: AtomicBool,
}

impl Readiness {
    /// Whether whoever gives out rooms knows this worker.
    pub(super) fn set(&self, is_known: bool) {
        self.0.is_known.store(is_known, Ordering::Release);
    }

    pub(super) fn set_short_of_memory(&self, is_short: bool) {
        self.0.is_short_of_memory.store(is_short, Ordering::Release);
    }

    pub(super) fn set_short_of_models(&self, is_short: bool) {
        self.0.is_short_of_models.store(is_short, Ordering::Release);
    }

    /// Whether another room would find no memory, or local models that are too busy for it.
    pub(super) fn is_short(&self) -> bool {
        self.0.is_short_of_memory.load(Ordering::Acquire) || self.0.is_short_of_models.load(Ordering::Acquire)
    }

    pub(super) fn takes_rooms(&self) -> bool {
        self.0.is_known.load(Ordering::Acquire) && !self.is_short()
    }
}

/// What others see of a worker.
#[derive(Debug, Clone)]
pub(super) struct Face {
    pub(super) worker_id: String,
    pub(super) agent_name: String,
    pub(super) rooms_max: u32,
    pub(super) readiness: Readiness,
    pub(super) metrics: Metrics,
    pub(super) traces: Traces,
}

/// What `/worker` tells.
#[derive(Serialize)]
struct Standing {
    agent_name: String,
    worker_type: &'static str,
    worker_id: String,
    /// This program's version.
    sdk_version: &'static str,
    active_jobs: i64,
    jobs_max: u32,
    /// 0 to 1.
    worker_load: f64,
    takes_rooms: bool,
}

/// Answers until the task is dropped.
pub(super) async fn serve(listener: TcpListener, face: Face) {
    let mut registry = face.metrics.registry();
    face.traces.register(&mut registry);
    let metrics = Page::new(registry);
    let app = Router::new()
        .route("/", get(health))
        .route("/healthz", get(health))
        .route("/worker", get(standing))
        .with_state(face)
        .merge(metrics.router());
    if let Err(error) = axum::serve(listener, app).await {
        tracing::error!(%error, "answer health checks");
    }
}

async fn health(State(face): State<Face>) -> (StatusCode, &'static str) {
    match face.readiness.takes_rooms() {
        true => (StatusCode::OK, "OK"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "takes no rooms"),
    }
}

async fn standing(State(face): State<Face>) -> Json<Standing> {
    let played = face.metrics.played();
    Json(Standing {
        agent_name: face.agent_name,
        worker_type: "JT_ROOM",
        worker_id: face.worker_id,
        sdk_version: env!("CARGO_PKG_VERSION"),
        active_jobs: played,
        jobs_max: face.rooms_max,
        worker_load: played as f64 / f64::from(face.rooms_max.max(1)),
        takes_rooms: face.readiness.takes_rooms(),
    })
}
