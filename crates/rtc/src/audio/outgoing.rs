use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::{LocalAudio, OPUS_CLOCK_HZ, Resampler};
use crate::opus::{Channels, Encoded, Encoder, EncoderConfig, OpusError};

/// One packet's audio, in milliseconds and in ticks of the RTP clock.
const PACKET_MS: usize = 20;
const PACKET: Duration = Duration::from_millis(PACKET_MS as u64);
const PACKET_TICKS: u32 = OPUS_CLOCK_HZ / 1000 * PACKET_MS as u32;

/// How long a packet waits for audio that is a little late before silence fills it.
const LATE_GRACE: Duration = Duration::from_millis(10);

/// Silent packets after the last audio, so that the far end fades out by decoding, not by guessing.
const TAIL_PACKETS: u8 = 10;

/// A lag behind the clock at which the RTP timestamp jumps instead of trailing on, in ticks.
const LAG_MAX_TICKS: u32 = 5 * PACKET_TICKS;

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
}

/// A packet ready to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingPacket {
    /// The Opus packet.
    pub payload: Vec<u8>,
    /// The RTP timestamp, 48 kHz.
    pub timestamp: u32,
    /// The first packet after a pause.
    pub marker: bool,
    /// Level in dBov, from -127 to 0 (RFC 6464).
    pub level_db: i8,
}

/// Turns one source into packets: 20 ms each, paced, and nothing while there is nothing to say.
///
/// It never looks at a clock itself: [`Outgoing::poll`] is called at [`Outgoing::deadline`] and
/// whenever the source woke the connection.
pub struct Outgoing {
    track: LocalAudio,
    reader: u64,
    settings: EncoderSettings,
    encoder: Encoder,
    channels: usize,
    resampler: Option<Resampler>,
    paced: bool,
    next_at: Option<Instant>,
    graced: bool,
    silent_packets: u8,
    started: Option<(Instant, u32)>,
    next_timestamp: u32,
    paused: bool,
    taken: Vec<i16>,
    pcm: Vec<i16>,
}

impl Outgoing {
    /// Starts to read `track`; `wake` is told when audio comes. The timestamp starts at `first_timestamp`.
    pub fn new(
        track: LocalAudio,
        settings: EncoderSettings,
        wake: Arc<Notify>,
        first_timestamp: u32,
    ) -> Result<Self, OpusError> {
        let config = track.source.config();
        let resampler = Resampler::new(config.sample_rate_hz, OPUS_CLOCK_HZ);
        // A mono resampler is all there is: a stereo source at another rate is sent as its mono mix.
        let stereo = config.channels == 2 && resampler.is_none();
        let channels = if stereo { Channels::Stereo } else { Channels::Mono };
        let encoder = Encoder::new(EncoderConfig {
            channels,
            bitrate_bps: settings.bitrate_bps,
            fec: settings.fec,
            dtx: settings.dtx,
            ..EncoderConfig::default()
        })?;
        let reader = track.source.attach(wake);
        // A resampler gives a sample more or less each time; a small stock keeps packets full.
        let pcm = if resampler.is_some() {
            vec![0; 64]
        } else {
            Vec::new()
        };
        Ok(Self {
            reader,
            settings,
            encoder,
            channels: channels.count(),
            resampler,
            paced: config.queue_ms > 0,
            next_at: None,
            graced: false,
            silent_packets: 0,
            started: None,
            next_timestamp: first_timestamp,
            paused: true,
            taken: Vec::new(),
            pcm,
            track,
        })
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

    /// When [`Outgoing::poll`] is to be called next, if at any time.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.next_at
    }

