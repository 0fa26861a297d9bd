//! Answers that come in events, whole and broken.

use axum::response::IntoResponse;
use troupe::providers::ProviderError;

use super::{FINISHED, check, events, token};

#[tokio::test]
async fn comments_are_passed_over_and_an_end_mark_may_be_missing() {
    let whole = format!(
        ": hello\n\n{}{}{FINISHED}data: [DONE]\n\n",
        token("Hi "),
        token("Ann.")
    );
    let (text, error, asked) = check(move |_| events(whole.clone())).await;
    assert_eq!((text.as_str(), asked), ("Hi Ann.", 1));
    assert!(error.is_none());
    let unmarked = format!("{}{FINISHED}", token("Hi."));
    assert!(check(move |_| events(unmarked.clone())).await.1.is_none());
}

#[tokio::test]
async fn an_end_without_a_reason_is_none() {
    assert!(matches!(
        check(|_| events(token("Hi "))).await.1,
        Some(ProviderError::BrokenOff { .. })
    ));
}

#[tokio::test]
async fn nonsense_behind_the_first_words_keeps_them() {
    for nonsense in ["data: {\"choices\":\n\n", "data: 7\n\n"] {
        let body = format!("{}{nonsense}{}", token("Hi "), token("never"));
        let (text, error, asked) = check(move |_| events(body.clone())).await;
        assert!(
            matches!(error, Some(ProviderError::Malformed { .. })),
            "{error:?}"
        );
        assert_eq!((text.as_str(), asked), ("Hi ", 1));
    }
    let page = |_| ([("content-type", "text/html")], "<html>").into_response();
    assert!(matches!(
        check(page).await.1,
        Some(ProviderError::Malformed { .. })
    ));
}

#[tokio::test]
async fn an_error_may_come_as_an_event() {
    let failed = "data: {\"error\":{\"code\":503,\"message\":\"secret\"}}\n\n";
    let error = check(move |_| events(failed)).await.1.unwrap();
    assert!(matches!(error, ProviderError::Status { status: 503, .. }));
    assert!(
        !error.to_string().contains("secret"),
        "errors don't quote answers"
    );
}
