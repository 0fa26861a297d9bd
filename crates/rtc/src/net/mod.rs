//! Sockets: UDP on every interface, TCP to servers that listen (RFC 6544, active side), and relays.

pub mod framing;
pub mod reflexive;
mod relay;
mod server;
mod tcp;
mod udp;

use std::{
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};

use tokio::time::{Sleep, sleep_until};

use reflexive::Reflexive;
use relay::{Relay, RelayEvent, connect};
use tcp::TcpLink;
use udp::UdpLink;

pub use server::{IceConfig, Policy, Scheme, Server, ServerUrl, UrlError};

pub use udp::host_addresses;

/// Sockets one connection may have open.
const LINKS_MAX: usize = 32;

/// STUN servers asked, and relays opened; those named first.
const SERVERS_MAX: usize = 4;

/// How a packet travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// As a datagram.
    Udp,
    /// In a TCP stream, framed by RFC 4571.
    Tcp,
}

/// Where a received packet came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// How it travelled.
    pub carrier: Carrier,
    /// The sender.
    pub source: SocketAddr,
    /// Our address, as announced in the candidate.
    pub destination: SocketAddr,
    /// Its length in the buffer.
    pub length: usize,
}

/// What the sockets bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkEvent {
    /// A packet is in the buffer.
    Packet(Arrival),
    /// A STUN server sees the socket with this address of ours (`base`) at this address.
    Reflexive {
        /// Our address as others see it.
        address: SocketAddr,
        /// The socket's own.
        base: SocketAddr,
    },
    /// A relay is ready at this address; packets from there are sent with it as their source.
    Relayed {
        /// The relay's address.
        address: SocketAddr,
        /// Our address towards the relay.
        local: SocketAddr,
    },
}

type Resolving = Pin<Box<dyn Future<Output = io::Result<SocketAddr>> + Send>>;

/// All sockets of one connection.
#[derive(Default)]
pub struct Links {
    udp: Vec<UdpLink>,
    tcp: Vec<TcpLink>,
    relays: Vec<Relay>,
    reflexive: Vec<Reflexive>,
    resolving: Vec<Resolving>,
    timer: Option<Pin<Box<Sleep>>>,
    /// Something was begun that goes on only when polled.
    is_stirred: bool,
}

impl Links {
    /// Opens a UDP socket on every address in `addresses`; those that fail are left out.
    ///
    /// Has to be called within a tokio runtime.
    #[must_use]
    pub fn open(addresses: &[IpAddr]) -> Self {
        let mut links = Self::default();
        for &address in addresses {
            if let Err(error) = links.open_udp(address) {
                tracing::debug!(%error, "bind a UDP socket");
            }
        }
        links
    }

    /// Opens one more UDP socket and tells its address.
    pub fn open_udp(&mut self, address: IpAddr) -> io::Result<SocketAddr> {
        if self.udp.len() >= LINKS_MAX {
            return Err(io::Error::other("too many sockets"));
        }
        let link = UdpLink::bind(address)?;
        let local = link.local();
        self.udp.push(link);
        self.is_stirred = true;
        Ok(local)
    }

    /// Follows a change of the network: closes sockets whose address is gone, opens one for each new address
    /// and gives those. Sockets on loopback stay.
    pub fn refresh(&mut self, addresses: &[IpAddr]) -> Vec<SocketAddr> {
        self.udp.retain(|link| {
            let ip = link.local().ip();
            ip.is_loopback() || addresses.contains(&ip)
        });
        let known: Vec<IpAddr> = self.udp.iter().map(|link| link.local().ip()).collect();
        let new = addresses.iter().filter(|ip| !known.contains(ip));
        new.filter_map(|ip| self.open_udp(*ip).ok()).collect()
    }

    /// The addresses of the UDP sockets.
    pub fn udp_addresses(&self) -> impl Iterator<Item = SocketAddr> {
        self.udp.iter().map(UdpLink::local)
    }

