//! What is the OpenAI provider's alone, against a real HTTP server; what holds for every provider is in `conformance`.
//!
//! - `requests`: what is asked, and over how many connections
//! - `retries`: what is asked once more, and what is not
//! - `events`: answers that come in events, whole and broken
//! - `tools`: tools that are told, called and answered
//! - `speech`: sound as it comes
//! - `configuration`: what can't be set up

mod configuration;
mod events;
mod requests;
mod retries;
mod speech;
mod tools;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt;
use futures::{StreamExt, stream};
use tokio::net::TcpListener;
use troupe::providers::openai::{Config, Deadline, OpenAi, Timing};
use troupe::providers::registry::Backend;
use troupe::providers::{ChatRequest, Message, Piece, ProviderError, Role};

const SOON: Duration = Duration::from_millis(40);
const LATE: Duration = Duration::from_secs(60);

fn timing(first: Duration, between: Duration) -> Timing {
    let deadline = Deadline { first, between };
    Timing {
        stt: deadline,
        llm: deadline,
        tts: deadline,
        backoff: Duration::ZERO,
        ..Timing::default()
    }
}

/// A server, how often it was asked, and how many connections it saw.
struct Server {
    provider: OpenAi,
    asked: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// `answer` is given the number of the request, from 0.
    async fn start<F, R>(timing: Timing, answer: F) -> Self
    where
        F: Fn(usize, Request) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Response> + Send,
    {
        let (asked, connections) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (counted, seen) = (Arc::clone(&asked), Arc::clone(&connections));
        let app = Router::new().fallback(move |request: Request| {
            let number = counted.fetch_add(1, Ordering::SeqCst);
            answer(number, request)
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1/", listener.local_addr().unwrap());
        let listener = listener.tap_io(move |_| {
            seen.fetch_add(1, Ordering::SeqCst);
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        let provider = OpenAi::new(&Config {
            base_url,
            api_key: Some("sk-test".into()),
            timing,
        })
        .unwrap();
        Self {
            provider,
            asked,
            connections,
        }
    }

    async fn write(&self) -> (String, Option<ProviderError>) {
        let model = self.provider.language_model(Some("m")).await.unwrap();
        let message = Message {
            role: Role::User,
            content: "Ann: hi".into(),
        };
        let request = ChatRequest {
            messages: vec![message],
            tokens_max: 9,
            temperature: 0.5,
            ..ChatRequest::default()
        };
        let mut pieces = match model.reply(request).await {
            Ok(pieces) => pieces,
            Err(error) => return (String::new(), Some(error)),
        };
        let mut text = String::new();
        while let Some(piece) = pieces.next().await {
            match piece {
                Ok(Piece::Text(piece)) => text.push_str(&piece),
                Ok(other) => panic!("it answered {other:?}"),
                Err(error) => return (text, Some(error)),
            }
        }
        (text, None)
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn token(text: &str) -> String {
    format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
}

const FINISHED: &str = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";

fn events(body: impl Into<Body>) -> Response {
    (
        [("content-type", "text/event-stream; charset=utf-8")],
        body.into(),
    )
        .into_response()
}

/// Pieces, then nothing more, with the connection left open.
fn stalled(pieces: Vec<String>) -> Body {
    let pieces = stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>));
    Body::from_stream(pieces.chain(stream::pending()))
}

/// Pieces, then a closed connection.
fn torn(pieces: Vec<String>) -> Body {
    let pieces = stream::iter(pieces.into_iter().map(Ok));
    // The pause lets what was written reach the wire first.
    let tear = stream::once(async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        Err(std::io::Error::other("torn"))
    });
    Body::from_stream(pieces.chain(tear))
}

/// Serves the language model and says what came of it: text, error, number of requests.
async fn check<R>(
    answer: impl Fn(usize) -> R + Clone + Send + Sync + 'static,
) -> (String, Option<ProviderError>, usize)
where
    R: Into<Response> + 'static,
{
    let server = Server::start(timing(LATE, SOON), move |number, _| {
        let answer = answer(number).into();
        async { answer }
    })
    .await;
    let (text, error) = server.write().await;
    (text, error, server.asked())
}
