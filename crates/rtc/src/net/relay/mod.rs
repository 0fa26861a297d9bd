//! A relay: an address at a TURN server (RFC 8656), over UDP, TCP or TLS. The protocol is the sans-IO crate
//! `turn-client-proto`'s; here are its sockets.

pub(super) mod connect;

use std::{
    collections::VecDeque,
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use turn_client_proto::{
    api::{Transmit, TurnClientApi, TurnConfig, TurnEvent, TurnPollRet, TurnRecvRet},
    client::TurnClient,
    prelude::DelayedTransmitBuild,
    stun::Instant as TurnInstant,
    tcp::TurnClientTcp,
    types::{AddressFamily, TransportType, TurnCredentials},
    udp::TurnClientUdp,
};

use super::{framing::Frames, server::Server};
use connect::{Opened, Way};

/// Bytes that may wait to be written; a packet that does not fit is dropped, as a datagram would be. The
/// protocol's own requests are few and go all the same, for on a stream it never repeats them.
const WRITE_QUEUE_MAX_BYTES: usize = 256 * 1024;

/// Peers a relay lets through; a server has a handful.
const PEERS_MAX: usize = 64;

/// Bytes read at once.
const READ_BYTES: usize = 16 * 1024;

/// What a relay reports.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RelayEvent {
    /// A packet of this length from this peer is in the buffer.
    Packet { peer: SocketAddr, length: usize },
    /// The relay has this address, reached from this one of ours.
    Ready { relayed: SocketAddr, local: SocketAddr },
    /// It did not come up, or broke.
    Failed,
}

type Connecting = Pin<Box<dyn Future<Output = io::Result<Opened>> + Send>>;

enum State {
    Connecting(Connecting),
    Open(Way),
    Failed,
}

pub(super) struct Relay {
    server: Server,
    state: State,
    client: Option<Box<TurnClient>>,
    relayed: Option<SocketAddr>,
    /// Peers that the server was asked to let through, and those with a channel of their own.
    permitted: Vec<IpAddr>,
    bound: Vec<SocketAddr>,
    epoch: Instant,
    wake_at: Option<Instant>,
    outgoing: VecDeque<u8>,
    frames: Frames,
    chunk: Box<[u8]>,
}

impl Relay {
    pub(super) fn open(server: Server, extra_roots: Vec<Arc<[u8]>>, now: Instant) -> Self {
        let connecting = connect::open(server.url.clone(), extra_roots);
        Self {
            server,
            state: State::Connecting(Box::pin(connecting)),
            client: None,
            relayed: None,
            permitted: Vec::new(),
            bound: Vec::new(),
            epoch: now,
            wake_at: None,
            outgoing: VecDeque::new(),
            frames: Frames::default(),
            chunk: vec![0; READ_BYTES].into_boxed_slice(),
        }
    }

    pub(super) fn server(&self) -> &Server {
        &self.server
    }

    /// The address others reach it at, once it has one.
    pub(super) fn relayed(&self) -> Option<SocketAddr> {
        self.relayed
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.wake_at
    }

    /// Lets packets of a peer through; the server drops those of others.
    pub(super) fn permit(&mut self, peer: IpAddr, now: Instant) {
        let at = self.time(now);
        if let Some(client) = self.client.as_mut().filter(|_| self.relayed.is_some())
            && !self.permitted.contains(&peer)
            && self.permitted.len() < PEERS_MAX
        {
            self.permitted.push(peer);
            client
                .create_permission(TransportType::Udp, peer, at)
                .unwrap_or_default();
            self.flush(now);
        }
    }

