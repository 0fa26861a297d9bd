//! A web server that knows the weather, slowly where it is asked to.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// The server; it stops with the test's runtime.
#[derive(Clone, Default)]
pub(crate) struct Web {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<String>>>,
    /// Lets one request for `/weather/slow` go on.
    pub(crate) released: Arc<Notify>,
    /// Told when a request for `/weather/slow` was given up.
    pub(crate) given_up: Arc<Notify>,
}

impl Web {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let web = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            ..Self::default()
        };
        let router = Router::new()
            .route("/weather/{city}", get(weather))
            .route("/book", post(book))
            .with_state(web.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        web
    }

    /// What was asked so far: path, query, body and key in one line each.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn note(&self, what: String, headers: &HeaderMap) {
        let key = headers.get("authorization").and_then(|value| value.to_str().ok());
        let key = key.map_or_else(String::new, |key| format!(" {key}"));
        self.asked.lock().unwrap().push(what + &key);
    }
}

/// Tells that it was dropped before it was let go.
struct Waiting(Option<Arc<Notify>>);

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(given_up) = &self.0 {
            given_up.notify_one();
        }
    }
}

async fn weather(
    State(web): State<Web>,
    Path(city): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    web.note(format!("{city}?{}", query.unwrap_or_default()), &headers);
    match city.as_str() {
        "nowhere" => (StatusCode::NOT_FOUND, "no such city").into_response(),
        "huge" => "x".repeat(1_000_000).into_response(),
        "binary" => vec![0xff_u8, 0xfe].into_response(),
        "elsewhere" => (StatusCode::FOUND, [("location", "/weather/Oslo")]).into_response(),
        "slow" => {
            let mut waiting = Waiting(Some(web.given_up.clone()));
            web.released.notified().await;
            waiting.0 = None;
            "It rains.".into_response()
        }
        _ => format!("It rains in {city}.").into_response(),
    }
}

async fn book(State(web): State<Web>, headers: HeaderMap, body: String) -> Response {
    web.note(format!("book {body}"), &headers);
    "Booked.".into_response()
}
