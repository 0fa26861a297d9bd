//! The OpenAI provider against a real HTTP server that misbehaves in every way we know.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt;
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use troupe::providers::openai::{Config, ConfigError, Deadline, OpenAi, Timing};
use troupe::providers::registry::Backend;
use troupe::providers::{
    ChatRequest, Message, Piece, ProviderError, Role, ToolCall, ToolRound, ToolSpec, Voices,
};

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

#[tokio::test]
async fn a_whole_answer() {
    let whole = format!(
        ": hello\n\n{}{}{FINISHED}data: [DONE]\n\n",
        token("Hi "),
        token("Ann.")
    );
    let (text, error, asked) = check(move |_| events(whole.clone())).await;
    assert_eq!((text.as_str(), asked), ("Hi Ann.", 1));
    assert!(error.is_none());
    // Some servers leave the end mark out.
    let unmarked = format!("{}{FINISHED}", token("Hi."));
    assert!(check(move |_| events(unmarked.clone())).await.1.is_none());
}

#[tokio::test]
async fn tools_are_told_called_and_answered() {
    let bodies = Arc::new(std::sync::Mutex::new(Vec::<Value>::new()));
    let kept = Arc::clone(&bodies);
    let server = Server::start(timing(LATE, LATE), move |number, request| {
        let kept = Arc::clone(&kept);
        async move {
            let body = axum::body::to_bytes(request.into_body(), 100_000).await.unwrap();
            kept.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
            let delta = |delta: Value| format!("data: {}\n\n", json!({ "choices": [{ "delta": delta }] }));
            let call = |call: Value| delta(json!({ "tool_calls": [call] }));
            let begin =
                json!({ "index": 0, "id": "a", "function": { "name": "clock", "arguments": "{\"zone\"" } });
            let more = json!({ "index": 0, "function": { "arguments": ":\"UTC\"}" } });
            events(match number {
                0 => [
                    delta(json!({ "content": "Let me look. " })),
                    call(begin),
                    call(more),
                    FINISHED.to_owned(),
                ]
                .concat(),
                // It breaks off: nothing was called.
                1 => call(begin),
                _ => format!("{}{FINISHED}", token("Noon.")),
            })
        }
    })
    .await;
    let model = server.provider.language_model(Some("m")).await.unwrap();
    let parameters = json!({ "type": "object", "properties": { "zone": {} } });
    let clock = ToolSpec {
        name: "clock".into(),
        description: "The time.".into(),
        parameters: parameters.as_object().unwrap().clone(),
    };
    let mut request = ChatRequest {
        messages: vec![Message {
            role: Role::User,
            content: "Ann: what time is it?".into(),
        }],
        tools: vec![clock],
        ..ChatRequest::default()
    };
    let pieces = |request: &ChatRequest| {
        let (model, request) = (Arc::clone(&model), request.clone());
        async move { model.reply(request).await.unwrap().collect::<Vec<_>>().await }
    };
    let call = ToolCall {
        id: "a".into(),
        name: "clock".into(),
        arguments: "{\"zone\":\"UTC\"}".into(),
    };
    let first = pieces(&request).await;
    let is_said =
        |piece: &&Result<Piece, ProviderError>| !matches!(piece, Ok(Piece::Text(text)) if text.is_empty());
    let said: Vec<&Piece> = first
        .iter()
        .filter(is_said)
        .map(|piece| piece.as_ref().unwrap())
        .collect();
    assert_eq!(
        said,
        [&Piece::Text("Let me look. ".into()), &Piece::Call(call.clone())]
    );
    let broken = pieces(&request).await;
    assert!(
        matches!(broken.last(), Some(Err(ProviderError::BrokenOff { .. }))),
        "{broken:?}"
    );
    assert!(!broken.iter().any(|piece| matches!(piece, Ok(Piece::Call(_)))));
    request.rounds = vec![ToolRound {
        said: "Let me look. ".into(),
        calls: vec![(call, "12:00".into())],
    }];
    request.tools_are_closed = true;
    pieces(&request).await;

    let bodies = bodies.lock().unwrap();
    let tool = json!({ "type": "function", "function": {
        "name": "clock", "description": "The time.", "parameters": parameters } });
    assert_eq!(
        (&bodies[0]["tools"], &bodies[0]["tool_choice"]),
        (&json!([tool]), &Value::Null)
    );
    let function = json!({ "name": "clock", "arguments": "{\"zone\":\"UTC\"}" });
    assert_eq!(
        bodies[2]["messages"].as_array().unwrap()[1..],
        [
            json!({ "role": "assistant", "content": "Let me look.",
                    "tool_calls": [{ "id": "a", "type": "function", "function": function }] }),
            json!({ "role": "tool", "tool_call_id": "a", "content": "12:00" }),
        ]
    );
    assert_eq!(bodies[2]["tool_choice"], "none");
}

