//! How this process reaches the signalling of LiveKit servers.
//!
//! The official crate takes a WebSocket client of the application's. Its own one leaves Nagle's algorithm on (RFC 896): a
//! small message waits until the one before it is acknowledged, which the other side may put off, on Linux by 40 ms.
//! Publishing right after connecting meets just that. With TLS it also reads the machine's root certificates for each
//! connection, and keeps them as long. This one sends at once, reads the certificates once, and lets connections resume
//! each other's TLS sessions (RFC 8446, 2.2).

use std::sync::{Arc, Once};
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use livekit::prelude::{Room, RoomEvent, RoomOptions, RoomResult};
use livekit_net::{Header, TransportError, WsClient, WsConnectResult, WsConnection};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{Mutex, OnceCell};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What tells the official crate's own client to go through a proxy, which this one does not.
const PROXIES: [&str; 4] = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"];

/// What a connection reads at once, and keeps room for, in bytes: messages are short, and there are many rooms. Longer ones
/// are read in parts. The library's own measure is 128 KiB.
const READ_AT_ONCE: usize = 8 << 10;

/// Joins a room.
///
/// # Errors
/// When the server can't be reached, or refuses the token.
pub async fn connect(
    url: &str,
    token: &str,
    options: RoomOptions,
) -> RoomResult<(Room, UnboundedReceiver<RoomEvent>)> {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        let is_set = |name| std::env::var_os(name).is_some_and(|proxy| !proxy.is_empty());
        if !PROXIES.into_iter().any(is_set) {
            livekit_net::set_ws_client(Arc::new(Client::default()));
        }
    });
    Room::connect(url, token, options).await
}

/// Opens connections that share what TLS trusts.
#[derive(Default)]
struct Client {
    tls: OnceCell<Arc<ClientConfig>>,
}

impl Client {
    async fn open(&self, url: &str, headers: &[Header]) -> Result<Stream, TransportError> {
        let unfit = |error: &dyn std::fmt::Display| TransportError::Other(error.to_string());
        let mut request = url.into_client_request().map_err(|error| unfit(&error))?;
        for Header { name, value } in headers {
            let name: HeaderName = name.parse().map_err(|error| unfit(&error))?;
            let value: HeaderValue = value.parse().map_err(|error| unfit(&error))?;
            request.headers_mut().insert(name, value);
        }
        let connector = if request.uri().scheme_str() == Some("wss") {
            Connector::Rustls(Arc::clone(self.tls.get_or_try_init(trusting_this_machine).await?))
        } else {
            Connector::Plain
        };
        let config = WebSocketConfig::default().read_buffer_size(READ_AT_ONCE);
        let (stream, _) = connect_async_tls_with_config(request, Some(config), true, Some(connector))
            .await
            .map_err(|error| match error {
                Error::Http(answer) => TransportError::Http {
                    status: answer.status().as_u16(),
                },
                error => TransportError::Connection(error.to_string()),
            })?;
        Ok(stream)
    }
}

