use super::config::BUFFER_CAPACITY_PACKETS;
use crate::opus::PacketShape;
use std::collections::VecDeque;

/// A packet that waits for its time.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// Extended sequence number.
    pub(crate) number: i64,
    /// Extended timestamp of its first sample.
    pub(crate) time: i64,
    /// `None` if it holds no audio: padding, or not Opus.
    pub(crate) shape: Option<PacketShape>,
    pub(crate) payload: Vec<u8>,
}

impl Waiting {
    /// The timestamp after its last sample.
    pub(crate) fn end(&self) -> i64 {
        self.time + self.shape.map_or(0, |shape| shape.samples as i64)
    }
}

/// Packets in the order of their numbers. Payload memory is used again.
#[derive(Debug)]
pub(crate) struct Buffer {
    waiting: VecDeque<Waiting>,
    spare: Vec<Vec<u8>>,
}

impl Buffer {
    pub(crate) fn new() -> Self {
        let waiting = VecDeque::with_capacity(BUFFER_CAPACITY_PACKETS);
        Self {
            waiting,
            spare: Vec::with_capacity(BUFFER_CAPACITY_PACKETS),
        }
    }

    /// Puts a packet in its place; gives how many old ones had to go.
    pub(crate) fn insert(
        &mut self,
        number: i64,
        time: i64,
        shape: Option<PacketShape>,
        payload: &[u8],
    ) -> u64 {
        let mut dropped = 0;
        while self.waiting.len() >= BUFFER_CAPACITY_PACKETS {
            self.drop_first();
            dropped += 1;
        }
        let mut copy = self.spare.pop().unwrap_or_default();
        copy.clear();
        copy.extend_from_slice(payload);
        let place = self
            .waiting
            .iter()
            .rposition(|other| other.number < number)
            .map_or(0, |before| before + 1);
        self.waiting.insert(
            place,
            Waiting {
                number,
                time,
                shape,
                payload: copy,
            },
        );
        dropped
    }

    pub(crate) fn first(&self) -> Option<&Waiting> {
        self.waiting.front()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(crate) fn drop_first(&mut self) {
        if let Some(first) = self.waiting.pop_front() {
            self.spare.push(first.payload);
        }
    }

    /// Empties it; gives how many packets went.
    pub(crate) fn clear(&mut self) -> u64 {
        let count = self.waiting.len() as u64;
        while !self.waiting.is_empty() {
            self.drop_first();
        }
        count
    }
}
