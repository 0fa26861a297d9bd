//! Networks between two peers.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::UdpSocket;
use tokio::sync::Notify;

const PACKET_MAX_BYTES: usize = 2_048;

#[derive(Debug, Default)]
pub(crate) struct Lost {
    /// What did not arrive, by sequence number.
    waiting: HashMap<u16, Vec<u8>>,
    /// What came again, and whether it was the same, byte for byte.
    pub(crate) again: Vec<bool>,
}

/// What goes amiss on a way.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amiss {
    #[default]
    Nothing,
    /// Every fifth packet of sound is lost once.
    Sound,
    /// Everything is lost until it is opened, and then the connectivity checks of the side that it leads to; their
    /// answers to others' are not.
    ChecksBack,
}

#[derive(Debug, Default, Clone)]
pub(crate) struct Way {
    pub(crate) amiss: Amiss,
    /// The way with the greatest is gone.
    pub(crate) priority: u32,
    pub(crate) is_open: Arc<AtomicBool>,
    pub(crate) lost: Arc<Mutex<Lost>>,
    pub(crate) came_again: Arc<Notify>,
}

impl Way {
    pub(crate) fn new(amiss: Amiss, priority: u32) -> Self {
        Self {
            amiss,
            priority,
            ..Self::default()
        }
    }

    /// Stands before `to`; gives the description that leads here as well.
    pub(crate) async fn open(&self, description: &str, to: SocketAddr) -> String {
        let socket = UdpSocket::bind((to.ip(), 0)).await.unwrap();
        let here = socket.local_addr().unwrap();
        tokio::spawn(self.clone().carry(socket, to));
        let candidate = format!(
            "a=candidate:{} 1 udp {} {} {} typ host\r\n",
            self.priority,
            self.priority,
            here.ip(),
            here.port()
        );
        // After the credentials of the first section: the others are bundled with it.
        let at = description.find("a=ice-ufrag").unwrap();
        format!("{}{candidate}{}", &description[..at], &description[at..])
    }

    async fn carry(self, socket: UdpSocket, to: SocketAddr) {
        let (mut buffer, mut other) = ([0; PACKET_MAX_BYTES], None);
        loop {
            let Ok((length, from)) = socket.recv_from(&mut buffer).await else {
                return;
            };
            let packet = &buffer[..length];
            if from == to {
                if let Some(other) = other.filter(|_| !self.loses_check(packet)) {
                    socket.send_to(packet, other).await.unwrap();
                }
                continue;
            }
            other = Some(from);
            if !self.is_shut() && !self.loses(packet) {
                socket.send_to(packet, to).await.unwrap();
            }
        }
    }

    /// A request, and no answer (RFC 8489, 5).
    fn loses_check(&self, packet: &[u8]) -> bool {
        self.amiss == Amiss::ChecksBack && packet.starts_with(&[0, 1])
    }

    fn is_shut(&self) -> bool {
        self.amiss == Amiss::ChecksBack && !self.is_open.load(Ordering::Relaxed)
    }

    fn loses(&self, packet: &[u8]) -> bool {
        let is_sound = packet[0] >> 6 == 2 && !(64..=95).contains(&(packet[1] & 0x7f));
        let sequence = u16::from_be_bytes([packet[2], packet[3]]);
        if self.amiss != Amiss::Sound || !is_sound || !sequence.is_multiple_of(5) {
            return false;
        }
        let mut lost = self.lost.lock().unwrap();
        if let Some(first) = lost.waiting.remove(&sequence) {
            lost.again.push(first == packet);
            self.came_again.notify_one();
            return false;
        }
        lost.waiting.insert(sequence, packet.to_vec());
        true
    }
}
