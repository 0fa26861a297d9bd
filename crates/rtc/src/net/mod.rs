//! Sockets: UDP on every interface, and TCP to servers that listen (RFC 6544, active side).

mod tcp;
mod udp;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    task::{Context, Poll},
};

use tcp::TcpLink;
use udp::UdpLink;

pub use udp::host_addresses;

/// Sockets one connection may have open.
const LINKS_MAX: usize = 32;

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

/// All sockets of one connection.
#[derive(Debug, Default)]
pub struct Links {
    udp: Vec<UdpLink>,
    tcp: Vec<TcpLink>,
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
        Ok(local)
    }

    /// The addresses of the UDP sockets.
    pub fn udp_addresses(&self) -> impl Iterator<Item = SocketAddr> {
        self.udp.iter().map(UdpLink::local)
    }

    /// Sends a packet, or drops it when the way is full: what has to arrive is sent again.
    pub fn send(&mut self, carrier: Carrier, source: SocketAddr, destination: SocketAddr, packet: &[u8]) {
        match carrier {
            Carrier::Udp => {
                if let Some(link) = self.udp.iter().find(|link| link.local() == source) {
                    link.send(destination, packet);
                }
            }
            Carrier::Tcp => {
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

    /// Waits for a packet on any socket.
    pub fn poll_receive(&mut self, context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Arrival> {
        for link in &self.udp {
            if let Poll::Ready((length, source)) = link.poll_receive(context, buffer) {
                let destination = link.local();
                return Poll::Ready(Arrival {
                    carrier: Carrier::Udp,
                    source,
                    destination,
                    length,
                });
            }
        }
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
