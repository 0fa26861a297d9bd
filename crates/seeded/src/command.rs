//! The command of a simulator: many seeds on all cores, or one with every step.
#![expect(clippy::print_stdout, reason = "a command prints what it found")]

use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use clap::{CommandFactory, FromArgMatches, Parser};

use crate::{Play, Progress, Sweep};

/// Time between two lines of progress.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

#[derive(Debug, Parser)]
struct Args {
    /// How many seeds to play.
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
    /// Plants this fault, to see how it is found.
    #[arg(long)]
    fault: Option<String>,
}

/// Does what the arguments of this process say; fails if something happened that should not have.
pub fn command<P: Play>() -> ExitCode {
    let mut command = Args::command().about(P::ABOUT);
    let matches = command.get_matches_mut();
    let args = match Args::from_arg_matches(&matches) {
        Ok(args) => args,
        Err(error) => error.format(&mut command).exit(),
    };
    let fault = match args.fault.as_deref().map(fault::<P>).transpose() {
        Ok(fault) => fault,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let is_clean = match args.seed {
        Some(seed) => play_one::<P>(seed, fault),
        None => play_many::<P>(&args, fault),
    };
    ExitCode::from(u8::from(!is_clean))
}

fn fault<P: Play>(name: &str) -> Result<P::Fault, String> {
    let mut all = P::faults().iter().copied();
    let found = all.find(|fault| format!("{fault:?}") == name);
    found.ok_or_else(|| format!("no fault is called {name}; there are {:?}", P::faults()))
}

fn play_one<P: Play>(seed: u64, fault: Option<P::Fault>) -> bool {
    let (result, trace) = P::trace(seed, fault);
    println!("{}\n{trace}", P::describe(seed));
    match &result {
        Ok(report) => println!("clean: {report:?}"),
        Err(violation) => println!("{violation}"),
    }
    result.is_ok()
}

fn play_many<P: Play>(args: &Args, fault: Option<P::Fault>) -> bool {
    let usual = Sweep::<P>::of(args.seeds);
    let sweep = Sweep {
        from: args.from,
        threads: args.threads.unwrap_or(usual.threads),
        fault,
        ..usual
    };
    let began = Instant::now();
    let told = Mutex::new((began, 0));
    let progress = sweep.play(|progress| tell(progress, &sweep, began, &told));
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{} seeds from {}, {} failures, {seconds:.1} s, {:.0} seeds a second\n{}",
        progress.played,
        args.from,
        progress.failures.len(),
        progress.played as f64 / seconds,
        P::summary(&progress.report)
    );
    progress.failures.is_empty()
}

fn tell<P: Play>(progress: &Progress<P>, sweep: &Sweep<P>, began: Instant, told: &Mutex<(Instant, usize)>) {
    let Ok(mut told) = told.lock() else { return };
    for failure in progress.failures.iter().skip(told.1) {
        println!("{}\n  {}", P::describe(failure.seed), failure.violation);
        let planted = sweep
            .fault
            .map_or(String::new(), |fault| format!(" --fault {fault:?}"));
        let (package, seed) = (P::PACKAGE, failure.seed);
        println!("  to see it: cargo run --release -p {package} -- --seed {seed}{planted}");
    }
    told.1 = progress.failures.len();
    if told.0.elapsed() >= PROGRESS_EVERY {
        told.0 = Instant::now();
        let rate = progress.played as f64 / began.elapsed().as_secs_f64();
        eprintln!("{} of {} seeds, {rate:.0} a second", progress.played, sweep.seeds);
    }
}
