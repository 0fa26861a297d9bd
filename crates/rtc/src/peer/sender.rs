//! One stream that is sent.

use std::sync::Arc;
use std::time::Instant;

use rand::RngExt;

use super::{Report, doubling::Doubling, wire::Outlet};
use crate::Doorbell;
use crate::audio::{Copies, EncoderSettings, LocalAudio, OPUS_CLOCK_HZ, Outgoing};
use crate::rtp::{Asked, Block, HeaderExtensions, Outline, SenderTime, Sent, WallClock, round_trip};

/// Where streams ended whose number may be used again: with the same keys, no packet may have the number of one that was
/// sent (RFC 3711, 9.1).
#[derive(Debug, Default)]
pub(super) struct Numbers(Vec<(u32, u64)>);

impl Numbers {
    /// The index of a stream's first packet.
    fn first_of(&self, ssrc: u32) -> u64 {
        let ended = self.0.iter().find(|(known, _)| *known == ssrc);
        // Below 2^15, so that the far end cannot miss the first roll-over (RFC 3711, 3.3.1).
        ended.map_or_else(|| rand::rng().random_range(0..1 << 15), |(_, index)| *index)
    }

    /// This stream ends here.
    pub(super) fn keep(&mut self, ended: &Sender) {
        self.0.retain(|(known, _)| *known != ended.ssrc);
        self.0.push((ended.ssrc, ended.index));
    }
}

#[derive(Debug)]
pub(super) struct Sender {
    pub(super) mid: String,
    pub(super) ssrc: u32,
    extensions: HeaderExtensions,
    /// The extended sequence number of the next packet.
    index: u64,
    outgoing: Outgoing,
    copies: Copies,
    /// The other side knows the stream by its number, and headers do not name the section any more.
    is_known: bool,
    doubling: Doubling,
    packets: u32,
    bytes: u32,
    /// When the last packet was sent, and its timestamp.
    last: Option<(Instant, u32)>,
    asked: u64,
}

impl Sender {
    pub(super) fn new(
        mid: String,
        ssrc: u32,
        extensions: HeaderExtensions,
        (track, settings): (LocalAudio, EncoderSettings),
        wake: &Arc<Doorbell>,
        numbers: &Numbers,
    ) -> Self {
        Self {
            mid,
            ssrc,
            extensions,
            index: numbers.first_of(ssrc),
            outgoing: Outgoing::new(track, settings, Arc::clone(wake), rand::random()),
            copies: Copies::default(),
            is_known: false,
            doubling: Doubling::default(),
            packets: 0,
            bytes: 0,
            last: None,
            asked: 0,
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.outgoing.deadline()
    }

    /// Sends what is due; without an outlet it is dropped, in real time.
    pub(super) fn poll(&mut self, now: Instant, mut outlet: Option<&mut Outlet<'_>>) {
        let Self {
            mid,
            ssrc,
            extensions,
            index,
            outgoing,
            copies,
            is_known,
            doubling,
            packets,
            bytes,
            last,
            asked: _,
        } = self;
        let payload_type = outgoing.payload_type();
        outgoing.poll(now, |packet| {
            let Some(outlet) = outlet.as_deref_mut() else {
                return;
            };
            let sequence = *index as u16;
            let name = extensions.mid.filter(|_| !*is_known);
            let outline = Outline {
                payload_type,
                marker: packet.marker,
                sequence,
                timestamp: packet.timestamp,
                ssrc: *ssrc,
                level: extensions.level.map(|id| (id, packet.level_db)),
                mid: name.map(|id| (id, mid.as_str())),
            };
            outlet.audio(&outline, *index, packet.payload, |sealed| {
                copies.keep(sequence, sealed, now);
            });
            *index += 1;
            *packets = packets.wrapping_add(1);
            *bytes = bytes.wrapping_add(packet.payload.len() as u32);
            *last = Some((now, packet.timestamp));
            if doubling.is_on(now)
                && let Some(before) = copies.last(1, now)
            {
                outlet.again(before);
            }
        });
    }

    /// The other side tells how it receives the stream.
    pub(super) fn on_block(&mut self, block: &Block, clock: &WallClock, now: Instant) -> Report {
        self.is_known = true;
        let percent = (u16::from(block.fraction_lost) * 100 + 128) / 256;
        let percent = percent as u8;
        self.doubling.on_loss(percent, now);
        self.outgoing.set_loss(percent);
        Report {
            mid: self.mid.clone(),
            loss: f32::from(block.fraction_lost) / 256.0,
            lost: u64::try_from(block.lost).unwrap_or(0),
            jitter_samples: block.jitter,
            round_trip: round_trip(block, clock, now),
            nacks: self.asked,
        }
    }

    /// It asks for packets: they are sent again as they were.
    pub(super) fn on_asked(&mut self, packets: Asked<'_>, now: Instant, mut outlet: Option<&mut Outlet<'_>>) {
        self.asked += 1;
        for sequence in packets.sequences() {
            self.doubling.on_asked(sequence, now);
            if let Some(outlet) = outlet.as_deref_mut()
                && let Some(copy) = self.copies.again(sequence, now)
            {
                outlet.again(copy);
            }
        }
    }

    /// What there is to report of it; `None` if nothing was sent since `since`.
    pub(super) fn sent(&self, since: Instant, now: Instant, clock: &WallClock) -> Option<Sent> {
        let (at, timestamp) = self.last.filter(|(at, _)| *at >= since)?;
        let passed = now.saturating_duration_since(at).as_micros() * u128::from(OPUS_CLOCK_HZ) / 1_000_000;
        Some(Sent {
            time: SenderTime {
                ntp: clock.ntp(now),
                timestamp: timestamp.wrapping_add(passed as u32),
            },
            packets: self.packets,
            bytes: self.bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{AudioSource, AudioSourceConfig};

    #[test]
    fn a_stream_that_is_sent_again_goes_on_where_it_ended() {
        let source = AudioSource::new(AudioSourceConfig {
            sample_rate_hz: 48_000,
            channels: 1,
            queue_ms: 100,
        });
        let mut numbers = Numbers::default();
        let make = |ssrc, numbers: &Numbers| {
            let track = LocalAudio::new("t".into(), source.clone());
            let what = (track, EncoderSettings::default());
            let wake = Arc::new(Doorbell::default());
            Sender::new(
                "0".into(),
                ssrc,
                HeaderExtensions::default(),
                what,
                &wake,
                numbers,
            )
        };
        let mut first = make(7, &numbers);
        assert!(first.index < 1 << 15);
        for index in [70_000, 80_000] {
            first.index = index;
            numbers.keep(&first);
            assert_eq!(make(7, &numbers).index, index);
        }
        assert!(make(8, &numbers).index < 1 << 15);
    }
}
