//! What is asked once more, and what is not.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use troupe::providers::ProviderError;

use super::{FINISHED, LATE, SOON, Server, check, events, stalled, timing, token, torn};

#[tokio::test]
async fn a_wrong_key_is_not_tried_again() {
    let (_, error, asked) = check(|_| StatusCode::UNAUTHORIZED.into_response()).await;
    assert!(error.is_some());
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
    assert_eq!(check(move |_| limited("30")).await.2, 1);
    assert_eq!(check(move |_| limited("0")).await.2, 2);
}

#[tokio::test]
async fn silence_is_tried_once_more() {
    let answer = async |_, _| std::future::pending().await;
    let server = Server::start(timing(SOON, SOON), answer).await;
    assert!(server.write().await.1.is_some());
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
async fn what_has_begun_is_not_tried_again() {
    let (text, _, asked) = check(|_| events(stalled(vec![token("Hi ")]))).await;
    assert_eq!((text.as_str(), asked), ("Hi ", 1));
    let (text, _, asked) = check(|_| events(torn(vec![token("Hi ")]))).await;
    assert_eq!((text.as_str(), asked), ("Hi ", 1));
    let (_, _, asked) = check(|_| events(torn(Vec::new()))).await;
    assert_eq!(asked, 2, "before the first piece there is a second attempt");
}
