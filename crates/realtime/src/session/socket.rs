//! The WebSocket of one connection.

use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::access::Access;
use crate::error::Error;
use crate::protocol::Protocol;

/// Longest message that is read, bytes: many seconds of sound.
const MESSAGE_MAX: usize = 4 << 20;

/// What a socket has to tell.
pub(super) enum Incoming {
    /// A message of the protocol.
    Text(String),
    /// Only that the server is there.
    Sign,
    /// It is closed, for this reason.
    Closed { code: u16, reason: String },
}

/// One connection.
pub(super) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects; takes as long as the network does.
    pub(super) async fn connect(access: &Access, protocol: &dyn Protocol) -> Result<Self, Error> {
        let provider = access.provider.name();
        let unreachable = |detail: &str| Error::Unreachable {
            provider,
            detail: detail.to_owned(),
        };
        let mut request = protocol
            .url()
            .into_client_request()
            .map_err(|_| unreachable("its address is not one of a WebSocket"))?;
        if let Some((name, value)) = protocol.key_header() {
            request.headers_mut().insert(name, value);
        }
        let config = WebSocketConfig::default()
            .max_message_size(Some(MESSAGE_MAX))
            .max_frame_size(Some(MESSAGE_MAX));
        let connecting = tokio_tungstenite::connect_async_with_config(request, Some(config), true);
        match connecting.await {
            Ok((stream, _)) => Ok(Self(stream)),
            Err(WsError::Http(answer)) => Err(match answer.status().as_u16() {
                401 | 403 => Error::Unauthorized {
                    provider,
                    variable: access.provider.key_variable(),
                },
                429 => Error::RateLimited { provider },
                status => unreachable(&format!("it answered {status}")),
            }),
            Err(WsError::Io(error)) => Err(unreachable(&error.kind().to_string())),
            // The detail may hold the address.
            Err(_) => Err(unreachable("the WebSocket can't be opened")),
        }
    }

    /// Sends messages; answers whether the socket still stands.
    pub(super) async fn send(&mut self, messages: Vec<String>) -> bool {
        for message in messages {
            if self.0.feed(Message::text(message)).await.is_err() {
                return false;
            }
        }
        self.0.flush().await.is_ok()
    }

    /// Asks whether anybody is there.
    pub(super) async fn ping(&mut self) -> bool {
        self.0.send(Message::Ping(Vec::new().into())).await.is_ok()
    }

    /// What comes next.
    pub(super) async fn next(&mut self) -> Incoming {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => Incoming::Text(text.as_str().to_owned()),
            // Gemini puts its JSON into binary frames.
            Some(Ok(Message::Binary(bytes))) => Incoming::Text(String::from_utf8_lossy(&bytes).into_owned()),
            Some(Ok(Message::Close(Some(frame)))) => Incoming::Closed {
                code: frame.code.into(),
                reason: frame.reason.as_str().to_owned(),
            },
            Some(Ok(Message::Close(None))) | Some(Err(_)) | None => Incoming::Closed {
                code: 1006,
                reason: String::new(),
            },
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Incoming::Sign,
        }
    }
}
