use crate::emulator::{Scene, spread};
use std::time::{Duration, Instant};
use troupe_rtc::opus::{Channels, Format, Rate};
use troupe_rtc::receive::{ImmediateReceiver, Played, ReceiverStats, RtpIn};

struct Told {
    /// Seconds at which it was told.
    at: f64,
    kind: Played,
    samples: u64,
    media: Option<u64>,
    captured_at: Instant,
    peak: u16,
}

const WIDE: Format = Format {
    channels: Channels::Mono,
    rate: Rate::Wide,
};

fn tell(
    scene: &Scene,
    change: impl Fn(&mut Vec<crate::emulator::Flight>),
) -> (Vec<Told>, ReceiverStats, Instant) {
    tell_at(Channels::Mono.into(), scene, change)
}

fn tell_at(
    format: Format,
    scene: &Scene,
    change: impl Fn(&mut Vec<crate::emulator::Flight>),
) -> (Vec<Told>, ReceiverStats, Instant) {
    let (mut flights, _) = scene.packets();
    change(&mut flights);
    let mut receiver = ImmediateReceiver::new(format).unwrap();
    let epoch = Instant::now();
    let at = |seconds: f64| epoch + Duration::from_secs_f64(seconds);
    let mut told = Vec::new();
    let mut flights = flights.into_iter().peekable();
    for tick in 0..(scene.seconds * 200.0) as u32 {
        let now = f64::from(tick) * 0.005;
        while let Some(flight) = flights.next_if(|flight| flight.arrival <= now) {
            let arrival = flight.arrival;
            let packet = RtpIn {
                sequence: flight.sequence,
                timestamp: flight.timestamp,
                payload: &flight.payload,
            };
            receiver.push(at(arrival), packet, &mut |piece| told.push(note(arrival, &piece)));
        }
        if receiver.deadline().is_some_and(|due| due <= at(now)) {
            receiver.poll(at(now), &mut |piece| told.push(note(now, &piece)));
        }
    }
    (told, receiver.stats(), epoch)
}

fn note(at: f64, piece: &troupe_rtc::receive::Piece<'_>) -> Told {
    Told {
        at,
        kind: piece.kind,
        samples: piece.length() as u64,
        media: piece.media_samples,
        captured_at: piece.captured_at,
        peak: piece
            .pcm
            .iter()
            .map(|sample| sample.unsigned_abs())
            .max()
            .unwrap_or(0),
    }
}

/// Media time strictly grows and nothing is told twice; the time of capture never falls.
fn check_order(told: &[Told], context: &str) {
    let (mut end, mut captured) = (0, None);
    for piece in told {
        assert!(captured.is_none_or(|at| piece.captured_at >= at), "{context}");
        captured = Some(piece.captured_at);
        if let Some(media) = piece.media {
            assert!(media >= end, "{media} after {end}: {context}");
            end = media + piece.samples;
        }
    }
}

#[test]
fn a_packet_is_told_the_moment_it_comes() {
    let scene = Scene::default();
    let (told, stats, epoch) = tell(&scene, |_| {});
    assert_eq!(
        (stats.lost, stats.concealed_samples, stats.expanded_samples),
        (0, 0, 0),
        "{stats:?}"
    );
    check_order(&told, "perfect");
    for piece in told.iter().filter(|piece| piece.kind == Played::Speech) {
        // A packet of 20 ms and a way of 30 ms; nothing else.
        let media = piece.media.unwrap() as f64 / 48_000.0;
        let age = piece.at - media;
        assert!((0.035..0.0501).contains(&age), "{age}");
        // The way itself cannot be known.
        let captured = piece.captured_at.duration_since(epoch).as_secs_f64();
        assert!((captured - media - 0.03).abs() < 0.001, "{captured} {media}");
    }
}

#[test]
fn ten_minutes_of_capture_times_stay_true() {
    for drift_ppm in [-100.0, 100.0] {
        let scene = Scene {
            seconds: 600.0,
            dtx: true,
            jitter_ms: 8.0,
            drift_ppm,
            ..Scene::default()
        };
        let (told, _, epoch) = tell(&scene, |_| {});
        check_order(&told, "ten minutes");
        let skews: Vec<f64> = told
            .iter()
            .filter(|piece| piece.kind == Played::Speech)
            .map(|piece| {
                let spoken = piece.media.unwrap() as f64 / 48_000.0 * scene.sender_rate();
                piece.captured_at.duration_since(epoch).as_secs_f64() - spoken
            })
            .collect();
        let skew_ms = spread(&skews) * 1000.0;
        eprintln!("{drift_ppm} ppm: {skew_ms:.2} ms");
        assert!(skew_ms < 10.0, "{skew_ms}: {scene:?}");
    }
}

