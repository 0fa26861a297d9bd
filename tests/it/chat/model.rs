//! An OpenAI-compatible server that plays each character as a test says.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use troupe::providers::Registry;
use troupe::providers::openai::{Config, Deadline, OpenAi, Timing};
use troupe::providers::registry::Choice;

/// Time after which a model counts as silent.
const SOON: Duration = Duration::from_millis(60);
const LATE: Duration = Duration::from_secs(60);

/// What the server does for one character.
#[derive(Clone)]
pub(super) enum Act {
    /// It says this, piece by piece.
    Say(&'static [&'static str]),
    /// The same, but waits before the last piece until it is told to go on.
    Pause(&'static [&'static str], Arc<Notify>),
    /// It answers with this status and nothing else.
    Status(u16),
    /// It never answers.
    Hang,
    /// It says this and closes the connection in the middle of its answer.
    Tear(&'static [&'static str]),
}

/// The server.
pub(super) struct Model {
    base_url: String,
    within: Duration,
    asked: Arc<Mutex<Vec<Asked>>>,
    news: Arc<Notify>,
}

/// One question that the server got.
#[derive(Clone)]
pub(super) struct Asked {
    /// The character that it was for.
    pub(super) name: String,
    /// All messages but the first, one line each.
    pub(super) heard: String,
}

impl Model {
    /// Whoever has no act is answered with 500.
    pub(super) async fn start(acts: &[(&'static str, Act)]) -> Self {
        let acts = acts.to_vec();
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let news = Arc::new(Notify::new());
        let within = if acts.iter().any(|(_, act)| matches!(act, Act::Hang)) {
            SOON
        } else {
            LATE
        };
        let (log, told) = (Arc::clone(&asked), Arc::clone(&news));
        let app = axum::Router::new().fallback(move |request: Request| {
            let (acts, log, told) = (acts.clone(), Arc::clone(&log), Arc::clone(&told));
            async move {
                let body = axum::body::to_bytes(request.into_body(), usize::MAX)
                    .await
                    .unwrap();
                let question = read(&serde_json::from_slice(&body).unwrap());
                let act = acts.iter().find(|(name, _)| *name == question.name);
                log.lock().unwrap().push(question);
                told.notify_waiters();
                answer(act.map_or(Act::Status(500), |(_, act)| act.clone())).await
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            base_url,
            within,
            asked,
            news,
        }
    }

    pub(super) fn registry(&self) -> Registry {
        let deadline = Deadline {
            first: self.within,
            between: self.within,
        };
        let provider = OpenAi::new(&Config {
            base_url: self.base_url.clone(),
            api_key: None,
            timing: Timing {
                llm: deadline,
                backoff: Duration::ZERO,
                ..Timing::default()
            },
        })
        .unwrap();
        Registry::new(&Choice::default(), vec![Arc::new(provider)])
            .ok()
            .unwrap()
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Waits until the server was asked so many times.
    pub(super) async fn was_asked(&self, times: usize) {
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            if self.asked.lock().unwrap().len() >= times {
                return;
            }
            news.await;
        }
    }
}

fn read(body: &Value) -> Asked {
    let messages = body["messages"].as_array().unwrap();
    let content = |message: &Value| message["content"].as_str().unwrap().to_owned();
    let system = content(&messages[0]);
    let name = system
        .strip_prefix("You are ")
        .and_then(|rest| rest.split(',').next())
        .unwrap_or_default();
    Asked {
        name: name.to_owned(),
        heard: messages[1..].iter().map(content).collect::<Vec<_>>().join("\n"),
    }
}

async fn answer(act: Act) -> Response {
    match act {
        Act::Say(pieces) => events(pieces, None, true),
        Act::Pause(pieces, gate) => events(pieces, Some(gate), true),
        Act::Tear(pieces) => events(pieces, None, false),
        Act::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Act::Hang => std::future::pending().await,
    }
}

fn events(pieces: &'static [&'static str], gate: Option<Arc<Notify>>, whole: bool) -> Response {
    let last = pieces.len() - 1;
    let tokens = futures::stream::iter(pieces.iter().enumerate()).then(move |(number, piece)| {
        let gate = gate.clone().filter(|_| number == last);
        async move {
            if let Some(gate) = gate {
                gate.notified().await;
            }
            let delta = serde_json::json!({"choices": [{"delta": {"content": piece}}]});
            format!("data: {delta}\n\n")
        }
    });
    let end = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n".to_owned();
    let end = futures::stream::iter(whole.then_some(end));
    let body = Body::from_stream(tokens.chain(end).map(Ok::<_, std::io::Error>));
    ([("content-type", "text/event-stream")], body).into_response()
}
