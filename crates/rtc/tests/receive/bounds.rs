use crate::emulator::Scene;
use std::time::{Duration, Instant};
use troupe_rtc::opus::Channels;
use troupe_rtc::receive::{BUFFER_CAPACITY_PACKETS, FRAME_SAMPLES, Receiver, ReceiverConfig, RtpIn};

#[test]
fn the_delay_stays_bounded_on_any_network() {
    for seed in 0..12 {
        let mut random = fastrand::Rng::with_seed(seed);
        let scene = Scene {
            seed,
            loss: random.f64() * 0.2,
            duplicates: random.f64() * 0.1,
            jitter_ms: random.f64() * 200.0,
            drift_ppm: random.f64() * 400.0 - 200.0,
            dtx: random.bool(),
            fec: random.bool(),
            timer_ms: random.f64() * 15.0,
            stops_when_idle: random.bool(),
            ..Scene::default()
        };
        let heard = scene.run();
        eprintln!("{scene:?}\n{} dropped: {:?}", heard.dropped, heard.stats);
        assert!(heard.delay_ms_max <= 500, "{scene:?} {:?}", heard.stats);
        let unheard = heard.stats.lost.saturating_sub(heard.dropped) + heard.stats.discarded;
        assert!(
            unheard * 20 < heard.stats.received,
            "{scene:?} {} dropped: {:?}",
            heard.dropped,
            heard.stats
        );
        assert_eq!(heard.stats.resyncs, 1, "{scene:?}");
        // Late in the run the delay is no more than the network needs.
        let needed = scene.jitter_ms as u32 + 50;
        assert!(heard.stats.delay_ms <= needed, "{scene:?} {:?}", heard.stats);
    }
}

#[test]
fn the_delay_grows_with_the_spread_and_shrinks_again() {
    for seed in 0..3 {
        let scene = Scene {
            seed,
            // What was due is held for 8 s.
            seconds: 60.0,
            ..Scene::default()
        };
        let mut random = fastrand::Rng::with_seed(seed);
        let (mut flights, _) = scene.packets();
        let rough = |arrival: f64| (10.0..25.0).contains(&arrival);
        flights
            .iter_mut()
            .filter(|flight| rough(flight.arrival))
            .for_each(|flight| {
                flight.arrival += random.f64() * 0.15;
            });
        flights.sort_by(|a, b| a.arrival.total_cmp(&b.arrival));
        let heard = scene.play(flights);
        let stats = heard.stats;
        assert!(
            (120..=180).contains(&heard.delay_ms_max),
            "seed {seed}: {} {stats:?}",
            heard.delay_ms_max
        );
        assert!(stats.delay_ms < 30, "seed {seed}: {stats:?}");
        assert!(stats.late < 40, "seed {seed}: {stats:?}");
    }
}

#[test]
fn what_a_stalled_network_lets_go_at_once_is_caught_up() {
    for stall in [0.2, 0.45, 1.0, 3.0] {
        let scene = Scene {
            seconds: 60.0,
            ..Scene::default()
        };
        let (mut flights, _) = scene.packets();
        let stalled = |arrival: f64| (10.0..10.0 + stall).contains(&arrival);
        flights
            .iter_mut()
            .filter(|flight| stalled(flight.arrival))
            .for_each(|flight| flight.arrival = 10.0 + stall);
        let heard = scene.play(flights);
        eprintln!("{stall} s: {:?}", heard.stats);
        assert!(heard.delay_ms_max <= 500, "{stall} s: {:?}", heard.stats);
        assert!(heard.stats.delay_ms < 60, "{stall} s: {:?}", heard.stats);
        if stall < 0.5 {
            assert_eq!(
                (heard.stats.lost, heard.stats.discarded),
                (0, 0),
                "{stall} s: {:?}",
                heard.stats
            );
        }
    }
}

#[test]
fn garbage_does_no_harm() {
    for seed in 0..40 {
        let mut random = fastrand::Rng::with_seed(seed);
        let channels = if random.bool() {
            Channels::Mono
        } else {
            Channels::Stereo
        };
        let mut receiver = Receiver::new(ReceiverConfig {
            channels,
            ..ReceiverConfig::default()
        })
        .unwrap();
        let mut now = Instant::now();
        let mut out = vec![0; FRAME_SAMPLES * channels.count()];
        let mut payload = [0; 1500];
        let (mut sequence, mut timestamp) = (random.u16(..), random.u32(..));
        eprintln!("seed {seed}");
        for _ in 0..1500 {
            match random.u8(..10) {
                0 => sequence = random.u16(..),
                1 => timestamp = random.u32(..),
                2 => now += Duration::from_millis(random.u64(..3000)),
                3..6 => {
                    receiver.pull(now, &mut out);
                    now += Duration::from_millis(10);
                }
                _ => {
                    let length = if random.bool() {
                        random.usize(..8)
                    } else {
                        random.usize(..1500)
                    };
                    payload[..length].fill_with(|| random.u8(..));
                    receiver.push(
                        now,
                        RtpIn {
                            sequence,
                            timestamp,
                            payload: &payload[..length],
                        },
                    );
                    sequence = sequence.wrapping_add(random.u16(..3));
                    timestamp = timestamp.wrapping_add(random.u32(..3000));
                }
            }
        }
    }
}

#[test]
fn a_flood_drops_the_oldest_and_says_so() {
    let mut receiver = Receiver::new(ReceiverConfig::default()).unwrap();
    let now = Instant::now();
    // CELT frames of 2.5 ms, so that the delay's bound is not reached before the buffer's.
    for n in 0..2 * BUFFER_CAPACITY_PACKETS as u16 {
        let payload = [28 << 3, 1, 2, 3];
        receiver.push(
            now,
            RtpIn {
                sequence: n,
                timestamp: u32::from(n) * 120,
                payload: &payload,
            },
        );
    }
    assert!(
        receiver.stats().discarded >= BUFFER_CAPACITY_PACKETS as u64 - 1,
        "{:?}",
        receiver.stats()
    );
}
