//! Sound as it comes.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::response::IntoResponse;
use futures::{StreamExt, stream};
use tokio::sync::mpsc;
use troupe::providers::registry::Backend;
use troupe::providers::{ProviderError, Voices};

use super::{LATE, Server, timing};

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