    /// Asks STUN servers how others see our UDP sockets; TURN servers over UDP answer as well.
    pub fn ask_servers(&mut self, config: &IceConfig) {
        self.reflexive.clear();
        self.resolving.clear();
        self.is_stirred = true;
        let answers = |server: &&Server| matches!(server.url.scheme, Scheme::Stun | Scheme::TurnUdp);
        for server in config.servers.iter().filter(answers).take(SERVERS_MAX) {
            let url = server.url.clone();
            self.resolving
                .push(Box::pin(async move { connect::resolve(&url).await }));
        }
    }

    /// Opens a relay at every TURN server; those there are stay.
    pub fn open_relays(&mut self, config: &IceConfig, now: Instant) {
        self.is_stirred = true;
        let relays = |server: &&Server| server.url.scheme != Scheme::Stun;
        for server in config.servers.iter().filter(relays) {
            if self.relays.len() >= SERVERS_MAX {
                return;
            }
            if self.relays.iter().all(|relay| relay.server() != server) {
                self.relays
                    .push(Relay::open(server.clone(), config.extra_roots.clone(), now));
            }
        }
    }

    /// Lets a peer's packets through all relays.
    pub fn permit(&mut self, peer: IpAddr, now: Instant) {
        self.is_stirred = true;
        self.relays.iter_mut().for_each(|relay| relay.permit(peer, now));
    }

    /// Gives all relays back.
    pub fn close(&mut self, now: Instant) {
        self.relays.iter_mut().for_each(|relay| relay.close(now));
    }

    /// When a server is to be asked something.
    fn deadline(&self) -> Option<Instant> {
        let relays = self.relays.iter().filter_map(Relay::deadline);
        let reflexive = self.reflexive.iter().filter_map(Reflexive::deadline);
        relays.chain(reflexive).min()
    }

    /// Sends a packet, or drops it when the way is full: what has to arrive is sent again.
    pub fn send(&mut self, carrier: Carrier, source: SocketAddr, destination: SocketAddr, packet: &[u8]) {
        match carrier {
            Carrier::Udp => {
                if let Some(link) = self.udp.iter().find(|link| link.local() == source) {
                    link.send(destination, packet);
                } else if let Some(relay) = self.relays.iter_mut().find(|r| r.relayed() == Some(source)) {
                    relay.send(destination, packet, Instant::now());
                    self.is_stirred = true;
                }
            }
            Carrier::Tcp => {
                self.is_stirred = true;
                let full = self.tcp.len() >= LINKS_MAX;
                let known = self
                    .tcp
                    .iter_mut()
                    .find(|l| l.remote() == destination && l.local() == source);
                match known {
                    Some(link) => link.send(packet),
                    None if !full => {
                        let mut link = TcpLink::connect(source, destination);
                        link.send(packet);
                        self.tcp.push(link);
                    }
                    None => {}
                }
            }
        }
    }

    /// Whether [`Links::poll`] is to be called although nothing was heard since it had nothing to give: something was
    /// begun or sent since this was asked last, and not as a datagram alone.
    pub fn take_stirred(&mut self) -> bool {
        std::mem::take(&mut self.is_stirred)
    }

