//! What one stream costs: `cargo run --release -p troupe-rtc --example receive_cost`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement for a terminal"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};
use troupe_rtc::opus::{Channels, Encoded, Encoder, EncoderConfig, Format, Rate};
use troupe_rtc::receive::{FRAME_SAMPLES, ImmediateReceiver, Receiver, ReceiverConfig, RtpIn};

const ROUNDS: u32 = 40;
const FRAMES: u32 = 50;

fn main() {
    for complexity in [3, 5, 7, 9] {
        for channels in [Channels::Mono, Channels::Stereo] {
            measure(channels, complexity);
        }
    }
    let mut receiver = Receiver::new(ReceiverConfig::default()).unwrap();
    let mut out = [0; FRAME_SAMPLES];
    let (start, mut now) = (Instant::now(), Instant::now());
    for _ in 0..1_000_000 {
        now += Duration::from_millis(10);
        black_box(receiver.pull(now, &mut out));
    }
    println!("pull while idle: {:.3} us", start.elapsed().as_secs_f64());
}

fn measure(channels: Channels, complexity: u8) {
    let mut encoder = Encoder::new(EncoderConfig {
        channels,
        complexity,
        ..EncoderConfig::default()
    })
    .unwrap();
    let mut receiver = Receiver::new(ReceiverConfig {
        channels,
        ..ReceiverConfig::default()
    })
    .unwrap();
    let mut out = vec![0; FRAME_SAMPLES * channels.count()];
    let mut immediate = [Rate::Full, Rate::Wide].map(|rate| {
        (
            ImmediateReceiver::new(Format { channels, rate }).unwrap(),
            f64::MAX,
        )
    });
    let mut now = Instant::now();
    // The least of many rounds: what the work takes when nothing else disturbs it.
    let (mut encode_us, mut receive_us, mut bytes) = (f64::MAX, f64::MAX, 0);
    for round in 0..ROUNDS {
        let frames = (round * FRAMES)..((round + 1) * FRAMES);
        let pcm: Vec<Vec<i16>> = frames.clone().map(|n| speech(n, channels.count())).collect();
        let start = Instant::now();
        let packets = pcm.iter().map(|frame| match encoder.encode(frame).unwrap() {
            Encoded::Packet(packet) => packet.to_vec(),
            Encoded::Silence => Vec::new(),
        });
        let packets: Vec<Vec<u8>> = packets.collect();
        encode_us = encode_us.min(start.elapsed().as_secs_f64() * 1e6 / f64::from(FRAMES));
        bytes += packets.iter().map(Vec::len).sum::<usize>();
        let began = now;
        for (receiver, best_us) in &mut immediate {
            let start = Instant::now();
            for (n, payload) in frames.clone().zip(&packets) {
                let packet = RtpIn {
                    sequence: n as u16,
                    timestamp: n * 960,
                    payload,
                };
                let at = began + Duration::from_millis(u64::from(n % FRAMES) * 20);
                receiver.push(at, packet, &mut |piece| {
                    black_box(piece.pcm.len());
                });
            }
            *best_us = best_us.min(start.elapsed().as_secs_f64() * 1e6 / f64::from(FRAMES));
        }
        let start = Instant::now();
        for (n, payload) in frames.zip(&packets) {
            receiver.push(
                now,
                RtpIn {
                    sequence: n as u16,
                    timestamp: n * 960,
                    payload,
                },
            );
            for _ in 0..2 {
                black_box(receiver.pull(now, &mut out));
                now += Duration::from_millis(10);
            }
        }
        receive_us = receive_us.min(start.elapsed().as_secs_f64() * 1e6 / f64::from(FRAMES) / 2.0);
    }
    let kbps = bytes as u64 * 8 / u64::from(ROUNDS * FRAMES) / 20;
    println!(
        "{channels:?}, complexity {complexity}, {kbps} kbit/s: encode {encode_us:.0} us per 20 ms; \
         push, decode and pull {receive_us:.1} us per 10 ms; told at once {:.1} us per 20 ms at 48 kHz, {:.1} us at \
         16 kHz",
        immediate[0].1, immediate[1].1
    );
}

/// A buzz that swells like syllables over some noise.
fn speech(frame: u32, channels: usize) -> Vec<i16> {
    let mut random = fastrand::Rng::with_seed(u64::from(frame));
    let mut pcm = Vec::new();
    for n in 0..960 {
        let at = f64::from(frame * 960 + n) / 48_000.0;
        let wave = |pitch_hz: f64| (at * pitch_hz * std::f64::consts::TAU).sin();
        let buzz: f64 = (1..20)
            .map(|harmonic| wave(130.0 * f64::from(harmonic)) / f64::from(harmonic))
            .sum();
        let sample = 4_000.0 * wave(2.0).powi(2) * buzz + random.f64() * 300.0;
        pcm.extend(std::iter::repeat_n(sample as i16, channels));
    }
    pcm
}
