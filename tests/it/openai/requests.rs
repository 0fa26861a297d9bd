//! What is asked, and over how many connections.

use std::sync::atomic::Ordering;

use axum::extract::Request;
use axum::response::IntoResponse;
use tokio::sync::mpsc;
use troupe::providers::Voices;
use troupe::providers::registry::Backend;

use super::{FINISHED, LATE, Server, events, timing, token};

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