#[tokio::test]
async fn a_wrong_key_is_not_tried_again() {
    let (_, error, asked) = check(|_| StatusCode::UNAUTHORIZED.into_response()).await;
    assert!(
        matches!(
            error,
            Some(ProviderError::Unauthorized {
                variable: "OPENAI_API_KEY",
                ..
            })
        ),
        "{error:?}"
    );
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn a_server_error_is_tried_once_more() {
    let whole = format!("{}{FINISHED}", token("Hi."));
    let answer = move |number| match number {
        0 => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => events(whole.clone()),
    };
    let (text, error, asked) = check(answer).await;
    assert!(error.is_none());
    assert_eq!((text.as_str(), asked), ("Hi.", 2));

    let (_, error, asked) = check(|_| StatusCode::BAD_GATEWAY.into_response()).await;
    assert!(matches!(error, Some(ProviderError::Status { status: 502, .. })));
    assert_eq!(asked, 2);

    let (_, error, asked) = check(|_| StatusCode::BAD_REQUEST.into_response()).await;
    assert!(matches!(error, Some(ProviderError::Status { status: 400, .. })));
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_when_it_is_short() {
    let limited = |pause| (StatusCode::TOO_MANY_REQUESTS, [("retry-after", pause)]).into_response();
    let (_, error, asked) = check(move |_| limited("30")).await;
    let Some(ProviderError::RateLimited { retry_after, .. }) = error else {
        panic!("{error:?}")
    };
    assert_eq!((retry_after, asked), (Some(Duration::from_secs(30)), 1));
    assert_eq!(check(move |_| limited("0")).await.2, 2);
}

#[tokio::test]
async fn silence_has_an_end() {
    let answer = async |_, _| std::future::pending().await;
    let server = Server::start(timing(SOON, SOON), answer).await;
    assert!(matches!(
        server.write().await.1,
        Some(ProviderError::Timeout { .. })
    ));
    assert_eq!(server.asked(), 2);
    // A head without a piece is silence as well.
    let server = Server::start(timing(SOON, LATE), async |_, _| events(stalled(Vec::new()))).await;
    assert!(matches!(
        server.write().await.1,
        Some(ProviderError::Timeout { .. })
    ));
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn silence_after_a_piece_is_not_tried_again() {
    let (text, error, asked) = check(|_| events(stalled(vec![token("Hi ")]))).await;
    assert!(
        matches!(error, Some(ProviderError::Timeout { waited: SOON, .. })),
        "{error:?}"
    );
    assert_eq!((text.as_str(), asked), ("Hi ", 1));
}

#[tokio::test]
async fn nonsense_within_a_stream() {
    for nonsense in ["data: {\"choices\":\n\n", "data: <html>\n\n", "data: 7\n\n"] {
        let body = format!("{}{nonsense}{}", token("Hi "), token("never"));
        let (text, error, asked) = check(move |_| events(body.clone())).await;
        assert!(
            matches!(error, Some(ProviderError::Malformed { .. })),
            "{error:?}"
        );
        assert_eq!((text.as_str(), asked), ("Hi ", 1));
        assert!(
            !error.unwrap().to_string().contains("html"),
            "errors don't quote answers"
        );
    }
    let page = |_| ([("content-type", "text/html")], "<html>").into_response();
    assert!(matches!(
        check(page).await.1,
        Some(ProviderError::Malformed { .. })
    ));
    let failed = "data: {\"error\":{\"code\":503,\"message\":\"secret\"}}\n\n";
    assert!(matches!(
        check(move |_| events(failed)).await.1,
        Some(ProviderError::Status { status: 503, .. })
    ));
}

#[tokio::test]
async fn a_torn_stream_is_told_from_a_finished_one() {
    let (text, error, asked) = check(|_| events(torn(vec![token("Hi ")]))).await;
    assert!(
        matches!(error, Some(ProviderError::BrokenOff { .. })),
        "{error:?}"
    );
    assert_eq!((text.as_str(), asked), ("Hi ", 1));
    let cut = |_| events(token("Hi "));
    assert!(matches!(
        check(cut).await.1,
        Some(ProviderError::BrokenOff { .. })
    ));
    let (_, _, asked) = check(|_| events(torn(Vec::new()))).await;
    assert_eq!(asked, 2, "before the first piece there is a second attempt");
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let provider = OpenAi::new(&Config {
        base_url,
        api_key: None,
        timing: timing(LATE, LATE),
    })
    .unwrap();
    let server = Server {
        provider,
        asked: Arc::default(),
        connections: Arc::default(),
    };
    assert!(matches!(
        server.write().await.1,
        Some(ProviderError::Unreachable { .. })
    ));
}

#[test]
fn a_bad_configuration_is_told_at_once() {
    let check = |base_url: &str, api_key: Option<&str>| {
        let config = Config {
            base_url: base_url.into(),
            api_key: api_key.map(str::to_owned),
            timing: Timing::default(),
        };
        OpenAi::new(&config).err()
    };
    assert_eq!(check("localhost:8000", None), Some(ConfigError::BaseUrl));
    assert_eq!(
        check("https://api.openai.com/v1", None),
        Some(ConfigError::KeyMissing)
    );
    assert_eq!(
        check("http://localhost/v1", Some("a\nb")),
        Some(ConfigError::KeyUnreadable)
    );
    assert_eq!(check("http://localhost/v1", None), None);
}

#[tokio::test]
async fn what_is_asked() {
    let (send, mut bodies) = mpsc::channel(8);
    let server = Server::start(timing(LATE, LATE), move |_, request: Request| {
        let send = send.clone();
        async move {
            let path = request.uri().path().to_owned();
            let key = request.headers().get("authorization").cloned();
            let body = axum::body::to_bytes(request.into_body(), usize::MAX)
                .await
                .unwrap();
            send.try_send((path.clone(), key.unwrap(), body)).unwrap();
            match path.as_str() {
                "/v1/chat/completions" => events(format!("{}{FINISHED}", token("x"))),
                "/v1/audio/speech" => ([("content-type", "audio/pcm")], vec![0; 4]).into_response(),
                _ => ([("content-type", "application/json")], "{\"text\":\" Hello. \"}").into_response(),
            }
        }
    })
    .await;

    server.write().await;
    let (path, key, body) = bodies.recv().await.unwrap();
    assert_eq!(
        (path.as_str(), key.to_str().unwrap()),
        ("/v1/chat/completions", "Bearer sk-test")
    );
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let expect = serde_json::json!({"model": "m", "messages": [{"role": "user", "content": "Ann: hi"}],
        "stream": true, "max_tokens": 9, "temperature": 0.5});
    assert_eq!(body, expect);

    let ears = server.provider.speech_to_text(None).await.unwrap();
    assert_eq!(ears.transcribe(&[1; 1_600], "en-GB").await.unwrap(), "Hello.");
    let body = String::from_utf8_lossy(&bodies.recv().await.unwrap().2).into_owned();
    for part in [
        "RIFF",
        "name=\"language\"\r\n\r\nen\r\n",
        "gpt-4o-mini-transcribe",
        "filename=\"speech.wav\"",
    ] {
        assert!(body.contains(part), "{part}");
    }
    assert_eq!(
        ears.transcribe(&[1; 100], "en").await.unwrap(),
        "",
        "too short for a word"
    );

    let voice = server.provider.text_to_speech(None).await.unwrap();
    voice
        .synthesize("Hello.", &Voices::any(Some("coral")), "en")
        .await
        .unwrap();
    let body: serde_json::Value = serde_json::from_slice(&bodies.recv().await.unwrap().2).unwrap();
    let expect = serde_json::json!({"model": "gpt-4o-mini-tts", "input": "Hello.", "voice": "coral",
        "response_format": "pcm"});
    assert_eq!(body, expect);
    assert_eq!(
        server.connections.load(Ordering::SeqCst),
        1,
        "one connection serves all"
    );
}

#[tokio::test]
async fn speech_is_handed_on_before_the_rest_is_made() {
    let (send, gate) = mpsc::channel::<Bytes>(4);
    let gate = Arc::new(tokio::sync::Mutex::new(gate));
    let server = Server::start(timing(LATE, LATE), move |_, _| {
        let gate = Arc::clone(&gate);
        async move {
            let pieces = stream::unfold(gate, |gate| async move {
                let piece = gate.lock().await.recv().await?;
                Some((Ok::<_, std::io::Error>(piece), gate))
            });
            ([("content-type", "audio/pcm")], Body::from_stream(pieces)).into_response()
        }
    })
    .await;
    let voice = server.provider.text_to_speech(None).await.unwrap();
    send.send(Bytes::from_static(&[1, 0, 2])).await.unwrap();
    let mut speech = voice
        .synthesize("Hello.", &Voices::default(), "en")
        .await
        .unwrap();
    assert_eq!(speech.rate_hz, 24_000);
    assert_eq!(speech.chunks.next().await.unwrap().unwrap(), [1]);
    send.send(Bytes::from_static(&[0, 3, 0])).await.unwrap();
    assert_eq!(
        speech.chunks.next().await.unwrap().unwrap(),
        [2, 3],
        "a sample cut in half is joined"
    );
    drop(send);
    assert!(speech.chunks.next().await.is_none());
}

#[tokio::test]
async fn dropping_speech_closes_the_request() {
    struct Told(Option<oneshot::Sender<()>>);
    impl Drop for Told {
        fn drop(&mut self) {
            let _ = self.0.take().unwrap().send(());
        }
    }
    let (send, told) = oneshot::channel();
    let told_on_drop = Arc::new(std::sync::Mutex::new(Some(Told(Some(send)))));
    let server = Server::start(timing(LATE, LATE), move |_, _| {
        let told = told_on_drop.lock().unwrap().take();
        async move {
            let silence = stream::repeat(Bytes::from_static(&[0; 320])).then(move |piece| {
                let _ = &told;
                async {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    Ok::<_, std::io::Error>(piece)
                }
            });
            ([("content-type", "audio/pcm")], Body::from_stream(silence)).into_response()
        }
    })
    .await;
    let voice = server.provider.text_to_speech(None).await.unwrap();
    let speech = voice
        .synthesize("Hello.", &Voices::default(), "en")
        .await
        .unwrap();
    drop(speech);
    told.await.unwrap();
}

#[tokio::test]
async fn other_formats_are_never_played() {
    for format in [
        "audio/mpeg",
        "audio/wav",
        "audio/x-wav",
        "application/json",
        "text/html",
    ] {
        let answer = move |_, _| async move { ([("content-type", format)], vec![1; 64]).into_response() };
        let server = Server::start(timing(LATE, LATE), answer).await;
        let voice = server.provider.text_to_speech(None).await.unwrap();
        let error = voice.synthesize("Hello.", &Voices::default(), "en").await.err();
        assert!(matches!(error, Some(ProviderError::Malformed { .. })), "{format}");
    }
}

#[tokio::test]
async fn a_transcript_that_is_none() {
    let server = Server::start(timing(LATE, LATE), async |_, _| "not json".into_response()).await;
    let ears = server.provider.speech_to_text(None).await.unwrap();
    assert!(matches!(
        ears.transcribe(&[0; 9_600], "en").await,
        Err(ProviderError::Malformed { .. })
    ));
}
