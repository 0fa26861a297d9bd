//! A network between two peers that loses every fifth packet of sound once.

use crate::pair::without_candidates;
use std::collections::HashMap;
use std::net::SocketAddr;
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

#[derive(Debug, Default, Clone)]
pub(crate) struct Way {
    pub(crate) lost: Arc<Mutex<Lost>>,
    pub(crate) came_again: Arc<Notify>,
}

impl Way {
    /// Stands before `to`; gives the description that leads here instead.
    pub(crate) async fn open(&self, description: &str, to: SocketAddr) -> String {
        let socket = UdpSocket::bind((to.ip(), 0)).await.unwrap();
        let here = socket.local_addr().unwrap();
        tokio::spawn(self.clone().carry(socket, to));
        let candidate = format!(
            "a=candidate:1 1 udp 2130706431 {} {} typ host\r\n",
            here.ip(),
            here.port()
        );
        // After the credentials of the first section: the others are bundled with it.
        let plain = without_candidates(description);
        let at = plain.find("a=ice-ufrag").unwrap();
        format!("{}{candidate}{}", &plain[..at], &plain[at..])
    }

    async fn carry(self, socket: UdpSocket, to: SocketAddr) {
        let (mut buffer, mut other) = ([0; PACKET_MAX_BYTES], None);
        loop {
            let Ok((length, from)) = socket.recv_from(&mut buffer).await else {
                return;
            };
            let packet = &buffer[..length];
            if from == to {
                if let Some(other) = other {
                    socket.send_to(packet, other).await.unwrap();
                }
                continue;
            }
            other = Some(from);
            if !self.loses(packet) {
                socket.send_to(packet, to).await.unwrap();
            }
        }
    }

    fn loses(&self, packet: &[u8]) -> bool {
        let is_sound = packet[0] >> 6 == 2 && !(64..=95).contains(&(packet[1] & 0x7f));
        let sequence = u16::from_be_bytes([packet[2], packet[3]]);
        if !is_sound || !sequence.is_multiple_of(5) {
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