/// TLS that trusts what the machine trusts.
async fn trusting_this_machine() -> Result<Arc<ClientConfig>, TransportError> {
    let found = tokio::task::spawn_blocking(rustls_native_certs::load_native_certs)
        .await
        .map_err(|error| TransportError::Other(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    let (fit, _) = roots.add_parsable_certificates(found.certs);
    if fit == 0 {
        let first = found.errors.first().map(ToString::to_string).unwrap_or_default();
        return Err(TransportError::Other(format!(
            "this machine has no root certificates to check the server's with (install ca-certificates, or name a file \
             in SSL_CERT_FILE); {first}"
        )));
    }
    trusting(roots)
}

fn trusting(roots: RootCertStore) -> Result<Arc<ClientConfig>, TransportError> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| TransportError::Other(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

#[async_trait]
impl WsClient for Client {
    async fn connect(
        &self,
        url: String,
        headers: Vec<Header>,
        timeout_ms: u64,
    ) -> Result<WsConnectResult, TransportError> {
        let opening = self.open(&url, &headers);
        let stream = tokio::time::timeout(Duration::from_millis(timeout_ms), opening)
            .await
            .map_err(|_| TransportError::Timeout)??;
        let (sink, stream) = stream.split();
        let connection = Arc::new(Connection {
            to_server: Mutex::new(sink),
            from_server: Mutex::new(stream),
        });
        Ok(WsConnectResult { connection })
    }
}

/// One WebSocket. The library answers pings while it is read.
struct Connection {
    to_server: Mutex<SplitSink<Stream, Message>>,
    from_server: Mutex<SplitStream<Stream>>,
}

/// The connection ended, with or without a goodbye: no failure of its own.
fn is_end(error: &Error) -> bool {
    match error {
        Error::ConnectionClosed | Error::AlreadyClosed => true,
        Error::Protocol(error) => *error == ProtocolError::ResetWithoutClosingHandshake,
        Error::Io(error) => error.kind() == std::io::ErrorKind::UnexpectedEof,
        _ => false,
    }
}

#[async_trait]
impl WsConnection for Connection {
    async fn send(&self, frame: Vec<u8>) -> Result<(), TransportError> {
        let message = Message::Binary(frame.into());
        let sent = self.to_server.lock().await.send(message).await;
        sent.map_err(|error| TransportError::Connection(error.to_string()))
    }

    async fn recv(&self) -> Result<Option<Vec<u8>>, TransportError> {
        let mut from_server = self.from_server.lock().await;
        loop {
            match from_server.next().await {
                // Copied: what was read is part of a buffer many times as long, which would be kept with it.
                Some(Ok(Message::Binary(frame))) => return Ok(Some(frame.to_vec())),
                Some(Ok(Message::Close(_))) | None => return Ok(None),
                // Signalling is binary; the rest is the protocol's own.
                Some(Ok(_)) => {}
                Some(Err(error)) if is_end(&error) => return Ok(None),
                Some(Err(error)) => return Err(TransportError::Connection(error.to_string())),
            }
        }
    }

    async fn close(&self) {
        // Whoever is gone already needs no goodbye.
        let _ = self.to_server.lock().await.close().await;
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use rustls::pki_types::PrivateKeyDer;
    use rustls::{HandshakeKind, ServerConfig};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::*;

    async fn listener() -> (TcpListener, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/rtc", listener.local_addr().unwrap());
        (listener, url)
    }

    #[tokio::test]
    async fn frames_go_both_ways_until_either_says_goodbye() {
        let (listener, url) = listener().await;
        let server = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            let heard = socket.next().await.unwrap().unwrap();
            for message in [Message::Ping("?".into()), Message::text("not signalling"), heard] {
                socket.send(message).await.unwrap();
            }
            let pong = socket.next().await.unwrap().unwrap();
            socket.close(None).await.unwrap();
            pong
        });
        let header = Header {
            name: "authorization".into(),
            value: "Bearer token".into(),
        };
        let opened = Client::default()
            .connect(url, vec![header], 10_000)
            .await
            .unwrap();
        let connection = opened.connection;
        connection.send(vec![1, 2, 3]).await.unwrap();
        assert_eq!(connection.recv().await.unwrap(), Some(vec![1, 2, 3]));
        assert_eq!(connection.recv().await.unwrap(), None);
        assert_eq!(server.await.unwrap(), Message::Pong("?".into()));
        connection.close().await;
        assert!(connection.send(vec![4]).await.is_err());
    }

    #[tokio::test]
    async fn messages_leave_at_once() {
        let (listener, url) = listener().await;
        let server = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            tokio_tungstenite::accept_async(stream).await.unwrap()
        });
        let stream = Client::default().open(&url, &[]).await.unwrap();
        let MaybeTlsStream::Plain(tcp) = stream.get_ref() else {
            unreachable!("a plain URL");
        };
        assert!(tcp.nodelay().unwrap());
        server.await.unwrap();
    }

    #[tokio::test]
    async fn tls_checks_the_server_and_is_resumed() {
        let address = "127.0.0.1".to_owned();
        let rcgen::CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed([address]).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(server));
        let (listener, url) = listener().await;
        let url = url.replace("ws:", "wss:");
        let accept = async || {
            let (stream, _) = listener.accept().await.unwrap();
            let stream = acceptor.accept(stream).await.ok()?;
            let how = stream.get_ref().1.handshake_kind();
            let _socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            how
        };
        let mut roots = RootCertStore::empty();
        roots.add(cert.der().clone()).unwrap();
        let client = Client {
            tls: OnceCell::new_with(Some(trusting(roots).unwrap())),
        };
        for expected in [HandshakeKind::Full, HandshakeKind::Resumed] {
            let (opened, how) = tokio::join!(client.open(&url, &[]), accept());
            assert!(opened.is_ok(), "{opened:?}");
            assert_eq!(how, Some(expected));
        }
        // The machine trusts no certificate that was made just now.
        let stranger = Client::default();
        let (refused, how) = tokio::join!(stranger.open(&url, &[]), accept());
        assert!(refused.is_err());
        assert_eq!(how, None);
    }

    #[tokio::test]
    async fn a_refusal_is_told_by_its_status() {
        let (listener, url) = listener().await;
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            assert!(stream.read(&mut request).await.unwrap() > 0);
            let answer = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(answer).await.unwrap();
        });
        let refused = Client::default().connect(url, Vec::new(), 10_000).await.err();
        assert!(
            matches!(refused, Some(TransportError::Http { status: 401 })),
            "{refused:?}"
        );
        server.await.unwrap();
    }

    #[tokio::test]
    async fn what_cannot_be_asked_or_reached_is_an_error() {
        let client = Client::default();
        let bad_header = Header {
            name: "not a name".into(),
            value: String::new(),
        };
        let (listener, url) = listener().await;
        let refused = client.connect(url.clone(), vec![bad_header], 10_000).await.err();
        assert!(matches!(refused, Some(TransportError::Other(_))), "{refused:?}");
        let refused = client.connect("rtc".into(), Vec::new(), 10_000).await.err();
        assert!(refused.is_some());
        drop(listener);
        let refused = client.connect(url, Vec::new(), 10_000).await.err();
        assert!(
            matches!(refused, Some(TransportError::Connection(_))),
            "{refused:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_says_nothing_is_given_up() {
        let (_listener, url) = listener().await;
        let refused = Client::default().connect(url, Vec::new(), 50).await.err();
        assert!(matches!(refused, Some(TransportError::Timeout)), "{refused:?}");
    }
}