    /// Hands every packet due at `now` to `send`.
    pub fn poll(&mut self, now: Instant, mut send: impl FnMut(OutgoingPacket)) {
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
    fn step(&mut self, now: Instant, send: &mut impl FnMut(OutgoingPacket)) -> bool {
        let full = self.track.source.samples_in(PACKET_MS);
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
                let waiting = self
                    .track
                    .source
                    .take(self.reader, 0, usize::MAX, &mut self.taken);
                if waiting == 0 {
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
        self.track
            .source
            .take(self.reader, full, minimum, &mut self.taken);
        if self.taken.is_empty() && self.silent_packets == 0 && !self.graced {
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
        }
        self.encode(now, send);
        self.next_at = Some(at + PACKET);
        true
    }

    fn encode(&mut self, now: Instant, send: &mut impl FnMut(OutgoingPacket)) {
        let timestamp = self.timestamp(now);
        if !self.track.enabled.load(Ordering::Relaxed) {
            self.paused = true;
            return;
        }
        let wanted = PACKET_TICKS as usize * self.channels;
        self.fill_pcm(wanted);
        let pcm = self.pcm.get(..wanted).unwrap_or_default();
        match self.encoder.encode(pcm) {
            Ok(Encoded::Packet(payload)) => {
                let marker = std::mem::take(&mut self.paused);
                self.track.traffic.count(payload.len());
                send(OutgoingPacket {
                    payload: payload.to_vec(),
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

    /// Brings what was taken to the encoder's rate; `pcm` then holds at least `wanted` samples.
    fn fill_pcm(&mut self, wanted: usize) {
        match &mut self.resampler {
            None => self.pcm.extend_from_slice(&self.taken),
            Some(resampler) => {
                if self.track.source.config().channels == 2 {
                    let mono = self.taken.chunks_exact(2).map(|p| match p {
                        [l, r] => i16::midpoint(*l, *r),
                        _ => 0,
                    });
                    self.taken = mono.collect();
                }
                resampler.process(&self.taken, &mut self.pcm);
            }
        }
        if self.pcm.len() < wanted {
            self.pcm.resize(wanted, 0);
        }
    }

    /// The timestamp of the packet made at `now`: the next in line, or the clock's after a pause.
    fn timestamp(&mut self, now: Instant) -> u32 {
        let (start, first) = *self.started.get_or_insert((now, self.next_timestamp));
        let elapsed =
            now.saturating_duration_since(start).as_micros() * u128::from(OPUS_CLOCK_HZ) / 1_000_000;
        // Truncation is the point: RTP timestamps wrap (RFC 3550, 5.1).
        let packets = (elapsed / u128::from(PACKET_TICKS)) as u32;
        let clock = first.wrapping_add(packets.wrapping_mul(PACKET_TICKS));
        let lag = clock.wrapping_sub(self.next_timestamp);
        let behind = lag < u32::MAX / 2;
        let timestamp = if behind && (self.paused || lag > LAG_MAX_TICKS) {
            clock
        } else {
            self.next_timestamp
        };
        self.next_timestamp = timestamp.wrapping_add(PACKET_TICKS);
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

/// The level of `pcm` relative to full scale, as RFC 6464 counts it.
fn level_db(pcm: &[i16]) -> i8 {
    let power: f64 = pcm.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / pcm.len().max(1) as f64;
    let db = 10.0 * (power / f64::from(i16::MAX).powi(2)).max(1e-13).log10();
    db.clamp(-127.0, 0.0) as i8
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::audio::{AudioSource, AudioSourceConfig, Traffic};

    const SETTINGS: EncoderSettings = EncoderSettings {
        payload_type: 111,
        bitrate_bps: 32_000,
        dtx: true,
        fec: true,
    };

    fn outgoing(queue_ms: u32) -> (AudioSource, Outgoing) {
        let source = AudioSource::new(AudioSourceConfig {
            sample_rate_hz: 24_000,
            channels: 1,
            queue_ms,
        });
        let track = LocalAudio {
            id: "t".into(),
            source: source.clone(),
            enabled: Arc::new(AtomicBool::new(true)),
            traffic: Arc::new(Traffic::default()),
        };
        (
            source,
            Outgoing::new(track, SETTINGS, Arc::new(Notify::new()), 1000).unwrap(),
        )
    }

    fn run(outgoing: &mut Outgoing, from: Instant, span: Duration) -> Vec<(Instant, OutgoingPacket)> {
        let (mut out, mut now) = (Vec::new(), from);
        while now < from + span {
            outgoing.poll(now, |packet| out.push((now, packet)));
            match outgoing.deadline() {
                Some(at) => now = at.max(now + Duration::from_micros(100)),
                None => break,
            }
        }
        out
    }

    fn noise(samples: usize) -> Vec<i16> {
        (0..samples)
            .map(|i| ((i * 7919 % 20_011) as i32 - 10_000) as i16)
            .collect()
    }

    #[tokio::test]
    async fn paces_a_burst_and_stops_when_it_is_over() {
        let (source, mut outgoing) = outgoing(1000);
        source.capture(&noise(2400)).await.unwrap();
        let start = Instant::now();
        let packets = run(&mut outgoing, start, Duration::from_secs(5));
        let audio: Vec<_> = packets.iter().filter(|(_, p)| p.level_db > -100).collect();
        // The resampler's last samples come in a packet of their own.
        assert!((5..=6).contains(&audio.len()), "{}", audio.len());
        for (n, (at, packet)) in audio.iter().take(5).enumerate() {
            assert_eq!(*at - start, PACKET * n as u32);
            assert_eq!(packet.timestamp, 1000 + 960 * n as u32);
            assert_eq!(packet.marker, n == 0);
        }
        assert!(packets.len() <= 5 + usize::from(TAIL_PACKETS));
        assert_eq!(outgoing.deadline(), None);
    }

    #[tokio::test]
    async fn the_timestamp_counts_a_pause() {
        let (source, mut outgoing) = outgoing(1000);
        let start = Instant::now();
        source.capture(&noise(480)).await.unwrap();
        run(&mut outgoing, start, Duration::from_secs(5));
        source.capture(&noise(480)).await.unwrap();
        let later = run(
            &mut outgoing,
            start + Duration::from_secs(10),
            Duration::from_secs(5),
        );
        assert_eq!(later[0].1.timestamp, 1000 + 480_000);
        assert!(later[0].1.marker);
    }

    #[tokio::test]
    async fn sends_nothing_while_muted_but_reads_on() {
        let (source, mut outgoing) = outgoing(1000);
        outgoing.track.enabled.store(false, Ordering::Relaxed);
        source.capture(&noise(2400)).await.unwrap();
        assert!(run(&mut outgoing, Instant::now(), Duration::from_secs(1)).is_empty());
        assert_eq!(source.queued_samples(), 0);
    }

    #[tokio::test]
    async fn a_direct_source_sends_at_once() {
        let (source, mut outgoing) = outgoing(0);
        let now = Instant::now();
        let mut sent = 0;
        source.capture(&noise(240)).await.unwrap();
        outgoing.poll(now, |_| sent += 1);
        assert_eq!(sent, 0);
        source.capture(&noise(240)).await.unwrap();
        outgoing.poll(now, |_| sent += 1);
        assert_eq!((sent, outgoing.deadline()), (1, None));
    }
}