    /// Waits for something on any socket; a packet is moved into `buffer`.
    ///
    /// It has a timer of its own for what servers are to be asked.
    pub fn poll(&mut self, context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<LinkEvent> {
        loop {
            if let Poll::Ready(event) = self.poll_sockets(context, buffer, Instant::now()) {
                return Poll::Ready(event);
            }
            let Some(at) = self.deadline() else {
                return Poll::Pending;
            };
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(at.into())));
            if timer.deadline() != at.into() {
                timer.as_mut().reset(at.into());
            }
            std::task::ready!(timer.as_mut().poll(context));
        }
    }

    fn poll_sockets(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
        now: Instant,
    ) -> Poll<LinkEvent> {
        self.poll_resolving(context, now);
        for reflexive in &mut self.reflexive {
            if let Some(request) = reflexive.request(now)
                && let Some(link) = self.udp.iter().find(|link| link.local() == reflexive.local)
            {
                link.send(reflexive.server, &request);
            }
        }
        if let Poll::Ready(event) = self.poll_udp(context, buffer) {
            return Poll::Ready(event);
        }
        if let Poll::Ready(arrival) = self.poll_tcp(context, buffer) {
            return Poll::Ready(LinkEvent::Packet(arrival));
        }
        self.poll_relays(context, buffer, now)
    }

    fn poll_resolving(&mut self, context: &mut Context<'_>, now: Instant) {
        let Self {
            resolving,
            reflexive,
            udp,
            ..
        } = self;
        resolving.retain_mut(|lookup| match lookup.as_mut().poll(context) {
            Poll::Pending => true,
            Poll::Ready(Err(error)) => {
                tracing::debug!(%error, "find a STUN server");
                false
            }
            Poll::Ready(Ok(server)) => {
                // A loopback address is seen by nobody else.
                let usable = udp.iter().map(UdpLink::local).filter(|local| {
                    local.is_ipv4() == server.is_ipv4()
                        && local.ip().is_loopback() == server.ip().is_loopback()
                });
                reflexive.extend(usable.map(|local| Reflexive::new(local, server, rand::random(), now)));
                false
            }
        });
    }

    fn poll_udp(&mut self, context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<LinkEvent> {
        for link in &self.udp {
            while let Poll::Ready((length, source)) = link.poll_receive(context, buffer) {
                let destination = link.local();
                let packet = buffer.get(..length).unwrap_or_default();
                let answer = self
                    .reflexive
                    .iter_mut()
                    .find_map(|reflexive| reflexive.answer(source, destination, packet));
                match answer {
                    // A socket that is seen as it is needs no second candidate.
                    Some(address) if address == destination => {}
                    Some(address) => {
                        return Poll::Ready(LinkEvent::Reflexive {
                            address,
                            base: destination,
                        });
                    }
                    None => {
                        return Poll::Ready(LinkEvent::Packet(Arrival {
                            carrier: Carrier::Udp,
                            source,
                            destination,
                            length,
                        }));
                    }
                }
            }
        }
        Poll::Pending
    }

    fn poll_relays(&mut self, context: &mut Context<'_>, buffer: &mut [u8], now: Instant) -> Poll<LinkEvent> {
        let mut index = 0;
        while let Some(relay) = self.relays.get_mut(index) {
            let before = relay.relayed();
            match relay.poll(context, buffer, now) {
                Poll::Ready(RelayEvent::Packet { peer, length }) => {
                    let Some(destination) = before else { continue };
                    return Poll::Ready(LinkEvent::Packet(Arrival {
                        carrier: Carrier::Udp,
                        source: peer,
                        destination,
                        length,
                    }));
                }
                Poll::Ready(RelayEvent::Ready { relayed, local }) => {
                    return Poll::Ready(LinkEvent::Relayed {
                        address: relayed,
                        local,
                    });
                }
                // It is forgotten; the next attempt opens a new one.
                Poll::Ready(RelayEvent::Failed) => {
                    self.relays.swap_remove(index);
                }
                Poll::Pending => index += 1,
            }
        }
        Poll::Pending
    }

    fn poll_tcp(&mut self, context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Arrival> {
        let mut index = 0;
        while let Some(link) = self.tcp.get_mut(index) {
            match link.poll_receive(context, buffer) {
                Poll::Ready(Some(length)) => {
                    let (source, destination) = (link.remote(), link.local());
                    return Poll::Ready(Arrival {
                        carrier: Carrier::Tcp,
                        source,
                        destination,
                        length,
                    });
                }
                // A link that ended is forgotten; the next packet to send opens a new one.
                Poll::Ready(None) => {
                    self.tcp.swap_remove(index);
                }
                Poll::Pending => index += 1,
            }
        }
        Poll::Pending
    }
}

impl std::fmt::Debug for Links {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Links")
            .field("udp", &self.udp)
            .field("tcp", &self.tcp)
            .field("relays", &self.relays)
            .finish_non_exhaustive()
    }
}
