//! Asking STUN servers how others see us (RFC 8489).

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::{Duration, Instant},
};

/// The constant every STUN message has (RFC 8489, 5).
const MAGIC: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const HEADER: usize = 20;
const BINDING_REQUEST: [u8; 2] = [0, 1];
const BINDING_SUCCESS: [u8; 2] = [1, 1];
const XOR_MAPPED_ADDRESS: u16 = 0x20;

/// Requests sent before a server counts as deaf, and the first wait; it doubles.
const REQUESTS_MAX: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// Asks a STUN server for the address it sees one of our sockets at. Pure.
#[derive(Debug)]
pub struct Reflexive {
    pub(super) local: SocketAddr,
    pub(super) server: SocketAddr,
    transaction: [u8; 12],
    requests: u32,
    next_at: Option<Instant>,
}

impl Reflexive {
    /// A question from the socket at `local`; the first request is due `now`.
    pub fn new(local: SocketAddr, server: SocketAddr, transaction: [u8; 12], now: Instant) -> Self {
        Self {
            local,
            server,
            transaction,
            requests: 0,
            next_at: Some(now),
        }
    }

    /// When a request is due next; `None` when it is answered or given up.
    pub fn deadline(&self) -> Option<Instant> {
        self.next_at
    }

    /// The request to send, if one is due.
    pub fn request(&mut self, now: Instant) -> Option<[u8; 20]> {
        if self.next_at.is_none_or(|at| at > now) {
            return None;
        }
        if self.requests >= REQUESTS_MAX {
            self.next_at = None;
            return None;
        }
        self.next_at = Some(now + FIRST_WAIT * (1 << self.requests));
        self.requests += 1;
        let mut message = [0; HEADER];
        let parts = BINDING_REQUEST
            .into_iter()
            .chain([0, 0])
            .chain(MAGIC)
            .chain(self.transaction);
        message.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        Some(message)
    }

    /// Takes a datagram from the server; the answer is our address, once.
    pub fn answer(&mut self, from: SocketAddr, to: SocketAddr, message: &[u8]) -> Option<SocketAddr> {
        if self.next_at.is_none() || from != self.server || to != self.local {
            return None;
        }
        let (header, attributes) = message.split_at_checked(HEADER)?;
        let is_ours = header.starts_with(&BINDING_SUCCESS)
            && header.get(4..8)? == MAGIC
            && header.get(8..)? == self.transaction;
        let address = mapped_address(attributes, &self.transaction).filter(|_| is_ours)?;
        self.next_at = None;
        Some(address)
    }
}

/// Finds XOR-MAPPED-ADDRESS (RFC 8489, 14.2).
fn mapped_address(mut attributes: &[u8], transaction: &[u8; 12]) -> Option<SocketAddr> {
    loop {
        let (head, rest) = attributes.split_at_checked(4)?;
        let [kind_high, kind_low, high, low] = *head.first_chunk()?;
        let length = usize::from(u16::from_be_bytes([high, low]));
        let value = rest.get(..length)?;
        if u16::from_be_bytes([kind_high, kind_low]) != XOR_MAPPED_ADDRESS {
            attributes = rest.get(length.next_multiple_of(4)..)?;
            continue;
        }
        let [_, family, port_high, port_low] = *value.first_chunk()?;
        let port = u16::from_be_bytes([port_high ^ MAGIC[0], port_low ^ MAGIC[1]]);
        let key = || MAGIC.iter().chain(transaction);
        let address = value.get(4..)?;
        let ip = match family {
            1 => {
                let mut bytes: [u8; 4] = *address.first_chunk()?;
                bytes.iter_mut().zip(key()).for_each(|(byte, key)| *byte ^= key);
                IpAddr::V4(Ipv4Addr::from(bytes))
            }
            2 => {
                let mut bytes: [u8; 16] = *address.first_chunk()?;
                bytes.iter_mut().zip(key()).for_each(|(byte, key)| *byte ^= key);
                IpAddr::V6(Ipv6Addr::from(bytes))
            }
            _ => return None,
        };
        return Some(SocketAddr::new(ip, port));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1000);
    const SERVER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3478);

    /// RFC 5769, section 2.2, without the attributes that sign it.
    const TRANSACTION: [u8; 12] = [
        0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae,
    ];
    const RESPONSE: [u8; 48] = [
        0x01, 0x01, 0x00, 0x1c, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa,
        0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63, 0x74, 0x6f,
        0x72, 0x20, 0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43,
    ];

    #[test]
    fn reads_the_address_of_the_standards_example() {
        let now = Instant::now();
        let mut reflexive = Reflexive::new(LOCAL, SERVER, TRANSACTION, now);
        assert!(reflexive.request(now).is_some());
        let expected = SocketAddr::from(([192, 0, 2, 1], 32_853));
        assert_eq!(reflexive.answer(LOCAL, LOCAL, &RESPONSE), None, "from a stranger");
        assert_eq!(reflexive.answer(SERVER, LOCAL, &RESPONSE), Some(expected));
        assert_eq!(
            (reflexive.answer(SERVER, LOCAL, &RESPONSE), reflexive.deadline()),
            (None, None)
        );
    }

    #[test]
    fn asks_again_and_gives_up() {
        let mut now = Instant::now();
        let mut reflexive = Reflexive::new(LOCAL, SERVER, TRANSACTION, now);
        let mut requests = 0;
        while let Some(at) = reflexive.deadline() {
            now = at;
            requests += u32::from(reflexive.request(now).is_some());
        }
        assert_eq!(requests, REQUESTS_MAX);
    }

    #[test]
    fn cut_answers_do_no_harm() {
        for length in 0..RESPONSE.len() {
            let mut reflexive = Reflexive::new(LOCAL, SERVER, TRANSACTION, Instant::now());
            assert_eq!(
                reflexive.answer(SERVER, LOCAL, RESPONSE.get(..length).unwrap_or_default()),
                None
            );
        }
    }
}
