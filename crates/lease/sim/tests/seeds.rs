//! Fleets of some hundred seeds are clean, and every fault that can be planted is found.
#![expect(clippy::panic, reason = "tests fail by panicking")]

use troupe_lease_sim::{Fault, Options, Sweep, run, run_traced};

/// Seeds that are always played; `cargo run --release -p troupe-lease-sim` plays 100 000.
const SEEDS: u64 = 500;
/// Seeds within which a planted fault is found.
const SEEDS_PLANTED: u64 = 5_000;

#[test]
fn fleets_are_clean() {
    let progress = Sweep::of(SEEDS).play(|_| {});
    if let Some(failure) = progress.failures.first() {
        let (_, trace) = run_traced(failure.seed, None);
        panic!(
            "{:?}\n{}\n{}",
            Options::draw(failure.seed),
            trace.join("\n"),
            failure.violation
        );
    }
    assert_eq!(progress.played, SEEDS);
    // What is not played is not checked.
    let report = progress.report;
    let counts = [
        report.takeovers,
        report.entries,
        report.entries_late,
        report.refusals,
        report.given_up,
    ];
    assert!(counts.iter().all(|count| *count > 0), "{report:?}");
}

#[test]
fn a_seed_stands_for_one_fleet() {
    let (first, second) = (run(7, None), run(7, None));
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
}

#[test]
fn every_planted_fault_is_found() {
    for fault in Fault::ALL {
        let sweep = Sweep {
            fault: Some(fault),
            failures_max: 1,
            ..Sweep::of(SEEDS_PLANTED)
        };
        let progress = sweep.play(|_| {});
        assert!(
            !progress.failures.is_empty(),
            "{fault:?} is not found in {SEEDS_PLANTED} fleets"
        );
    }
}
