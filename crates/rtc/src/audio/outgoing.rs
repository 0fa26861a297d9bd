use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use self::encoding::Encoding;
use super::{EncodedAudio, LocalAudio, OPUS_CLOCK_HZ, StereoResampler, level_db, pace};
use crate::{
    Doorbell,
    opus::{Channels, Encoded, EncoderConfig},
};

mod encoding;

/// One packet's audio when nothing else is agreed, in milliseconds.
pub const PACKET_MS: u32 = 20;

/// The loss an encoder is made for when the other side reports less, in percent: enough for FEC to be sent.
const LOSS_PERCENT_MIN: u8 = 5;

/// How long a packet waits for audio that is a little late before silence fills it.
const LATE_GRACE: Duration = Duration::from_millis(10);

/// Silent packets after the last audio, so that the far end fades out by decoding, not by guessing.
const TAIL_PACKETS: u8 = 10;

/// A lag behind the clock at which the RTP timestamp jumps instead of trailing on, in packets.
const LAG_MAX_PACKETS: u32 = 5;

/// Packets sent at once to catch up after a stall; what is older is left behind.
const CATCH_UP_MAX: u32 = 5;

/// What was negotiated for the encoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncoderSettings {
    /// The payload type of Opus.
    pub payload_type: u8,
    /// Bits a second.
    pub bitrate_bps: u32,
    /// Leave packets out while it is silent.
    pub dtx: bool,
    /// Put a copy of the packet before into each one.
    pub fec: bool,
    /// One packet's audio, 10 or 20 ms.
    pub packet_ms: u32,
}

impl Default for EncoderSettings {
    fn default() -> Self {
        Self {
            payload_type: 111,
            bitrate_bps: 32_000,
            dtx: true,
            fec: true,
            packet_ms: PACKET_MS,
        }
    }
}

/// A packet ready to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutgoingPacket<'a> {
    /// The Opus packet.
    pub payload: &'a [u8],
    /// The RTP timestamp, 48 kHz.
    pub timestamp: u32,
    /// The first packet after a pause.
    pub marker: bool,
    /// Level in dBov, from -127 to 0 (RFC 6464).
    pub level_db: i8,
}

/// Turns one source into packets: 10 or 20 ms each, paced, and nothing while there is nothing to say.
///
/// It never looks at a clock itself: [`Outgoing::poll`] is called at [`Outgoing::deadline`] and
/// whenever the source woke the connection.
pub struct Outgoing {
    track: LocalAudio,
    reader: u64,
    settings: EncoderSettings,
    encoding: Encoding,
    channels: usize,
    resampler: Option<StereoResampler>,
    paced: bool,
    next_at: Option<Instant>,
    graced: bool,
    silent_packets: u8,
    /// The audio ended in a cut: its silence is not to wait for more.
    was_cut: bool,
    started: Option<(Instant, u32)>,
    next_timestamp: u32,
    paused: bool,
    /// Of what was encoded beforehand, the packet that comes next.
    place: usize,
    taken: Vec<i16>,
    pcm: Vec<i16>,
}

impl Outgoing {
    /// Starts to read `track`; `wake` is told when audio comes. The timestamp starts at `first_timestamp`.
    #[must_use]
    pub fn new(
        track: LocalAudio,
        settings: EncoderSettings,
        wake: Arc<Doorbell>,
        first_timestamp: u32,
    ) -> Self {
        let config = track.source.config();
        let channels = if config.channels == 2 {
            Channels::Stereo
        } else {
            Channels::Mono
        };
        let resampler = StereoResampler::new(config.sample_rate_hz, OPUS_CLOCK_HZ, channels.count());
        let encoding = Encoding::new(EncoderConfig {
            channels,
            bitrate_bps: settings.bitrate_bps,
            fec: settings.fec,
            dtx: settings.dtx,
            loss_percent: LOSS_PERCENT_MIN,
            ..EncoderConfig::default()
        });
        let reader = track.source.attach(wake);
        track.traffic.set_bitrate(settings.bitrate_bps);
        // A resampler gives a sample more or less each time; a small stock keeps packets full.
        let pcm = if resampler.is_some() {
            vec![0; 64 * channels.count()]
        } else {
            Vec::new()
        };
        Self {
            reader,
            settings,
            encoding,
            channels: channels.count(),
            resampler,
            paced: config.queue_ms > 0,
            next_at: None,
            graced: false,
            silent_packets: 0,
            was_cut: false,
            started: None,
            next_timestamp: first_timestamp,
            paused: true,
            place: 0,
            taken: Vec::new(),
            pcm,
            track,
        }
    }

