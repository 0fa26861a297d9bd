//! A sender that speaks, marks time with tones and falls silent; a network that loses, delays, swaps and
//! doubles; a clock that pulls. All from one seed, all in virtual time.

use std::sync::OnceLock;
use std::time::{Duration, Instant};
use troupe_rtc::opus::{Channels, Encoded, Encoder, EncoderConfig};
use troupe_rtc::receive::{FRAME_SAMPLES, Played, Receiver, ReceiverConfig, ReceiverStats, RtpIn};

/// Seconds between two marks.
pub(crate) const MARK_EVERY_S: f64 = 0.5;
const MARK_S: f64 = 0.04;
const MINUTE_FRAMES: u32 = 3000;

/// What the network and the sender do. The default is perfect.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) seed: u64,
    pub(crate) seconds: f64,
    pub(crate) loss: f64,
    pub(crate) duplicates: f64,
    /// Added to each packet's way, evenly spread.
    pub(crate) jitter_ms: f64,
    /// How much faster the sender's clock runs.
    pub(crate) drift_ppm: f64,
    /// Of each two seconds the second one is silent and not sent, but for the packet that announces it.
    pub(crate) dtx: bool,
    pub(crate) fec: bool,
    /// How late a pull may be.
    pub(crate) timer_ms: f64,
    /// The caller stops its clock while the receiver is idle.
    pub(crate) stops_when_idle: bool,
    pub(crate) first_sequence: u16,
    pub(crate) first_timestamp: u32,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            seed: 1,
            seconds: 20.0,
            loss: 0.0,
            duplicates: 0.0,
            jitter_ms: 0.0,
            drift_ppm: 0.0,
            dtx: false,
            fec: false,
            timer_ms: 0.0,
            stops_when_idle: false,
            first_sequence: 7,
            first_timestamp: 1234,
        }
    }
}

/// A packet under way.
#[derive(Debug, Clone)]
pub(crate) struct Flight {
    /// Seconds since the beginning.
    pub(crate) arrival: f64,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) payload: Vec<u8>,
}

/// What was heard.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) pcm: Vec<i16>,
    pub(crate) played: Vec<Played>,
    pub(crate) stats: ReceiverStats,
    pub(crate) dropped: u64,
    pub(crate) delay_ms_max: u32,
}

impl Scene {
    fn is_silent(&self, at: f64) -> bool {
        self.dtx && at % 2.0 >= 1.0
    }

    /// When the marks were sent, in seconds of true time.
    pub(crate) fn marks(&self) -> Vec<f64> {
        let count = (self.seconds / MARK_EVERY_S) as usize;
        let times = (0..count)
            .map(|n| n as f64 * MARK_EVERY_S + 0.1)
            .filter(|at| !self.is_silent(*at));
        times
            .filter(|at| at + 0.7 < self.seconds)
            .map(|at| at * self.sender_rate())
            .collect()
    }

    /// Seconds of true time for each of the sender's.
    pub(crate) fn sender_rate(&self) -> f64 {
        1.0 - self.drift_ppm / 1e6
    }

    /// All packets that arrive, in the order of their arrival, and how many were lost.
    pub(crate) fn packets(&self) -> (Vec<Flight>, u64) {
        let mut random = fastrand::Rng::with_seed(self.seed);
        let encoded = encoded(self.fec);
        let (mut flights, mut dropped) = (Vec::new(), 0);
        let (mut sequence, mut was_silent) = (self.first_sequence, true);
        for frame in 0..(self.seconds * 50.0) as u32 {
            let start = f64::from(frame) * 0.02;
            let silent = self.is_silent(start);
            if silent && was_silent {
                continue;
            }
            let packet = &encoded[frame as usize % encoded.len()];
            let payload = if silent {
                packet[..1].to_vec()
            } else {
                packet.clone()
            };
            was_silent = silent;
            let timestamp = self.first_timestamp.wrapping_add(frame * 960);
            let copies = if random.f64() < self.duplicates { 2 } else { 1 };
            if random.f64() < self.loss {
                dropped += 1;
            } else {
                for _ in 0..copies {
                    let way = 0.03 + random.f64() * self.jitter_ms / 1000.0;
                    let arrival = (start + 0.02) * self.sender_rate() + way;
                    flights.push(Flight {
                        arrival,
                        sequence,
                        timestamp,
                        payload: payload.clone(),
                    });
                }
            }
            sequence = sequence.wrapping_add(1);
        }
        flights.sort_by(|a, b| a.arrival.total_cmp(&b.arrival));
        (flights, dropped)
    }

    pub(crate) fn run(&self) -> Heard {
        let (flights, dropped) = self.packets();
        let mut heard = self.play(flights);
        heard.dropped = dropped;
        heard
    }

