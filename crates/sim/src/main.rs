//! `troupe-sim [SEEDS] [FROM]`: plays rooms of that many seeds on all cores; prints what fails.
//! `troupe-sim trace SEED`: every step of one.
#![expect(clippy::print_stdout, reason = "a command prints what it found")]

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use troupe_sim::{Options, Report, run, run_traced};

/// Seeds unless told otherwise.
const SEEDS: u64 = 100_000;
/// Failures after which no more are looked for.
const FAILURES_MAX: u64 = 10;

fn main() -> ExitCode {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|first| first == "trace") {
        let seed = args.pop().and_then(|seed| seed.parse().ok()).unwrap_or(0);
        let (result, trace) = run_traced(seed, None);
        println!("{}\n{trace}{result:?}", Options::draw(seed));
        return ExitCode::from(u8::from(result.is_err()));
    }
    let number = |at: usize| args.get(at).and_then(|text: &String| text.parse::<u64>().ok());
    let (seeds, from) = (number(0).unwrap_or(SEEDS), number(1).unwrap_or(0));
    let began = Instant::now();
    let (next, failures) = (AtomicU64::new(0), AtomicU64::new(0));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let total = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| work(&next, &failures, from, seeds)))
            .collect();
        let reports = workers.into_iter().filter_map(|worker| worker.join().ok());
        reports.fold((Report::default(), 0), |(sum, count), (report, played)| {
            (add(sum, report), count + played)
        })
    });
    let (report, played) = total;
    println!(
        "{played} seeds, {} failures, {:.1} s; {} h of talk, {} inputs; {:?}",
        failures.load(Ordering::Relaxed),
        began.elapsed().as_secs_f64(),
        report.seconds / 3600,
        report.inputs,
        report.counters
    );
    ExitCode::from(u8::from(failures.into_inner() > 0))
}

fn work(next: &AtomicU64, failures: &AtomicU64, from: u64, seeds: u64) -> (Report, u64) {
    let (mut sum, mut played) = (Report::default(), 0);
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        if index >= seeds || failures.load(Ordering::Relaxed) >= FAILURES_MAX {
            return (sum, played);
        }
        played += 1;
        match run(from + index, None) {
            Ok(report) => sum = add(sum, report),
            Err(violation) => {
                failures.fetch_add(1, Ordering::Relaxed);
                println!("{}\n  {violation}", Options::draw(from + index));
            }
        }
    }
}

fn add(mut sum: Report, report: Report) -> Report {
    sum.inputs += report.inputs;
    sum.seconds += report.seconds;
    let (all, one) = (&mut sum.counters, report.counters);
    all.takes += one.takes;
    all.plans += one.plans;
    all.plans_kept += one.plans_kept;
    all.plans_dropped += one.plans_dropped;
    all.turns += one.turns;
    all.turns_continued += one.turns_continued;
    all.turns_answered += one.turns_answered;
    all.backchannels += one.backchannels;
    all.false_interruptions += one.false_interruptions;
    all.interruptions += one.interruptions;
    all.overdue += one.overdue;
    sum
}