    /// The payload type to send with.
    #[must_use]
    pub fn payload_type(&self) -> u8 {
        self.settings.payload_type
    }

    /// The track that is sent.
    #[must_use]
    pub fn track(&self) -> &LocalAudio {
        &self.track
    }

    /// Follows what the other side reports as lost, 0 to 100.
    pub fn set_loss(&mut self, percent: u8) {
        self.encoding.set_loss(percent.max(LOSS_PERCENT_MIN));
    }

    /// Samples per channel of one packet.
    fn packet_ticks(&self) -> u32 {
        OPUS_CLOCK_HZ / 1000 * self.settings.packet_ms
    }

    /// When [`Outgoing::poll`] is to be called next, if at any time.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.next_at
    }

    /// Hands every packet due at `now` to `send`.
    pub fn poll(&mut self, now: Instant, mut send: impl FnMut(OutgoingPacket<'_>)) {
        for _ in 0..CATCH_UP_MAX {
            if !self.step(now, &mut send) {
                return;
            }
        }
        // Still behind after a stall: the missed time is gone, not to be made up.
        if let Some(next_at) = &mut self.next_at
            && *next_at < now
        {
            *next_at = now;
        }
    }

    /// One packet at most; true when another may be due.
    fn step(&mut self, now: Instant, send: &mut impl FnMut(OutgoingPacket<'_>)) -> bool {
        if let Some(audio) = self.track.source.encoded().cloned() {
            return self.play(&audio, now, send);
        }
        let full = self.track.source.samples_in(self.settings.packet_ms as usize);
        self.taken.clear();
        if !self.paced {
            self.track.source.take(self.reader, full, full, &mut self.taken);
            if self.taken.is_empty() {
                self.track.source.sleep_until(self.reader, full);
                return false;
            }
            self.encode(now, send);
            return true;
        }
        match self.next_at {
            Some(at) if at > now => return false,
            None => {
                let found = self
                    .track
                    .source
                    .take(self.reader, 0, usize::MAX, &mut self.taken);
                if found.waiting == 0 {
                    return self.track.source.sleep_until(self.reader, 1);
                }
                // A pause ends: the packet clock starts anew.
                self.next_at = Some(now);
                self.graced = false;
            }
            Some(_) => {}
        }
        let at = self.next_at.unwrap_or(now);
        let minimum = if self.graced { 1 } else { full };
        let found = self
            .track
            .source
            .take(self.reader, full, minimum, &mut self.taken);
        if self.taken.is_empty() && self.silent_packets == 0 && !self.graced && !self.was_cut {
            self.graced = true;
            self.next_at = Some(at + LATE_GRACE);
            return true;
        }
        self.graced = false;
        if self.taken.is_empty() {
            self.silent_packets += 1;
            if self.silent_packets > TAIL_PACKETS {
                self.silent_packets = 0;
                self.paused = true;
                self.next_at = None;
                return self.track.source.sleep_until(self.reader, 1);
            }
        } else {
            self.silent_packets = 0;
            self.was_cut = found.is_cut;
        }
        self.encode(now, send);
        // The first packet of a pause's end goes at once; from then on all connections keep one beat.
        self.next_at = Some(pace::at_or_after(
            at + Duration::from_millis(u64::from(self.settings.packet_ms)),
        ));
        true
    }

    /// The next packet of what was encoded beforehand, if it is due.
    fn play(
        &mut self,
        audio: &EncodedAudio,
        now: Instant,
        send: &mut impl FnMut(OutgoingPacket<'_>),
    ) -> bool {
        let place = self.place;
        let Some(packet) = audio.at(place) else {
            return false;
        };
        let ticks = EncodedAudio::PACKET_SAMPLES;
        let length = Duration::from_micros(u64::from(ticks) * 1_000_000 / u64::from(OPUS_CLOCK_HZ));
        // Nobody waits for the beginning of it, so that it need not come together with that of many other rooms.
        let at = *self.next_at.get_or_insert_with(|| pace::spread(now, length));
        if at > now {
            return false;
        }
        self.place = place.wrapping_add(1);
        self.next_at = Some(pace::at_or_after(at + length));
        let timestamp = self.timestamp(now, ticks);
        if packet.payload.is_empty() || !self.track.enabled.load(Ordering::Relaxed) {
            self.paused = true;
        } else {
            let marker = std::mem::take(&mut self.paused);
            self.track.traffic.count(packet.payload.len());
            self.track.traffic.count_samples(ticks as usize);
            send(OutgoingPacket {
                payload: &packet.payload,
                timestamp,
                marker,
                level_db: packet.level_db,
            });
        }
        true
    }

    fn encode(&mut self, now: Instant, send: &mut impl FnMut(OutgoingPacket<'_>)) {
        let timestamp = self.timestamp(now, self.packet_ticks());
        if !self.track.enabled.load(Ordering::Relaxed) {
            self.paused = true;
            return;
        }
        self.follow_bitrate();
        let ticks = self.packet_ticks() as usize;
        let wanted = ticks * self.channels;
        self.fill_pcm(wanted);
        let pcm = self.pcm.get(..wanted).unwrap_or_default();
        match self.encoding.encode(pcm) {
            Ok(Encoded::Packet(payload)) => {
                let marker = std::mem::take(&mut self.paused);
                self.track.traffic.count(payload.len());
                self.track.traffic.count_samples(ticks);
                send(OutgoingPacket {
                    payload,
                    timestamp,
                    marker,
                    level_db: level_db(pcm),
                });
            }
            Ok(Encoded::Silence) => self.paused = true,
            Err(error) => tracing::warn!(%error, "encode audio"),
        }
        self.pcm.drain(..wanted.min(self.pcm.len()));
    }

    /// Takes over a bit rate that the application has set.
    fn follow_bitrate(&mut self) {
        let wanted = match self.track.bitrate_bps.load(Ordering::Relaxed) {
            0 => self.settings.bitrate_bps,
            set => set,
        };
        if self.encoding.set_bitrate(wanted) {
            self.track.traffic.set_bitrate(wanted);
        }
    }

    /// Brings what was taken to the encoder's rate; `pcm` then holds at least `wanted` samples.
    fn fill_pcm(&mut self, wanted: usize) {
        match &mut self.resampler {
            None => self.pcm.extend_from_slice(&self.taken),
            Some(resampler) => resampler.process(&self.taken, &mut self.pcm),
        }
        if self.pcm.len() < wanted {
            self.pcm.resize(wanted, 0);
        }
    }

    /// The timestamp of the packet made at `now`: the next in line, or the clock's after a pause.
    fn timestamp(&mut self, now: Instant, ticks: u32) -> u32 {
        let (start, first) = *self.started.get_or_insert((now, self.next_timestamp));
        let elapsed =
            now.saturating_duration_since(start).as_micros() * u128::from(OPUS_CLOCK_HZ) / 1_000_000;
        // Truncation is the point: RTP timestamps wrap (RFC 3550, 5.1).
        let clock = first.wrapping_add(elapsed as u32);
        let lag = clock.wrapping_sub(self.next_timestamp);
        let behind = lag < u32::MAX / 2;
        let timestamp = if behind && (self.paused || lag > LAG_MAX_PACKETS * ticks) {
            clock
        } else {
            self.next_timestamp
        };
        self.next_timestamp = timestamp.wrapping_add(ticks);
        timestamp
    }
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.track.source.detach(self.reader);
    }
}

#[cfg(test)]
mod tests;