#[test]
fn time_is_monotonic_and_nothing_is_told_twice_on_any_network() {
    for seed in 0..200 {
        let mut random = fastrand::Rng::with_seed(seed);
        let scene = Scene {
            seed,
            seconds: 8.0,
            loss: random.f64() * 0.3,
            duplicates: random.f64() * 0.2,
            jitter_ms: random.f64() * 250.0,
            drift_ppm: random.f64() * 400.0 - 200.0,
            dtx: random.bool(),
            fec: random.bool(),
            first_sequence: random.u16(..),
            first_timestamp: random.u32(..),
            ..Scene::default()
        };
        let (wide, wide_stats, _) = tell_at(WIDE, &scene, |_| {});
        check_order(&wide, &format!("at 16 kHz: {scene:?}"));
        let (told, stats, _) = tell(&scene, |_| {});
        check_order(&told, &format!("{scene:?}"));
        assert_eq!(
            (stats.lost, stats.late),
            (wide_stats.lost, wide_stats.late),
            "{scene:?}"
        );
        for piece in told.iter().filter(|piece| piece.kind == Played::Speech) {
            let age = piece.at - piece.media.unwrap() as f64 / 48_000.0;
            // Packet, way, jitter, and the longest patience.
            let bound = 0.05 + scene.jitter_ms / 1000.0 + 0.2 + 0.01;
            assert!(age < bound, "{age} {scene:?} {stats:?}");
        }
    }
}

#[test]
fn a_lost_packet_is_given_up_when_the_next_one_is_there() {
    let scene = Scene {
        fec: true,
        ..Scene::default()
    };
    let (told, stats, _) = tell(&scene, |flights| {
        flights.retain(|flight| flight.sequence % 10 != 3)
    });
    check_order(&told, "one in ten");
    let spoken: u64 = told
        .iter()
        .filter(|piece| piece.kind != Played::Expanded)
        .map(|piece| piece.samples)
        .sum();
    assert!(spoken >= 960 * 990, "{spoken} {stats:?}");
    assert!(stats.recovered_samples > stats.concealed_samples, "{stats:?}");
    let latest = told
        .iter()
        .filter(|piece| piece.kind == Played::Speech)
        .map(|piece| piece.at - piece.media.unwrap() as f64 / 48_000.0)
        .fold(0.0, f64::max);
    assert!(latest < 0.075, "{latest}");
}

#[test]
fn silence_is_told_while_it_lasts() {
    let scene = Scene {
        dtx: true,
        seconds: 10.0,
        ..Scene::default()
    };
    let (told, _, _) = tell(&scene, |_| {});
    for second in 1..9 {
        let from = f64::from(second);
        let samples: u64 = told
            .iter()
            .filter(|piece| (from..from + 1.0).contains(&piece.at))
            .map(|piece| piece.samples)
            .sum();
        assert!(samples.abs_diff(48_000) < 4_800, "second {second}: {samples}");
    }
}

#[test]
fn nothing_that_comes_late_is_lost_after_a_stall() {
    for stall in [0.3, 0.6, 1.5] {
        let scene = Scene::default();
        let (told, stats, _) = tell(&scene, |flights| {
            for flight in flights
                .iter_mut()
                .filter(|flight| (5.0..5.0 + stall).contains(&flight.arrival))
            {
                flight.arrival = 5.0 + stall;
            }
        });
        check_order(&told, "stall");
        assert_eq!((stats.lost, stats.late, stats.discarded), (0, 0, 0), "{stats:?}");
        let last = told.iter().rfind(|piece| piece.kind == Played::Speech).unwrap();
        assert!(
            last.at - (last.media.unwrap() as f64 / 48_000.0) < 0.06,
            "{stall}"
        );
    }
}

#[test]
fn a_sender_that_begins_anew_goes_on_in_media_time() {
    let scene = Scene::default();
    let (told, stats, _) = tell(&scene, |flights| {
        for flight in flights.iter_mut().filter(|flight| flight.arrival > 10.0) {
            flight.sequence = flight.sequence.wrapping_add(30_000);
            flight.timestamp = flight.timestamp.wrapping_add(1 << 30);
        }
    });
    check_order(&told, "restart");
    assert_eq!(stats.resyncs, 2);
    let end = told.iter().filter_map(|piece| piece.media).max().unwrap() as f64 / 48_000.0;
    assert!((19.5..20.5).contains(&end), "{end}");
    assert!(told.iter().any(|piece| piece.peak > 6_500));
}

#[test]
fn the_lower_rate_tells_the_same_at_the_same_times() {
    let scene = Scene {
        loss: 0.1,
        jitter_ms: 20.0,
        fec: true,
        dtx: true,
        ..Scene::default()
    };
    let summary = |format| {
        let (told, ..) = tell_at(format, &scene, |_| {});
        let pieces = told.iter().map(|piece| (piece.media, piece.kind, piece.samples));
        pieces.collect::<Vec<_>>()
    };
    assert_eq!(summary(WIDE), summary(Channels::Mono.into()));
}

#[test]
fn the_lower_rate_sounds_the_same() {
    let scene = Scene::default();
    let loudest = |format| {
        let (told, ..) = tell_at(format, &scene, |_| {});
        // By tenths of a second, since the two decoders' delays differ by less than a millisecond.
        let mut peaks = vec![0; 201];
        for piece in &told {
            let tenth = piece.media.unwrap() as usize / 4_800;
            peaks[tenth] = piece.peak.max(peaks[tenth]);
        }
        peaks
    };
    for (tenth, (wide, full)) in loudest(WIDE)
        .into_iter()
        .zip(loudest(Channels::Mono.into()))
        .enumerate()
    {
        let most = full.max(wide);
        assert!(
            full.abs_diff(wide) <= most / 4 + 300,
            "{tenth}: {wide} for {full}"
        );
    }
}