    /// Sends a packet, or drops it while there is no way: what has to arrive is sent again.
    pub(super) fn send(&mut self, peer: SocketAddr, packet: &[u8], now: Instant) {
        let at = self.time(now);
        let Some(client) = self.client.as_mut().filter(|_| self.relayed.is_some()) else {
            return;
        };
        if !client.have_permission(TransportType::Udp, peer.ip()) {
            self.permit(peer.ip(), now);
            return;
        }
        // Four bytes in front of each packet instead of 36.
        if !self.bound.contains(&peer) && self.bound.len() < PEERS_MAX {
            self.bound.push(peer);
            client
                .bind_channel(TransportType::Udp, peer, at)
                .unwrap_or_default();
        }
        let transmit = client.send_to(TransportType::Udp, peer, packet, at);
        let mut bytes = match transmit {
            Ok(Some(transmit)) => transmit.data.build(),
            _ => return,
        };
        if matches!(self.state, State::Open(Way::Stream(_))) {
            if self.outgoing.len() + bytes.len() > WRITE_QUEUE_MAX_BYTES {
                return;
            }
            // In a stream channel data fills whole words (RFC 8656, 12.5); a message does by itself.
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        self.write(&bytes);
        self.flush(now);
    }

    /// Gives the address back to the server.
    pub(super) fn close(&mut self, now: Instant) {
        let at = self.time(now);
        if let Some(client) = &mut self.client {
            client.delete(at).unwrap_or_default();
            self.flush(now);
        }
        self.state = State::Failed;
    }

    /// Waits for something to report; a packet is moved into `buffer`.
    pub(super) fn poll(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
        now: Instant,
    ) -> Poll<RelayEvent> {
        match &mut self.state {
            State::Connecting(connecting) => match connecting.as_mut().poll(context) {
                Poll::Ready(Ok(opened)) => self.start(opened),
                Poll::Ready(Err(error)) => return self.fail(&error),
                Poll::Pending => return Poll::Pending,
            },
            State::Open(_) => {}
            State::Failed => return Poll::Pending,
        }
        loop {
            if let Some(event) = self.advance(now) {
                return Poll::Ready(event);
            }
            let event = match self.poll_io(context, buffer, now) {
                Ok(Poll::Ready(event)) => event,
                Ok(Poll::Pending) => return Poll::Pending,
                Err(error) => return self.fail(&error),
            };
            if let Some(event) = event {
                return Poll::Ready(event);
            }
        }
    }

    fn start(&mut self, opened: Opened) {
        let Opened { way, local, server } = opened;
        let credentials = TurnCredentials::new(&self.server.username, &self.server.password);
        let mut config = TurnConfig::new(credentials);
        if server.is_ipv6() {
            config.set_address_family(AddressFamily::IPV6);
        }
        self.client = Some(Box::new(match &way {
            Way::Udp(_) => TurnClientUdp::allocate(local, server, config).into(),
            Way::Stream(_) => TurnClientTcp::allocate(local, server, config).into(),
        }));
        self.state = State::Open(way);
    }

    fn fail(&mut self, error: &io::Error) -> Poll<RelayEvent> {
        tracing::debug!(%error, "use a TURN server");
        self.state = State::Failed;
        self.client = None;
        self.relayed = None;
        self.wake_at = None;
        Poll::Ready(RelayEvent::Failed)
    }

    /// Does what is due, and tells what the protocol has to say.
    fn advance(&mut self, now: Instant) -> Option<RelayEvent> {
        let at = self.time(now);
        let client = self.client.as_mut()?;
        // The wait that is told counts from after what is due has been done.
        let wait = client.poll(at);
        while let Some(event) = client.poll_event() {
            match event {
                TurnEvent::AllocationCreated(_, relayed) => {
                    self.relayed = Some(relayed);
                    let local = client.local_addr();
                    self.flush(now);
                    return Some(RelayEvent::Ready { relayed, local });
                }
                TurnEvent::AllocationCreateFailed(_) => {
                    let _ = self.fail(&io::Error::other("no relay address was given"));
                    return Some(RelayEvent::Failed);
                }
                TurnEvent::PermissionCreateFailed(_, peer) => self.permitted.retain(|ip| *ip != peer),
                _ => {}
            }
        }
        self.flush(now);
        match wait {
            TurnPollRet::WaitUntil(until) => {
                let wait = until.saturating_duration_since(at).max(Duration::from_millis(1));
                self.wake_at = Some(now + wait);
                None
            }
            TurnPollRet::Closed => {
                let _ = self.fail(&io::ErrorKind::ConnectionReset.into());
                Some(RelayEvent::Failed)
            }
            // Only allocations of TCP have these; ours are of UDP.
            TurnPollRet::AllocateTcpSocket { .. } | TurnPollRet::TcpClose { .. } => None,
        }
    }

    /// Ready with `None` when something was read that is the protocol's own.
    fn poll_io(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
        now: Instant,
    ) -> io::Result<Poll<Option<RelayEvent>>> {
        let at = self.time(now);
        let (State::Open(way), Some(client)) = (&mut self.state, &mut self.client) else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        let mut target = ReadBuf::new(&mut self.chunk);
        let received = match way {
            Way::Udp(socket) => match socket.poll_recv(context, &mut target) {
                Poll::Ready(Ok(())) => target.filled(),
                // An ICMP answer to an earlier datagram; the socket itself is well.
                Poll::Ready(Err(_)) => return Ok(Poll::Ready(None)),
                Poll::Pending => return Ok(Poll::Pending),
            },
            Way::Stream(stream) => {
                while !self.outgoing.is_empty() {
                    match Pin::new(&mut *stream).poll_write(context, self.outgoing.as_slices().0) {
                        Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
                        Poll::Ready(written) => {
                            self.outgoing.drain(..written?);
                        }
                        Poll::Pending => break,
                    }
                }
                let _ = Pin::new(&mut *stream).poll_flush(context)?;
                // The protocol is given whole frames: what fills channel data up is not its business.
                match self.frames.next_frame()? {
                    Some(frame) => frame,
                    None => {
                        match Pin::new(&mut *stream).poll_read(context, &mut target) {
                            Poll::Ready(read) => read?,
                            Poll::Pending => return Ok(Poll::Pending),
                        }
                        if target.filled().is_empty() {
                            return Err(io::ErrorKind::UnexpectedEof.into());
                        }
                        self.frames.push(target.filled());
                        return Ok(Poll::Ready(None));
                    }
                }
            }
        };
        let received = Transmit::new(
            received,
            client.transport(),
            client.remote_addr(),
            client.local_addr(),
        );
        Ok(Poll::Ready(match client.recv(received, at) {
            TurnRecvRet::PeerData(data) => deliver(data.peer, data.data(), buffer),
            TurnRecvRet::Handled | TurnRecvRet::Ignored(_) | TurnRecvRet::PeerIcmp { .. } => None,
        }))
    }

    /// Writes what the protocol has to send.
    fn flush(&mut self, now: Instant) {
        let at = self.time(now);
        while let Some(transmit) = self.client.as_mut().and_then(|client| client.poll_transmit(at)) {
            self.write(&transmit.data);
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Open(Way::Udp(socket)) => {
                if let Err(error) = socket.try_send(bytes) {
                    tracing::trace!(%error, "send a datagram to a relay");
                }
            }
            State::Open(Way::Stream(stream)) => {
                self.outgoing.extend(bytes);
                // Mostly there is room at once; what is left goes when the task polls next.
                let mut context = Context::from_waker(std::task::Waker::noop());
                while !self.outgoing.is_empty() {
                    match Pin::new(&mut *stream).poll_write(&mut context, self.outgoing.as_slices().0) {
                        Poll::Ready(Ok(written @ 1..)) => {
                            self.outgoing.drain(..written);
                        }
                        _ => break,
                    }
                }
                let _ = Pin::new(&mut *stream).poll_flush(&mut context);
            }
            State::Connecting(_) | State::Failed => {}
        }
    }

    /// The protocol's time.
    fn time(&self, now: Instant) -> TurnInstant {
        let nanos = now.saturating_duration_since(self.epoch).as_nanos();
        TurnInstant::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX))
    }
}

fn deliver(peer: SocketAddr, data: &[u8], buffer: &mut [u8]) -> Option<RelayEvent> {
    buffer.get_mut(..data.len())?.copy_from_slice(data);
    Some(RelayEvent::Packet {
        peer,
        length: data.len(),
    })
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relay")
            .field("server", &self.server)
            .field("relayed", &self.relayed)
            .finish_non_exhaustive()
    }
}
