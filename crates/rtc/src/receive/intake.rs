//! What every packet goes through before it is put in its place, whoever reads the stream.

use super::clock::Clock;
use super::sequence::{Order, Sequence};
use super::stats::ReceiverStats;
use crate::opus::PacketShape;
use std::time::Instant;

/// What matters of an RTP packet.
#[derive(Debug, Clone, Copy)]
pub struct RtpIn<'a> {
    /// The sequence number on the wire.
    pub sequence: u16,
    /// The timestamp on the wire, at 48 kHz.
    pub timestamp: u32,
    /// The Opus packet; empty for padding.
    pub payload: &'a [u8],
}

/// A packet that is of use, and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrived {
    pub(super) order: Order,
    /// Its extended sequence number.
    pub(super) number: i64,
    /// Its extended timestamp.
    pub(super) time: i64,
    /// From its timestamp to its arrival, in samples; only differences mean something.
    pub(super) travel: i64,
    /// `None` for padding.
    pub(super) shape: Option<PacketShape>,
}

/// Counts a packet that arrived `now`, and places it; `None` if it is not Opus, came before, or is not believed yet.
pub(super) fn admit(
    packet: RtpIn<'_>,
    now: Instant,
    clock: &mut Clock,
    sequence: &mut Sequence,
    stats: &mut ReceiverStats,
) -> Option<Arrived> {
    stats.received += 1;
    let shape = PacketShape::read(packet.payload);
    if shape.is_none() && !packet.payload.is_empty() {
        stats.discarded += 1;
        return None;
    }
    let arrival = clock.samples(now);
    let (order, number, time) = sequence.place(packet.sequence, packet.timestamp);
    match order {
        Order::Duplicate => stats.duplicated += 1,
        Order::Suspect => stats.discarded += 1,
        Order::Restart | Order::Newer | Order::Older => {
            return Some(Arrived {
                order,
                number,
                time,
                travel: arrival - time,
                shape,
            });
        }
    }
    None
}
