//! `GET /`: `OK` while the worker takes rooms, 503 otherwise.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::net::TcpListener;

/// Whether the worker takes rooms.
#[derive(Debug, Clone, Default)]
pub(super) struct Readiness(Arc<AtomicBool>);

impl Readiness {
    pub(super) fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }
}

/// Answers until the task is dropped.
pub(super) async fn serve(listener: TcpListener, readiness: Readiness) -> std::io::Result<()> {
    let app = Router::new()
        .route("/", get(show))
        .route("/healthz", get(show))
        .with_state(readiness);
    axum::serve(listener, app).await
}

async fn show(State(readiness): State<Readiness>) -> (StatusCode, &'static str) {
    match readiness.0.load(Ordering::Acquire) {
        true => (StatusCode::OK, "OK"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "takes no rooms"),
    }
}
