//! Addresses that have proven to be the other side's.

use std::{collections::VecDeque, net::SocketAddr};

/// Addresses kept: a side has a handful, and one that moves about has one after the other.
const ADDRESSES_MAX: usize = 32;

/// Addresses from which the other side has shown this connection's password, by a connectivity check (RFC 8445, 7.3).
///
/// It may send audio from there as soon as its own check has succeeded, which is before ours has: without knowing
/// them, the first words would be thrown away.
#[derive(Debug, Default)]
pub(super) struct Proven(VecDeque<SocketAddr>);

impl Proven {
    /// A check came from there, with the right password.
    pub(super) fn add(&mut self, address: SocketAddr) {
        if self.has(address) {
            return;
        }
        if self.0.len() >= ADDRESSES_MAX {
            self.0.pop_front();
        }
        self.0.push_back(address);
    }

    /// Whether one came from there.
    pub(super) fn has(&self, address: SocketAddr) -> bool {
        self.0.contains(&address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_kept() {
        let address = |port: usize| SocketAddr::from(([192, 0, 2, 1], u16::try_from(port).unwrap_or(0)));
        let mut proven = Proven::default();
        for port in (1..=ADDRESSES_MAX + 1).flat_map(|port| [port, port]) {
            proven.add(address(port));
        }
        assert!(!proven.has(address(1)));
        assert!((2..=ADDRESSES_MAX + 1).all(|port| proven.has(address(port))));
    }
}
