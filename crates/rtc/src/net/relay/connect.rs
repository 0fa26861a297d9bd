//! Opening the way to a TURN server.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UdpSocket, lookup_host},
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore, crypto,
        pki_types::{CertificateDer, ServerName},
    },
};

use crate::net::server::{Scheme, ServerUrl};

/// Name, TCP and TLS together may take so long.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A stream of bytes, plain or encrypted.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A way to a server.
pub(super) enum Way {
    Udp(UdpSocket),
    Stream(Box<dyn Stream>),
}

/// A way with its ends.
pub(super) struct Opened {
    pub(super) way: Way,
    pub(super) local: SocketAddr,
    pub(super) server: SocketAddr,
}

/// The first address of a server.
pub(in crate::net) async fn resolve(url: &ServerUrl) -> io::Result<SocketAddr> {
    let mut addresses = lookup_host((url.host.as_str(), url.port)).await?;
    addresses.next().ok_or_else(|| io::ErrorKind::NotFound.into())
}

pub(super) async fn open(url: ServerUrl, extra_roots: Vec<Arc<[u8]>>) -> io::Result<Opened> {
    timeout(CONNECT_TIMEOUT, open_in_any_time(&url, &extra_roots))
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

async fn open_in_any_time(url: &ServerUrl, extra_roots: &[Arc<[u8]>]) -> io::Result<Opened> {
    let server = resolve(url).await?;
    if matches!(url.scheme, Scheme::Stun | Scheme::TurnUdp) {
        let any = match server {
            SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
            SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
        };
        let socket = UdpSocket::bind(any).await?;
        // Only the server is heard on it, and it has an address of its own from now on.
        socket.connect(server).await?;
        // The first request would be lost on a socket not yet known to be ready.
        socket.writable().await?;
        let local = socket.local_addr()?;
        return Ok(Opened {
            way: Way::Udp(socket),
            local,
            server,
        });
    }
    let stream = TcpStream::connect(server).await?;
    stream.set_nodelay(true)?;
    let local = stream.local_addr()?;
    let stream: Box<dyn Stream> = if url.scheme == Scheme::TurnTls {
        let name = ServerName::try_from(url.host.clone()).map_err(io::Error::other)?;
        let config = tls(extra_roots).await?;
        Box::new(TlsConnector::from(config).connect(name, stream).await?)
    } else {
        Box::new(stream)
    };
    Ok(Opened {
        way: Way::Stream(stream),
        local,
        server,
    })
}

/// What is trusted: the system's roots, read once, and those of the application.
async fn tls(extra_roots: &[Arc<[u8]>]) -> io::Result<Arc<ClientConfig>> {
    static SYSTEM: OnceLock<RootCertStore> = OnceLock::new();
    let mut roots = match SYSTEM.get() {
        Some(roots) => roots.clone(),
        None => {
            let loaded = tokio::task::spawn_blocking(rustls_native_certs::load_native_certs).await?;
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(loaded.certs);
            SYSTEM.get_or_init(|| roots).clone()
        }
    };
    roots.add_parsable_certificates(extra_roots.iter().map(|root| CertificateDer::from(root.to_vec())));
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
