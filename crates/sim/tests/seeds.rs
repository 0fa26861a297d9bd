//! Rooms of some thousand seeds are clean, and a seed gives the same room every time.
#![expect(clippy::panic, reason = "tests fail by panicking")]

use troupe_sim::{Options, Sweep, run, run_traced};

/// Seeds that are always played; `cargo run --release -p troupe-sim` plays 100 000.
const SEEDS: u64 = 3_000;

#[test]
fn rooms_are_clean() {
    let progress = Sweep::of(SEEDS).play(|_| {});
    if let Some(failure) = progress.failures.first() {
        let (_, trace) = run_traced(failure.seed, None);
        panic!("{}\n{trace}{}", Options::draw(failure.seed), failure.violation);
    }
    assert_eq!(progress.played, SEEDS);
    // What is not played is not checked.
    let counters = progress.report.counters;
    let counts = [
        counters.plans_kept,
        counters.plans_dropped,
        counters.turns_continued,
        counters.turns_answered,
        counters.backchannels,
        counters.false_interruptions,
        counters.interruptions,
        counters.overdue,
    ];
    assert!(counts.iter().all(|count| *count > 100), "{counters:?}");
}

#[test]
fn a_seed_gives_the_same_room_twice() {
    for seed in 0..20 {
        let (one, other) = (run(seed, None), run(seed, None));
        assert_eq!(format!("{one:?}"), format!("{other:?}"));
    }
}
