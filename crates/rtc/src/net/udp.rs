use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket as StdUdpSocket},
    task::{Context, Poll},
};

use tokio::{io::ReadBuf, net::UdpSocket};

/// Addresses offered as candidates; a machine with more (containers have many) needs no more.
const HOST_ADDRESSES_MAX: usize = 8;

#[derive(Debug)]
pub(super) struct UdpLink {
    socket: UdpSocket,
    local: SocketAddr,
}

impl UdpLink {
    pub(super) fn bind(address: IpAddr) -> io::Result<Self> {
        let socket = StdUdpSocket::bind((address, 0))?;
        socket.set_nonblocking(true)?;
        let local = socket.local_addr()?;
        Ok(Self {
            socket: UdpSocket::from_std(socket)?,
            local,
        })
    }

    pub(super) fn local(&self) -> SocketAddr {
        self.local
    }

    pub(super) fn send(&self, destination: SocketAddr, packet: &[u8]) {
        if let Err(error) = self.socket.try_send_to(packet, destination)
            && error.kind() != io::ErrorKind::WouldBlock
        {
            tracing::trace!(%error, "send a datagram");
        }
    }

    pub(super) fn poll_receive(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<(usize, SocketAddr)> {
        loop {
            let mut target = ReadBuf::new(buffer);
            return match self.socket.poll_recv_from(context, &mut target) {
                Poll::Ready(Ok(source)) => Poll::Ready((target.filled().len(), source)),
                // An ICMP answer to an earlier datagram; the socket itself is well.
                Poll::Ready(Err(_)) => continue,
                Poll::Pending => Poll::Pending,
            };
        }
    }
}

/// The addresses of this machine to offer as host candidates: no loopback, no link-local ones.
///
/// A machine without any other has only its loopback to offer.
#[must_use]
pub fn host_addresses() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let usable = interfaces
        .iter()
        .map(if_addrs::Interface::ip)
        .filter(|ip| match ip {
            IpAddr::V4(v4) => !v4.is_loopback() && !v4.is_link_local() && !v4.is_unspecified(),
            IpAddr::V6(v6) => !v6.is_loopback() && !v6.is_unicast_link_local() && !v6.is_unspecified(),
        });
    let mut addresses: Vec<IpAddr> = Vec::new();
    for ip in usable {
        if !addresses.contains(&ip) && addresses.len() < HOST_ADDRESSES_MAX {
            addresses.push(ip);
        }
    }
    if addresses.is_empty() {
        addresses.push(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    addresses
}
