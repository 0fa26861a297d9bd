use crate::emulator::Scene;
use troupe_rtc::receive::Played;

#[test]
fn what_is_lost_is_made_up_and_nothing_else() {
    for (seed, loss) in [(1, 0.02), (2, 0.05), (3, 0.1), (4, 0.2)] {
        let scene = Scene {
            seed,
            loss,
            seconds: 30.0,
            jitter_ms: 5.0,
            ..Scene::default()
        };
        let heard = scene.run();
        let stats = heard.stats;
        eprintln!("{} dropped: {stats:?}", heard.dropped);
        assert!(
            stats.lost.abs_diff(heard.dropped) <= 2,
            "{scene:?}: {} dropped, {stats:?}",
            heard.dropped
        );
        let made_up = stats.recovered_samples + stats.concealed_samples + stats.expanded_samples;
        let lost = heard.dropped * 960;
        assert!(
            made_up.abs_diff(lost) < lost / 10 + 4_800,
            "{scene:?}: {lost} lost, {stats:?}"
        );
    }
}

#[test]
fn a_redundant_copy_replaces_a_lost_packet() {
    let scene = Scene {
        loss: 0.1,
        fec: true,
        seconds: 30.0,
        ..Scene::default()
    };
    let heard = scene.run();
    eprintln!("{} dropped: {:?}", heard.dropped, heard.stats);
    let recovered = heard.stats.recovered_samples / 960;
    // The encoder sends a copy of seven frames in ten; one in ten of those is lost too.
    assert!(
        recovered * 10 > heard.dropped * 5,
        "{recovered} of {}: {:?}",
        heard.dropped,
        heard.stats
    );
    assert!(heard.frames(Played::Recovered) > 0);
}

#[test]
fn a_lost_tail_fades_into_silence() {
    let scene = Scene {
        seconds: 4.0,
        ..Scene::default()
    };
    let (mut flights, _) = scene.packets();
    flights.retain(|flight| flight.arrival < 2.0);
    let heard = scene.play(flights);
    assert_eq!(heard.frames(Played::Expanded), 10);
    assert!(heard.pcm[48_000 * 5 / 2..].iter().all(|sample| *sample == 0));
}
