//! Requests, deadlines, the one retry, and what failures are called.

use std::error::Error as _;
use std::time::Duration;

use futures::stream::{self, Stream, StreamExt};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use tokio::time::timeout;

use super::NAME;
use super::config::{Config, ConfigError, Deadline, KEY_VARIABLE, Timing};
use crate::providers::ProviderError;

/// Connections kept open between turns; more are opened and closed as needed.
const IDLE_CONNECTIONS_MAX: usize = 32;
/// Longer than people usually pause, so that a turn seldom waits for a handshake.
const IDLE_CONNECTION_KEPT: Duration = Duration::from_secs(90);
/// Middle boxes forget silent connections after a minute or more.
const KEEPALIVE_EVERY: Duration = Duration::from_secs(30);
/// Attempts per request, the first included.
const ATTEMPTS: u32 = 2;

/// One server.
#[derive(Debug)]
pub(super) struct Endpoint {
    http: reqwest::Client,
    base: String,
    /// Whether it is OpenAI itself.
    pub(super) official: bool,
    /// Time bounds.
    pub(super) timing: Timing,
}

impl Endpoint {
    pub(super) fn new(config: &Config) -> Result<Self, ConfigError> {
        let base = config.base_url.trim().trim_end_matches('/').to_owned();
        let url = Url::parse(&base).map_err(|_| ConfigError::BaseUrl)?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(ConfigError::BaseUrl);
        }
        let official = config.is_official();
        if official && config.api_key.is_none() {
            return Err(ConfigError::KeyMissing);
        }
        let mut headers = HeaderMap::new();
        if let Some(key) = &config.api_key {
            let mut value =
                HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| ConfigError::KeyUnreadable)?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let http = reqwest::Client::builder()
            .default_headers(headers)
            .user_agent(concat!("troupe/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(config.timing.connect)
            // One stream a connection: what waits in one never holds up another.
            .http1_only()
            .tcp_nodelay(true)
            .tcp_keepalive(KEEPALIVE_EVERY)
            .pool_idle_timeout(IDLE_CONNECTION_KEPT)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            // A redirected POST would lose its body, and its key could reach another host.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| ConfigError::Client(innermost(&error)))?;
        Ok(Self {
            http,
            base,
            official,
            timing: config.timing,
        })
    }

    /// A POST to `path`, which begins with a slash.
    pub(super) fn post(&self, path: &str) -> RequestBuilder {
        self.http.request(Method::POST, format!("{}{path}", self.base))
    }

    /// Runs `attempt` up to its first piece, within `deadline`, and once more after a transient failure.
    pub(super) async fn first_piece<T, F>(
        &self,
        deadline: Deadline,
        mut attempt: impl FnMut() -> F,
    ) -> Result<T, ProviderError>
    where
        F: Future<Output = Result<T, ProviderError>>,
    {
        let mut tries = 1;
        loop {
            let error = match timeout(deadline.first, attempt()).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) => error,
                Err(_) => ProviderError::Timeout {
                    provider: NAME,
                    waited: deadline.first,
                },
            };
            let Some(pause) = self.pause_before_retry(&error).filter(|_| tries < ATTEMPTS) else {
                return Err(error);
            };
            tries += 1;
            tracing::debug!(provider = NAME, %error, "retry request");
            tokio::time::sleep(pause).await;
        }
    }

    fn pause_before_retry(&self, error: &ProviderError) -> Option<Duration> {
        if !error.is_transient() {
            return None;
        }
        if let ProviderError::RateLimited {
            retry_after: Some(wanted),
            ..
        } = error
        {
            return (*wanted <= self.timing.retry_after_max).then_some(*wanted);
        }
        // Many rooms fail at the same moment; they shouldn't return at the same moment.
        Some(self.timing.backoff.mul_f64(1.0 + rand::random::<f64>()))
    }
}

/// Sends a request and refuses every answer but success.
pub(super) async fn send(request: RequestBuilder) -> Result<Response, ProviderError> {
    let response = request.send().await.map_err(|error| failure(&error))?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    Err(match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ProviderError::Unauthorized {
            provider: NAME,
            status: status.as_u16(),
            variable: KEY_VARIABLE,
        },
        StatusCode::TOO_MANY_REQUESTS => ProviderError::RateLimited {
            provider: NAME,
            retry_after: retry_after(response.headers()),
        },
        _ => ProviderError::Status {
            provider: NAME,
            status: status.as_u16(),
        },
    })
}

/// Ends `pieces` with an error when the next one is late, and after any error.
pub(super) fn paced<T: Send + 'static>(
    pieces: impl Stream<Item = Result<T, ProviderError>> + Send + Unpin + 'static,
    between: Duration,
) -> impl Stream<Item = Result<T, ProviderError>> + Send {
    stream::unfold(Some(pieces), move |pieces| async move {
        let mut pieces = pieces?;
        match timeout(between, pieces.next()).await {
            Ok(Some(Ok(piece))) => Some((Ok(piece), Some(pieces))),
            Ok(Some(Err(error))) => Some((Err(error), None)),
            Ok(None) => None,
            Err(_) => Some((
                Err(ProviderError::Timeout {
                    provider: NAME,
                    waited: between,
                }),
                None,
            )),
        }
    })
}

/// Names a failure of the connection. Addresses stay out: they may hold credentials.
pub(super) fn failure(error: &reqwest::Error) -> ProviderError {
    if error.is_connect() || error.is_builder() {
        ProviderError::Unreachable {
            provider: NAME,
            detail: innermost(error),
        }
    } else if error.is_timeout() {
        ProviderError::Unreachable {
            provider: NAME,
            detail: "the connection timed out".into(),
        }
    } else {
        ProviderError::BrokenOff { provider: NAME }
    }
}

/// An answer that can't be read; `detail` is ours, never the server's text.
pub(super) fn malformed(detail: &str) -> ProviderError {
    ProviderError::Malformed {
        provider: NAME,
        detail: detail.into(),
    }
}

/// The answer's media type, lower-case and without parameters.
pub(super) fn media_type(response: &Response) -> String {
    let value = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// Seconds or `retry-after-ms`; a date is left out, for clocks differ.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
    let milliseconds =
        number("retry-after-ms").or_else(|| number(RETRY_AFTER.as_str()).map(|s| s * 1000.0))?;
    Duration::try_from_secs_f64(milliseconds / 1000.0).ok()
}

fn innermost(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    let mut text = "no connection".to_owned();
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    text
}
