//! One WebSocket connection to a service.

mod pool;
mod tls;

use std::time::Duration;

use futures::{FutureExt, SinkExt, StreamExt};
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::RETRY_AFTER;
use tokio_tungstenite::tungstenite::http::{HeaderMap, HeaderValue};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use crate::Fault;
pub(crate) use pool::Pool;

/// The longest message that is read, bytes: ten seconds of speech in base64 are less.
const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long a service that was asked nothing is listened to for a complaint.
pub(crate) const COMPLAINS_WITHIN: Duration = Duration::from_millis(500);
/// How long a polite end may take.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);

/// Where a service is to be reached.
#[derive(Clone)]
pub(crate) struct Place {
    /// `ws` or `wss`, with path and query; never a key in it.
    pub(crate) url: String,
    /// Header that carries the key.
    pub(crate) key_header: &'static str,
    /// What it carries.
    pub(crate) key: SecretString,
    /// Further headers.
    pub(crate) headers: &'static [(&'static str, &'static str)],
}

/// A frame on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outgoing {
    Text(String),
    Binary(Vec<u8>),
}

/// What came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Incoming {
    Text(String),
    /// No service of ours sends any.
    Binary,
    /// The other side said goodbye, with this code and reason.
    Closed(u16, String),
    /// The connection is gone without a word.
    Gone,
    /// More than is read at once.
    TooLong,
}

/// What a close without a code counts as.
const NO_CODE: u16 = 1005;

/// One connection.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects.
    pub(crate) async fn open(place: &Place, within: Duration) -> Result<Self, Fault> {
        let unreachable = |detail: &str| Fault::Unreachable {
            detail: detail.to_owned(),
        };
        let mut request = place
            .url
            .as_str()
            .into_client_request()
            .map_err(|_| unreachable("the address is no WebSocket address"))?;
        let headers = request.headers_mut();
        for (name, value) in place.headers {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        // A key that no header can carry was never a key.
        let mut key = HeaderValue::from_str(place.key.expose_secret())
            .map_err(|_| Fault::KeyRefused { status: 401 })?;
        key.set_sensitive(true);
        headers.insert(place.key_header, key);
        let config = WebSocketConfig::default()
            .max_message_size(Some(MESSAGE_BYTES_MAX))
            .max_frame_size(Some(MESSAGE_BYTES_MAX));
        let connecting =
            connect_async_tls_with_config(request, Some(config), true, tls::connector(&place.url));
        let connected = timeout(within, connecting)
            .await
            .map_err(|_| unreachable("no answer in time"))?;
        match connected {
            Ok((stream, _)) => Ok(Self(stream)),
            Err(Error::Http(answer)) => Err(Fault::of_status(
                answer.status().as_u16(),
                retry_after(answer.headers()),
            )),
            Err(Error::Io(error)) => Err(unreachable(&error.kind().to_string())),
            Err(Error::Tls(_)) => Err(unreachable("TLS failed")),
            Err(_) => Err(unreachable("what answers speaks no WebSocket")),
        }
    }

    /// Sends one frame.
    pub(crate) async fn send(&mut self, frame: Outgoing, within: Duration) -> Result<(), Fault> {
        let frame = match frame {
            Outgoing::Text(text) => Message::text(text),
            Outgoing::Binary(bytes) => Message::binary(bytes),
        };
        match timeout(within, self.0.send(frame)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Fault::BrokenOff),
            Err(_) => Err(Fault::Late { waited: within }),
        }
    }

    /// The next frame. Nothing is lost when it is dropped before it answers.
    pub(crate) async fn next(&mut self) -> Incoming {
        loop {
            return match self.0.next().await {
                Some(Ok(Message::Text(text))) => Incoming::Text(text.as_str().to_owned()),
                Some(Ok(Message::Binary(_))) => Incoming::Binary,
                Some(Ok(Message::Close(Some(close)))) => {
                    Incoming::Closed(close.code.into(), close.reason.as_str().to_owned())
                }
                Some(Ok(Message::Close(None))) => Incoming::Closed(NO_CODE, String::new()),
                // Pings are answered by the library.
                Some(Ok(_)) => continue,
                Some(Err(Error::Capacity(_))) => Incoming::TooLong,
                Some(Err(_)) | None => Incoming::Gone,
            };
        }
    }

    /// What is here already, without waiting.
    pub(crate) fn next_now(&mut self) -> Option<Incoming> {
        self.next().now_or_never()
    }

    /// Whether the service minds that we are here: what it says within a moment.
    pub(crate) async fn complaint(&mut self, within: Duration) -> Option<Incoming> {
        timeout(within, self.next()).await.ok()
    }

    /// Ends the connection politely, in the background.
    pub(crate) fn close(mut self, goodbye: Option<Outgoing>) {
        tokio::spawn(async move {
            let ending = async {
                if let Some(goodbye) = goodbye {
                    let _ = self.send(goodbye, CLOSE_WITHIN).await;
                }
                let _ = self.0.close(None).await;
            };
            // Whoever does not listen to a goodbye is left without one.
            let _ = timeout(CLOSE_WITHIN, ending).await;
        });
    }
}

/// Seconds; a date is left out, for clocks differ.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse::<f64>()
        .ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}
