//! As many seeds of the simulator as asked for: `cargo bench -p troupe-rtc --bench simulate -- 10000 [first]`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints its figures or fails"
)]

#[path = "../tests/simulator/check.rs"]
mod check;
#[path = "../tests/simulator/network.rs"]
mod network;
#[path = "../tests/simulator/run.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod run;
#[path = "../tests/simulator/signal.rs"]
mod signal;

use std::panic::catch_unwind;
use std::time::Instant;

fn main() {
    let mut numbers = std::env::args().filter_map(|word| word.parse::<u64>().ok());
    let (count, first) = (numbers.next().unwrap_or(1_000), numbers.next().unwrap_or(0));
    let start = Instant::now();
    let failed: Vec<u64> = (first..first + count)
        .filter(|seed| {
            let seed = *seed;
            catch_unwind(move || check::check(&run::run(seed))).is_err()
        })
        .collect();
    println!(
        "{count} seeds from {first} in {:.0} s; failed: {failed:?}",
        start.elapsed().as_secs_f64()
    );
    assert!(failed.is_empty());
}
