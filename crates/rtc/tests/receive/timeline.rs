use crate::emulator::{Heard, Scene, spread};

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
