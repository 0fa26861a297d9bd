//! A server that is told.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// A request that came.
#[derive(Debug, Clone)]
pub(super) struct Received {
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Received {
    pub(super) fn event(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

/// Answers everything with one status, and remembers it.
#[derive(Clone)]
pub(super) struct Receiver {
    shared: Arc<Shared>,
    address: std::net::SocketAddr,
}

struct Shared {
    received: Mutex<Vec<Received>>,
    status: Mutex<StatusCode>,
}

impl Receiver {
    pub(super) async fn start() -> Self {
        let shared = Arc::new(Shared {
            received: Mutex::new(Vec::new()),
            status: Mutex::new(StatusCode::OK),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(take).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { shared, address }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    /// From now on it answers so.
    pub(super) fn answers(&self, status: u16) {
        *self.shared.status.lock().unwrap() = StatusCode::from_u16(status).unwrap();
    }

    pub(super) fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// Types of the events that came, in no order.
    pub(super) fn types(&self) -> Vec<String> {
        let text = |received: &Received| received.event()["type"].as_str().unwrap().to_owned();
        let mut types: Vec<String> = self.received().iter().map(text).collect();
        types.sort_unstable();
        types
    }
}

async fn take(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    shared.received.lock().unwrap().push(Received {
        path: parts.uri.path().to_owned(),
        headers: parts.headers,
        body,
    });
    let status = *shared.status.lock().unwrap();
    // Only a redirection heeds it.
    (status, [(header::LOCATION, "/elsewhere")]).into_response()
}
