//! Plays fleets of many seeds on all cores, or one of them with every step.
#![expect(clippy::print_stdout, reason = "a command prints what it found")]

use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use clap::Parser;
use troupe_lease_sim::{Fault, Options, Progress, Sweep, run_traced};

/// Time between two lines of progress.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

/// Looks for faults in the leases: plays fleets drawn from seeds on virtual time.
#[derive(Debug, Parser)]
struct Args {
    /// Fleets to play.
    #[arg(long, default_value_t = 100_000)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Plays this seed alone and prints its steps.
    #[arg(long, conflicts_with_all = ["seeds", "from"])]
    seed: Option<u64>,
    /// Threads; all cores unless told otherwise.
    #[arg(long)]
    threads: Option<usize>,
    /// Plants this fault into the decisions, to see how it is found.
    #[arg(long, value_parser = fault)]
    fault: Option<Fault>,
}

fn fault(name: &str) -> Result<Fault, String> {
    let mut all = Fault::ALL.into_iter();
    let found = all.find(|fault| format!("{fault:?}") == name);
    found.ok_or_else(|| format!("no fault is called {name}; there are {:?}", Fault::ALL))
}

fn main() -> ExitCode {
    let args = Args::parse();
    let is_clean = match args.seed {
        Some(seed) => play_one(seed, args.fault),
        None => play_many(&args),
    };
    ExitCode::from(u8::from(!is_clean))
}

fn play_one(seed: u64, fault: Option<Fault>) -> bool {
    let (result, trace) = run_traced(seed, fault);
    println!("{:?}\n{}", Options::draw(seed), trace.join("\n"));
    match &result {
        Ok(report) => println!("clean: {report:?}"),
        Err(violation) => println!("{violation}"),
    }
    result.is_ok()
}

fn play_many(args: &Args) -> bool {
    let usual = Sweep::of(args.seeds);
    let sweep = Sweep {
        from: args.from,
        threads: args.threads.unwrap_or(usual.threads),
        fault: args.fault,
        ..usual
    };
    let began = Instant::now();
    let told = Mutex::new((began, 0));
    let progress = sweep.play(|progress| tell(progress, args, began, &told));
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{} seeds from {}, {} failures, {seconds:.1} s, {:.0} seeds a second\n{:?}",
        progress.played,
        args.from,
        progress.failures.len(),
        progress.played as f64 / seconds,
        progress.report
    );
    progress.failures.is_empty()
}

fn tell(progress: &Progress, args: &Args, began: Instant, told: &Mutex<(Instant, usize)>) {
    let Ok(mut told) = told.lock() else { return };
    for failure in progress.failures.iter().skip(told.1) {
        println!("seed {}: {}", failure.seed, failure.violation);
    }
    told.1 = progress.failures.len();
    if told.0.elapsed() >= PROGRESS_EVERY {
        told.0 = Instant::now();
        let rate = progress.played as f64 / began.elapsed().as_secs_f64();
        eprintln!("{} of {} seeds, {rate:.0} a second", progress.played, args.seeds);
    }
}
