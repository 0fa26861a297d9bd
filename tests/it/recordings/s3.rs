//! A server that speaks S3 (moto, from PyPI), and a gate in front of it that can keep requests away.

use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tokio::process::{Child, Command};
use troupe::rooms::recording::S3Objects;

use crate::client::python_with;

/// The server, pinned.
const PACKAGES: [&str; 1] = ["moto[server]==5.2.5"];
pub(crate) const BUCKET: &str = "calls";
pub(crate) const CREDENTIALS: (&str, &str) = ("id", "word");
/// Time that the server is given to answer.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// What is forwarded at most, bytes.
const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A server with an empty bucket; it ends when dropped.
pub(crate) struct S3 {
    _server: Child,
    gate: Arc<Gate>,
    /// Where clients find it.
    pub(crate) endpoint: String,
}

struct Gate {
    inside: String,
    client: reqwest::Client,
    /// What is answered to so many requests instead of what the server says.
    instead: Mutex<StatusCode>,
    left: AtomicUsize,
    /// Methods and queries of what came through.
    seen: Mutex<Vec<String>>,
}

impl S3 {
    pub(crate) async fn start() -> Self {
        let python = python_with(&PACKAGES).await;
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let server = Command::new(python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let inside = format!("http://127.0.0.1:{port}");
        let client = reqwest::Client::new();
        let made = async {
            while !matches!(client.put(format!("{inside}/{BUCKET}")).send().await, Ok(answer) if answer.status().is_success())
            {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(READY_WITHIN, made)
            .await
            .expect("the S3 server answers");
        let gate = Arc::new(Gate {
            inside,
            client,
            instead: Mutex::new(StatusCode::OK),
            left: AtomicUsize::new(0),
            seen: Mutex::default(),
        });
        let app = Router::new().fallback(pass).with_state(gate.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            _server: server,
            gate,
            endpoint,
        }
    }

    /// The bucket below this prefix.
    pub(crate) fn objects(&self, prefix: &str) -> S3Objects {
        S3Objects::at(&self.endpoint, CREDENTIALS, BUCKET, prefix).unwrap()
    }

    /// Answers the next `count` requests with `status`.
    pub(crate) fn answer(&self, status: StatusCode, count: usize) {
        *self.gate.instead.lock().unwrap() = status;
        self.gate.left.store(count, Ordering::SeqCst);
    }

    /// What came through so far, as `METHOD query`.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.gate.seen.lock().unwrap().clone()
    }

    /// What a listing of the bucket tells: uploads under way with `?uploads`, objects otherwise.
    pub(crate) async fn listing(&self, query: &str) -> String {
        let url = format!("{}/{BUCKET}{query}", self.gate.inside);
        self.gate
            .client
            .get(url)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    }
}

async fn pass(State(gate): State<Arc<Gate>>, request: Request) -> Response {
    let taken = gate
        .left
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    if taken.is_ok() {
        return gate.instead.lock().unwrap().into_response();
    }
    let (parts, body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default();
    gate.seen
        .lock()
        .unwrap()
        .push(format!("{} {query}", parts.method));
    let body = to_bytes(body, BODY_BYTES_MAX).await.unwrap();
    let url = format!("{}{}", gate.inside, parts.uri);
    let answer = gate
        .client
        .request(parts.method, url)
        .headers(parts.headers)
        .body(body)
        .send()
        .await
        .unwrap();
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if name != "transfer-encoding" {
            response = response.header(name, value);
        }
    }
    response.body(Body::from(answer.bytes().await.unwrap())).unwrap()
}
