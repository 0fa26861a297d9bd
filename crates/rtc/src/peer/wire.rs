//! The way that audio takes past `str0m`: encrypted here, and sent where `str0m` would send it.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::sync::Arc;

use super::tap::Tap;
use crate::net::{Carrier, Links};
use crate::rtp::Outline;
use crate::srtp::{Opener, Sealer};

thread_local! {
    /// Where packets are put together: one for all connections of a thread, since none is kept there.
    static PACKET: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Where packets are sent from and to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) carrier: Carrier,
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
}

/// Keys and way of one connection, once it has them.
#[derive(Debug, Default)]
pub(super) struct Wire {
    tap: Arc<Tap>,
    is_client: bool,
    keys: Option<(Sealer, Opener)>,
    way: Option<Way>,
    is_asked: bool,
    /// Questions for the way so far, which `str0m` takes for bytes that were sent.
    pub(super) asked: u64,
    /// Bytes of audio and reports, as they were on the wire.
    pub(super) sent_bytes: u64,
    /// See `sent_bytes`.
    pub(super) received_bytes: u64,
}

impl Wire {
    pub(super) fn new(tap: Arc<Tap>, is_client: bool) -> Self {
        Self {
            tap,
            is_client,
            ..Self::default()
        }
    }

    /// The other side has proven who it is. Without keys, where none were agreed on, there is no audio.
    pub(super) fn on_connected(&mut self) {
        if self.keys.is_none()
            && let Some([client, server]) = self.tap.keys()
        {
            let (ours, theirs) = if self.is_client {
                (client, server)
            } else {
                (server, client)
            };
            self.keys = Sealer::new(ours).zip(Opener::new(theirs));
        }
        self.ask_way();
    }

    /// The way may have changed.
    pub(super) fn ask_way(&mut self) {
        if self.keys.is_some() && !self.is_asked {
            self.is_asked = true;
            self.asked += 1;
            self.tap.ask_way();
        }
    }

    pub(super) fn on_way(&mut self, way: Way) {
        self.is_asked = false;
        self.way = Some(way);
    }

    /// What decrypts, and what sends.
    pub(super) fn ends<'a>(
        &'a mut self,
        links: &'a mut Links,
    ) -> (Option<&'a mut Opener>, Option<Outlet<'a>>) {
        let Some((sealer, opener)) = &mut self.keys else {
            return (None, None);
        };
        let outlet = self.way.map(|way| Outlet {
            sealer,
            way,
            links,
            sent_bytes: &mut self.sent_bytes,
        });
        (Some(opener), outlet)
    }
}

/// Encrypts and sends.
#[derive(Debug)]
pub(super) struct Outlet<'a> {
    sealer: &'a mut Sealer,
    way: Way,
    links: &'a mut Links,
    sent_bytes: &'a mut u64,
}

impl Outlet<'_> {
    /// Sends audio, and hands the packet over as it was sent.
    pub(super) fn audio(
        &mut self,
        outline: &Outline<'_>,
        index: u64,
        payload: &[u8],
        sent: impl FnOnce(&[u8]),
    ) {
        PACKET.with_borrow_mut(|packet| {
            packet.clear();
            let header = outline.write(packet);
            packet.extend_from_slice(payload);
            if self
                .sealer
                .seal_rtp(outline.ssrc, index, header, packet)
                .is_some()
            {
                self.again(packet);
                sent(packet);
            }
        });
    }

    /// Sends a packet as it was sent before.
    pub(super) fn again(&mut self, packet: &[u8]) {
        *self.sent_bytes += packet.len() as u64;
        let way = self.way;
        self.links.send(way.carrier, way.source, way.destination, packet);
    }

    /// Sends a compound packet of reports.
    pub(super) fn reports(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        PACKET.with_borrow_mut(|packet| {
            packet.clear();
            write(packet);
            if self.sealer.seal_rtcp(packet).is_some() {
                self.again(packet);
            }
        });
    }
}
