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

use super::Worker;
use crate::metrics::Page;

/// Whether the worker takes rooms.
#[derive(Debug, Clone, Default)]
pub(super) struct Readiness(Arc<AtomicBool>);

impl Readiness {
    pub(super) fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// What `/worker` tells.
#[derive(Serialize)]
struct Standing {
    agent_name: &'static str,
    worker_type: &'static str,
    worker_id: String,
    /// This program's version.
    sdk_version: &'static str,
    active_jobs: usize,
    jobs_max: u32,
    /// 0 to 1.
    worker_load: f64,
    takes_rooms: bool,
}

/// Answers until the task is dropped.
pub(super) async fn serve(listener: TcpListener, worker: Arc<Worker>) -> std::io::Result<()> {
    let metrics = Page::new(worker.metrics.registry());
    let app = Router::new()
        .route("/", get(health))
        .route("/healthz", get(health))
        .route("/worker", get(standing))
        .with_state(worker)
        .merge(metrics.router());
    axum::serve(listener, app).await
}

async fn health(State(worker): State<Arc<Worker>>) -> (StatusCode, &'static str) {
    match worker.readiness.get() {
        true => (StatusCode::OK, "OK"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "takes no rooms"),
    }
}

async fn standing(State(worker): State<Arc<Worker>>) -> Json<Standing> {
    let held = worker.rooms.len();
    Json(Standing {
        agent_name: "troupe",
        worker_type: "JT_ROOM",
        worker_id: worker.id.clone(),
        sdk_version: env!("CARGO_PKG_VERSION"),
        active_jobs: held,
        jobs_max: worker.rooms_max,
        worker_load: held as f64 / f64::from(worker.rooms_max.max(1)),
        takes_rooms: worker.readiness.get(),
    })
}
