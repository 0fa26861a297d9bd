use crate::emulator::{Scene, spread};

/// Everything from `at` seconds on is changed.
fn changed(scene: &Scene, at: f64, change: impl Fn(&mut crate::emulator::Flight)) -> crate::emulator::Heard {
    let (mut flights, _) = scene.packets();
    flights
        .iter_mut()
        .filter(|flight| flight.arrival >= at)
        .for_each(change);
    scene.play(flights)
}

#[test]
fn a_sender_that_begins_anew_is_followed() {
    for (sequence, timestamp) in [
        (0, 99_999_999),
        (30_000, 0),
        (40_000, 1 << 31),
        (200, u32::MAX / 3),
    ] {
        let scene = Scene::default();
        let heard = changed(&scene, 10.005, |flight| {
            flight.sequence = flight.sequence.wrapping_add(sequence);
            flight.timestamp = flight.timestamp.wrapping_add(timestamp);
        });
        let offsets = heard.offsets_ms(&scene);
        assert!(
            offsets.len() >= scene.marks().len() - 1,
            "{sequence} {timestamp}: {:?}",
            heard.stats
        );
        assert!(spread(&offsets) < 25.0, "{sequence} {timestamp}: {offsets:.1?}");
        assert_eq!(heard.stats.resyncs, 2);
    }
}

#[test]
fn a_sender_whose_time_stands_still_while_it_pauses_is_followed() {
    for pause in [0.1, 0.3, 0.6, 5.0] {
        let scene = Scene {
            seconds: 40.0,
            ..Scene::default()
        };
        let (mut flights, _) = scene.packets();
        flights.retain(|flight| flight.arrival < 30.0);
        flights
            .iter_mut()
            .filter(|flight| flight.arrival > 10.0)
            .for_each(|flight| flight.arrival += pause);
        let heard = scene.play(flights);
        assert_eq!(heard.stats.lost, 0, "{pause} s: {:?}", heard.stats);
        assert!(heard.stats.delay_ms < 60, "{pause} s: {:?}", heard.stats);
        let before = heard.onsets().iter().filter(|onset| **onset < 10.0).count();
        assert_eq!((before, heard.onsets().len()), (20, 60), "{pause} s");
    }
}