    /// Lets a receiver hear packets that arrive in this order.
    pub(crate) fn play(&self, flights: Vec<Flight>) -> Heard {
        let mut random = fastrand::Rng::with_seed(!self.seed);
        let config = ReceiverConfig {
            channels: Channels::Mono,
            ..ReceiverConfig::default()
        };
        let mut receiver = Receiver::new(config).unwrap();
        let epoch = Instant::now();
        let at = |seconds: f64| epoch + Duration::from_secs_f64(seconds.max(0.0));
        let (mut pcm, mut played) = (Vec::new(), Vec::new());
        let mut delay_ms_max = 0;
        let mut flights = flights.into_iter().peekable();
        for tick in 0..(self.seconds * 100.0) as u32 {
            let now = f64::from(tick) * 0.01 + random.f64() * self.timer_ms / 1000.0;
            while let Some(flight) = flights.next_if(|flight| flight.arrival <= now) {
                let Flight {
                    arrival,
                    sequence,
                    timestamp,
                    payload,
                } = flight;
                receiver.push(
                    at(arrival),
                    RtpIn {
                        sequence,
                        timestamp,
                        payload: &payload,
                    },
                );
            }
            let mut frame = [1; FRAME_SAMPLES];
            if self.stops_when_idle && receiver.is_idle() {
                frame.fill(0);
                played.push(Played::Silence);
            } else {
                played.push(receiver.pull(at(now), &mut frame));
                delay_ms_max = delay_ms_max.max(receiver.stats().delay_ms);
            }
            pcm.extend(frame);
        }
        Heard {
            pcm,
            played,
            stats: receiver.stats(),
            dropped: 0,
            delay_ms_max,
        }
    }
}

/// A buzz that swells like syllables, so that the encoder takes it for speech, and the marks.
fn signal(at: f64) -> i16 {
    let wave = |pitch_hz: f64| (at * pitch_hz * std::f64::consts::TAU).sin();
    let buzz: f64 = (1..8)
        .map(|harmonic| wave(130.0 * f64::from(harmonic)) / f64::from(harmonic))
        .sum();
    let swell = 0.12 + wave(2.0).powi(2);
    let is_mark = (at - 0.1).rem_euclid(MARK_EVERY_S) < MARK_S;
    let tone = if is_mark { 12_000.0 * wave(1000.0) } else { 0.0 };
    (tone + 2_000.0 * swell * buzz) as i16
}

/// One minute of the signal, encoded once for all tests. It ends as it begins, so longer scenes go round.
fn encoded(fec: bool) -> &'static [Vec<u8>] {
    static PACKETS: [OnceLock<Vec<Vec<u8>>>; 2] = [OnceLock::new(), OnceLock::new()];
    PACKETS[usize::from(fec)].get_or_init(|| {
        let config = EncoderConfig {
            dtx: false,
            fec,
            loss_percent: 20,
            ..EncoderConfig::default()
        };
        let mut encoder = Encoder::new(config).unwrap();
        let frame = |frame: u32| {
            let at = |n: u32| f64::from(frame * 960 + n) / 48_000.0;
            let pcm: Vec<i16> = (0..960).map(|n| signal(at(n))).collect();
            match encoder.encode(&pcm).unwrap() {
                Encoded::Packet(packet) => packet.to_vec(),
                Encoded::Silence => Vec::new(),
            }
        };
        (0..MINUTE_FRAMES).map(frame).collect()
    })
}

impl Heard {
    /// When tones began, in seconds of the playout clock.
    pub(crate) fn onsets(&self) -> Vec<f64> {
        let mut onsets = Vec::new();
        let mut last = None;
        for (index, sample) in self.pcm.iter().enumerate() {
            if sample.unsigned_abs() > 6_500 {
                if last.is_none_or(|last| index - last > 4_800) {
                    onsets.push(index as f64 / 48_000.0);
                }
                last = Some(index);
            }
        }
        onsets
    }

    /// For each mark heard within 0.45 s, how long after it was sent, in ms.
    pub(crate) fn offsets_ms(&self, scene: &Scene) -> Vec<f64> {
        let onsets = self.onsets();
        let near = |mark: f64| {
            onsets
                .iter()
                .map(|onset| onset - mark)
                .find(|offset| (0.0..0.45).contains(offset))
        };
        scene
            .marks()
            .into_iter()
            .filter_map(near)
            .map(|offset| offset * 1000.0)
            .collect()
    }

    pub(crate) fn frames(&self, kind: Played) -> usize {
        self.played.iter().filter(|played| **played == kind).count()
    }
}

/// The difference between the largest and the smallest.
pub(crate) fn spread(values: &[f64]) -> f64 {
    let max = values.iter().copied().fold(f64::MIN, f64::max);
    max - values.iter().copied().fold(f64::MAX, f64::min)
}
