//! A page on its way: rendered from a template, under a strict policy.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use minijinja::{Environment, Value, context};

use super::super::state::Api;

/// Ends the name of a template, so that everything is escaped that is put into it.
const NAME: &str = "page.html";
/// What templates include.
const PARTS: [(&str, &str); 2] = [
    ("door.html", include_str!("../../../assets/shared/door.html")),
    (
        "trouble.html",
        include_str!("../../../assets/shared/trouble.html"),
    ),
];

/// The page that `template` gives with `facts` and the address of the files, `assets`.
pub(in crate::api) fn page(api: &Api, status: StatusCode, template: &str, facts: Value) -> Response {
    let html = match render(template, context! { assets => api.assets.address(), ..facts }) {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, "render a page");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let policy = HeaderValue::from_str(&policy(&api.rooms.livekit_public_url))
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"));
    let fixed = |value| HeaderValue::from_static(value);
    let headers: [(HeaderName, HeaderValue); 5] = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, fixed("no-store")),
        // An address may hold a secret.
        (header::REFERRER_POLICY, fixed("no-referrer")),
        (header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
        (
            HeaderName::from_static("permissions-policy"),
            fixed("microphone=(self), camera=(), geolocation=()"),
        ),
    ];
    (status, headers, Html(html)).into_response()
}

fn render(template: &str, facts: Value) -> Result<String, minijinja::Error> {
    let mut templates = Environment::new();
    for (name, part) in PARTS {
        templates.add_template(name, part)?;
    }
    templates.add_template(NAME, template)?;
    templates.get_template(NAME)?.render(facts)
}

/// Own files, and LiveKit to talk to; nothing else.
fn policy(livekit_url: &str) -> String {
    let livekit = reqwest::Url::parse(livekit_url)
        .ok()
        .and_then(|url| {
            let authority = match url.port() {
                Some(port) => format!("{}:{port}", url.host_str()?),
                None => url.host_str()?.to_owned(),
            };
            let secure = matches!(url.scheme(), "wss" | "https");
            let (socket, plain) = if secure { ("wss", "https") } else { ("ws", "http") };
            Some(format!(" {socket}://{authority} {plain}://{authority}"))
        })
        .unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'{livekit}; \
         media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}
