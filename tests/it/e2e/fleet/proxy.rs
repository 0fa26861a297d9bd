//! Stands between a worker and the API, and does to its calls what networks do.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It comes through.
    Passes,
    /// It never arrives.
    IsLost,
    /// It arrives, and its answer is lost.
    AnswerIsLost,
    /// It arrives this late.
    IsLate(Duration),
}

/// Decides on each call by its path and the number of such calls before it, and on its answer.
type Rule = Box<dyn FnMut(&str) -> Fate + Send>;
/// Changes a question or an answer.
type Rewrite = Box<dyn FnMut(&mut Value) + Send>;

/// A proxy for one machine.
#[derive(Clone)]
pub(super) struct Proxy {
    api: String,
    client: reqwest::Client,
    pub(super) address: SocketAddr,
    rule: Arc<Mutex<Rule>>,
    rewrite_questions: Arc<Mutex<Option<Rewrite>>>,
    rewrite: Arc<Mutex<Option<Rewrite>>>,
}

impl Proxy {
    pub(super) async fn start(api: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            api: api.to_owned(),
            client: reqwest::Client::new(),
            address: listener.local_addr().unwrap(),
            rule: Arc::new(Mutex::new(Box::new(|_| Fate::Passes))),
            rewrite_questions: Arc::default(),
            rewrite: Arc::default(),
        };
        let router = Router::new().fallback(forward).with_state(proxy.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        proxy
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on this decides.
    pub(super) fn rule(&self, rule: impl FnMut(&str) -> Fate + Send + 'static) {
        *self.rule.lock().unwrap() = Box::new(rule);
    }

    /// From now on questions come through as this leaves them.
    pub(super) fn rewrite_questions(&self, rewrite: impl FnMut(&mut Value) + Send + 'static) {
        *self.rewrite_questions.lock().unwrap() = Some(Box::new(rewrite));
    }

    /// From now on answers come through as this leaves them.
    pub(super) fn rewrite(&self, rewrite: impl FnMut(&mut Value) + Send + 'static) {
        *self.rewrite.lock().unwrap() = Some(Box::new(rewrite));
    }

    /// Nothing comes through any more.
    pub(super) fn cut(&self) {
        self.rule(|_| Fate::IsLost);
    }

    /// Everything does.
    pub(super) fn mend(&self) {
        self.rule(|_| Fate::Passes);
    }
}

fn rewritten(rewrite: &Mutex<Option<Rewrite>>, body: Bytes) -> Bytes {
    let mut rewrite = rewrite.lock().unwrap();
    let (Some(rewrite), Ok(mut json)) = (rewrite.as_mut(), serde_json::from_slice::<Value>(&body)) else {
        return body;
    };
    rewrite(&mut json);
    json.to_string().into()
}

async fn forward(State(proxy): State<Proxy>, request: Request<Body>) -> Response {
    let path = request.uri().path().to_owned();
    let fate = (proxy.rule.lock().unwrap())(&path);
    match fate {
        Fate::IsLost => return StatusCode::BAD_GATEWAY.into_response(),
        Fate::IsLate(by) => tokio::time::sleep(by).await,
        Fate::Passes | Fate::AnswerIsLost => {}
    }
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let body = rewritten(&proxy.rewrite_questions, body);
    let uri = parts.uri.path_and_query().map_or("/", |uri| uri.as_str());
    let mut headers = parts.headers;
    headers.remove("host");
    // It may have changed.
    headers.remove("content-length");
    let asked = proxy
        .client
        .request(parts.method, format!("{}{uri}", proxy.api))
        .headers(headers)
        .body(body);
    let Ok(answer) = asked.send().await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let status = answer.status();
    let body = rewritten(&proxy.rewrite, answer.bytes().await.unwrap_or_default());
    // A long poll that ended without a word has no answer to lose.
    let is_cut = (proxy.rule.lock().unwrap())("(answer)") == Fate::IsLost;
    let is_empty = body.starts_with(b"{\"claims\":[]");
    if is_cut || (fate == Fate::AnswerIsLost && !is_empty) {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    (status, [("content-type", "application/json")], body).into_response()
}
