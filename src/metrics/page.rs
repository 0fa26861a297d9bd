use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

/// OpenMetrics' text format, which Prometheus has read since 2.5.
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `GET /metrics`: all that a registry knows, as text.
#[derive(Debug, Clone)]
pub(crate) struct Page(Arc<Registry>);

impl Page {
    /// A page over this registry.
    #[must_use]
    pub(crate) fn new(registry: Registry) -> Self {
        Self(Arc::new(registry))
    }

    /// The route.
    pub(crate) fn router<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        let show = async |State(page): State<Self>| page.show();
        Router::new().route("/metrics", get(show)).with_state(self)
    }

    /// The answer.
    pub(crate) fn show(&self) -> Response {
        let mut text = String::new();
        match encode(&mut text, &self.0) {
            Ok(()) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
            Err(error) => {
                tracing::error!(%error, "write metrics");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
