use crate::emulator::{Heard, Scene, spread};
use std::time::{Duration, Instant};
use troupe_rtc::opus::{Channels, Decoder, Encoded, Encoder, EncoderConfig};
use troupe_rtc::receive::{FRAME_SAMPLES, Receiver, ReceiverConfig, RtpIn};

fn check(scene: &Scene, skip: usize, spread_ms_max: f64) -> (Heard, Vec<f64>) {
    let heard = scene.run();
    let offsets = heard.offsets_ms(scene);
    let marks = scene.marks().len();
    eprintln!(
        "{scene:?}\n{:?}\n{} of {marks}: {offsets:.1?}",
        heard.stats,
        offsets.len()
    );
    assert!(
        offsets.len() == marks,
        "{} of {marks} marks heard: {scene:?} {:?}",
        offsets.len(),
        heard.stats
    );
    let settled = offsets[skip..].to_vec();
    let spread = spread(&settled);
    assert!(
        spread < spread_ms_max,
        "marks spread over {spread:.1} ms: {scene:?} {settled:.1?}"
    );
    (heard, settled)
}

#[test]
fn a_perfect_network_costs_the_least_delay() {
    let scene = Scene {
        seconds: 60.0,
        ..Scene::default()
    };
    let (heard, offsets) = check(&scene, 0, 1.0);
    // 20 ms packet, 30 ms way, 20 ms delay, 6.5 ms codec, up to 10 ms for the pull's grid.
    assert!(
        offsets.iter().all(|offset| (70.0..90.0).contains(offset)),
        "{offsets:.1?}"
    );
    let stats = heard.stats;
    assert_eq!(
        (
            stats.lost,
            stats.late,
            stats.concealed_samples,
            stats.expanded_samples
        ),
        (0, 0, 0, 0)
    );
}

#[test]
fn silence_is_as_long_as_it_was() {
    for seed in 0..2 {
        for stops_when_idle in [false, true] {
            let scene = Scene {
                seed,
                seconds: 60.0,
                dtx: true,
                jitter_ms: 8.0,
                timer_ms: 3.0,
                ..Scene::default()
            };
            check(
                &Scene {
                    stops_when_idle,
                    ..scene
                },
                1,
                10.0,
            );
        }
    }
}

#[test]
fn clocks_that_drift_apart_stay_together() {
    for drift_ppm in [-200.0, 200.0] {
        for dtx in [false, true] {
            let scene = Scene {
                seconds: 60.0,
                dtx,
                jitter_ms: 5.0,
                drift_ppm,
                ..Scene::default()
            };
            check(&scene, 1, 10.0);
        }
    }
}

/// Ten minutes with pauses and clocks that drift apart move nothing by 10 ms.
#[test]
fn ten_minutes_stay_true() {
    for drift_ppm in [-100.0, 100.0] {
        let scene = Scene {
            seconds: 600.0,
            dtx: true,
            jitter_ms: 8.0,
            timer_ms: 3.0,
            stops_when_idle: true,
            drift_ppm,
            ..Scene::default()
        };
        check(&scene, 1, 10.0);
    }
}

#[test]
fn time_stays_true_on_a_rough_network() {
    for seed in 0..3 {
        let scene = Scene {
            seed,
            seconds: 60.0,
            loss: 0.05,
            jitter_ms: 30.0,
            drift_ppm: 100.0,
            dtx: true,
            fec: true,
            stops_when_idle: true,
            timer_ms: 5.0,
            ..Scene::default()
        };
        let heard = scene.run();
        let offsets = heard.offsets_ms(&scene);
        assert!(
            offsets.len() * 10 > scene.marks().len() * 9,
            "{scene:?} {offsets:.1?}"
        );
        // A lost packet may take the beginning of a mark (20 ms) with it; the middle ones of ten are whole.
        let mut sorted = offsets[8..].to_vec();
        sorted.sort_by(f64::total_cmp);
        let spread = spread(&sorted[..sorted.len() * 9 / 10]);
        eprintln!("{spread} {offsets:.1?}");
        assert!(spread < 15.0, "{scene:?} {offsets:.1?}");
    }
}

#[test]
fn numbers_and_timestamps_may_wrap() {
    let scene = Scene {
        first_sequence: 65_500,
        first_timestamp: u32::MAX - 48_000 * 5,
        ..Scene::default()
    };
    let (heard, _) = check(&scene, 0, 1.0);
    assert_eq!((heard.stats.lost, heard.stats.resyncs), (0, 1));
}

#[test]
fn swapped_and_doubled_packets_are_put_right() {
    for seed in 0..4 {
        let scene = Scene {
            seed,
            jitter_ms: 60.0,
            duplicates: 0.2,
            seconds: 30.0,
            ..Scene::default()
        };
        let heard = scene.run();
        let Heard { stats, .. } = &heard;
        eprintln!("{stats:?}");
        assert!(stats.duplicated > 200, "{scene:?} {stats:?}");
        assert!(stats.lost < 30, "{scene:?} {stats:?}");
        let offsets = heard.offsets_ms(&scene);
        assert!(spread(&offsets[10..]) < 25.0, "{scene:?} {offsets:.1?}");
    }
}

/// Packets of any length, mono and stereo, come out sample for sample as the codec gives them.
#[test]
fn frames_are_played_in_order_and_whole() {
    for channels in [Channels::Mono, Channels::Stereo] {
        for frame_ms in [10, 20, 40, 60] {
            let mut encoder = Encoder::new(EncoderConfig {
                channels,
                dtx: false,
                ..EncoderConfig::default()
            })
            .unwrap();
            let mut decoder = Decoder::new(channels).unwrap();
            let config = ReceiverConfig {
                channels,
                ..ReceiverConfig::default()
            };
            let mut receiver = Receiver::new(config).unwrap();
            let samples = frame_ms as usize * 48 * channels.count();
            let (mut sent, mut heard) = (Vec::new(), Vec::new());
            let mut now = Instant::now();
            for n in 0..40u16 {
                let pcm: Vec<i16> = (0..samples)
                    .map(|i| ((i * (31 + usize::from(n))) % 9_000) as i16)
                    .collect();
                let Encoded::Packet(payload) = encoder.encode(&pcm).unwrap() else {
                    unreachable!()
                };
                let mut decoded = vec![0; samples];
                decoder.decode(payload, &mut decoded).unwrap();
                sent.extend(decoded);
                let timestamp = u32::from(n) * frame_ms * 48;
                receiver.push(
                    now,
                    RtpIn {
                        sequence: n,
                        timestamp,
                        payload,
                    },
                );
                for _ in 0..frame_ms / 10 {
                    let mut out = vec![0; FRAME_SAMPLES * channels.count()];
                    receiver.pull(now, &mut out);
                    heard.extend(out);
                    now += Duration::from_millis(10);
                }
            }
            let delay = 20 * 48 * channels.count();
            assert!(
                heard[delay..] == sent[..sent.len() - delay],
                "{channels:?}, {frame_ms} ms"
            );
        }
    }
}
