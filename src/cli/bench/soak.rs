//! `troupe bench soak`: rooms that come and go for a long time; does the worker keep anything of them?

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::call::{Manner, Plan};
use super::rig::{Site, TargetArgs};
use super::split::Split;
use super::worker::WorkerProcess;
use super::written::ReportArgs;
use crate::cli::{Context, Failure, Output};
use crate::evaluation::caller::{RoomRun, Summary, Utterance, tenths};
use crate::evaluation::process::Taken;
use crate::evaluation::slope::slope;

/// Longest wait for a reply, s: one that is merely late is none that is missed.
const REPLY_S: f64 = 30.0;
/// Rooms of a round don't all begin at once: they do within this part of it.
const SPREAD: f64 = 0.1;
/// No further room begins after this part of a round.
const LAST_CALL: f64 = 0.75;
/// Rounds that fill what is kept for ever, before anything is counted.
const WARM_UP: usize = 3;
/// A microphone that was late by so much, ms, has torn what was said: what nobody could hear is not the worker's miss.
const TORN_MS: f64 = 100.0;
/// Misses that are told one by one.
const TOLD_MAX: usize = 100;
/// Time in which sockets and tasks of the last rooms say goodbye, and the worker gives back what they took.
const GOODBYE: Duration = Duration::from_secs(10);
/// Time for the last room to be gone.
const SETTLE_MAX: Duration = Duration::from_secs(30);

/// Flags of `troupe bench soak`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Recordings (WAV or FLAC), a turn each, or folders with a manifest.json [default: a shipped question]
    #[arg(value_name = "PATH")]
    recordings: Vec<PathBuf>,
    #[command(flatten)]
    target: TargetArgs,
    /// Rooms at once
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=500))]
    rooms: u16,
    /// How long; five rounds at least
    #[arg(long, value_name = "MINUTES", default_value_t = 60)]
    minutes: u64,
    /// Turns in a room before it ends and another one begins
    #[arg(long, value_name = "N", default_value_t = 4)]
    turns: usize,
    /// How long rooms come and go before all are gone and the worker is looked at
    #[arg(long, value_name = "SECONDS", default_value_t = 200)]
    round: u64,
    /// What the worker's allocated memory may grow by, MiB an hour; fails when it is more
    #[arg(long, value_name = "MIB", default_value_t = 1.0)]
    growth_max: f64,
    #[command(flatten)]
    report: ReportArgs,
}

/// What is counted while no room is open.
struct Reading {
    after: Duration,
    taken: Taken,
}

/// What came of all talks so far.
#[derive(Default)]
struct Talks {
    rooms: usize,
    turns: usize,
    missed: usize,
    /// Those of them whose caller's own microphone was late.
    torn: usize,
    /// Where they were.
    misses: Vec<Value>,
    delays_ms: Vec<f64>,
    /// Why rooms came to nothing, and how often.
    errors: BTreeMap<String, usize>,
}

impl Talks {
    fn add(&mut self, run: RoomRun) {
        self.rooms += 1;
        self.turns += run.turns.len();
        for turn in &run.turns {
            match turn.latency_ms {
                Some(ms) => self.delays_ms.push(ms),
                None => {
                    self.missed += 1;
                    self.torn += usize::from(run.mic_late_ms >= TORN_MS);
                    if self.misses.len() < TOLD_MAX {
                        self.misses.push(json!({
                            "room": run.room, "turn": turn.turn, "at": turn.eos, "mic_late_ms": tenths(run.mic_late_ms),
                            "psi_pct": turn.psi_pct,
                        }));
                    }
                }
            }
        }
        if let Some(error) = run.error {
            *self.errors.entry(error).or_default() += 1;
        }
    }
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let writing = args.report.open()?;
    let utterances = Utterance::read(&args.recordings).map_err(Failure::failed)?;
    let split = Split::start(&args.target, args.rooms.into(), &context).await?;
    let output = context.output;
    let section = split
        .measure(&context, async |site, worker| {
            soak(&args, site, worker, &utterances, output).await
        })
        .await?;
    let verdict = verdict(&section, args.growth_max);
    let target = args.target.described();
    writing.finish(
        output,
        "Rooms that come and go",
        json!({ "cmd": "troupe bench soak", "env": [], "target": target, "soak": section }),
    )?;
    verdict
}

async fn soak(
    args: &Args,
    site: &Site,
    worker: &WorkerProcess,
    utterances: &[Utterance],
    output: Output,
) -> Value {
    let began = Instant::now();
    let until = began + Duration::from_secs(60 * args.minutes);
    let slots = usize::from(args.rooms);
    let manner = Manner::among_many(utterances, REPLY_S);
    let span = Duration::from_secs(args.round);
    let (mut readings, mut talks) = (Vec::new(), Talks::default());
    for round in 0.. {
        let last_call = Instant::now() + span.mul_f64(LAST_CALL);
        let rooms = (0..slots).map(|slot| async move {
            sleep(span.mul_f64(SPREAD * slot as f64 / slots as f64)).await;
            let mut runs = Vec::new();
            while Instant::now() < last_call {
                let number = ((round * slots + slot) * 1000 + runs.len()) as u64;
                runs.push(site.call(number, Plan::Talk(args.turns), manner).await);
            }
            runs
        });
        for run in futures::future::join_all(rooms).await.into_iter().flatten() {
            talks.add(run);
        }
        settle(worker).await;
        if let Some(taken) = worker.taken() {
            output.progress(format_args!(
                "{:3.0} of {} min: {} rooms, {} turns, {} without a reply; {:.2} MB allocated, {:.1} MB with pages of files, {} \
                 files, {} threads",
                began.elapsed().as_secs_f64() / 60.0,
                args.minutes,
                talks.rooms,
                talks.turns,
                talks.missed,
                taken.anon_mb,
                taken.pss_mb,
                taken.files,
                taken.threads,
            ));
            let after = began.elapsed();
            readings.push(Reading { after, taken });
        }
        if Instant::now() + span / 2 > until && readings.len() >= WARM_UP + 2 {
            break;
        }
    }
    told(args, &readings, &talks, &worker.turns().await)
}

/// Until the worker plays no room any more.
async fn settle(worker: &WorkerProcess) {
    let until = Instant::now() + SETTLE_MAX;
    while Instant::now() < until && worker.rooms().await != Some(0) {
        sleep(Duration::from_millis(500)).await;
    }
    sleep(GOODBYE).await;
}

fn told(args: &Args, readings: &[Reading], talks: &Talks, outcomes: &BTreeMap<String, u64>) -> Value {
    let counted = readings.get(WARM_UP..).unwrap_or_default();
    let hours = |reading: &Reading| reading.after.as_secs_f64() / 3600.0;
    let growth = |of: fn(&Taken) -> f64| {
        let points: Vec<(f64, f64)> = counted.iter().map(|one| (hours(one), of(&one.taken))).collect();
        slope(&points).map(|slope| (slope * 100.0).round() / 100.0)
    };
    let unanswered: u64 = outcomes
        .iter()
        .filter(|(outcome, _)| *outcome != "answered")
        .map(|(_, count)| count)
        .sum();
    let ends = |of: fn(&Taken) -> u64| {
        let of = |reading: Option<&Reading>| reading.map(|reading| of(&reading.taken));
        json!([of(counted.first()), of(counted.last())])
    };
    json!({
        "rooms": args.rooms,
        "minutes": readings.last().map(|reading| tenths(reading.after.as_secs_f64() / 60.0)),
        "talks": talks.rooms,
        "turns": talks.turns,
        "missed": talks.missed,
        "outcomes": outcomes,
        "missed_by_late_callers": talks.torn,
        "missed_without_reason": ((talks.missed - talks.torn) as u64).saturating_sub(unanswered),
        "misses": talks.misses,
        "latency": Summary::of(talks.delays_ms.iter().copied()),
        "errors": talks.errors,
        "growth_mib_per_h": growth(|taken| taken.anon_mb),
        "pss_growth_mib_per_h": growth(|taken| taken.pss_mb),
        "files": ends(|taken| taken.files),
        "threads": ends(|taken| taken.threads),
        "readings": readings.iter().map(|reading| json!({
            "minute": tenths(reading.after.as_secs_f64() / 60.0),
            "counted": counted.first().is_some_and(|first| first.after <= reading.after),
            "taken": reading.taken,
        })).collect::<Vec<_>>(),
    })
}

/// Fails when something was kept, or a turn was missed and nothing says why.
fn verdict(section: &Value, growth_max: f64) -> Result<(), Failure> {
    let mut faults = Vec::new();
    match section["growth_mib_per_h"].as_f64() {
        Some(growth) if growth < growth_max => {}
        Some(growth) => faults.push(format!("memory grows by {growth} MiB an hour")),
        None => faults.push("too few readings for a slope".to_owned()),
    }
    for what in ["files", "threads"] {
        let at = |place: usize| section[what][place].as_u64();
        if at(1) > at(0) {
            faults.push(format!("open {what} grew from {:?} to {:?}", at(0), at(1)));
        }
    }
    if section["missed_without_reason"].as_u64() != Some(0) {
        faults.push("turns were missed without a recorded reason".to_owned());
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::failed(faults.join("; "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_told() {
        let good = json!({ "growth_mib_per_h": 0.4, "files": [30, 30], "threads": [9, 9], "missed_without_reason": 0 });
        assert!(verdict(&good, 1.0).is_ok());
        for (field, value, expect) in [
            ("growth_mib_per_h", json!(1.5), "memory grows"),
            ("growth_mib_per_h", Value::Null, "too few readings"),
            ("files", json!([30, 31]), "files grew"),
            ("missed_without_reason", json!(1), "without a recorded reason"),
        ] {
            let mut bad = good.clone();
            bad[field] = value;
            let told = verdict(&bad, 1.0).err().map(|failure| failure.to_string());
            assert!(
                told.as_ref().is_some_and(|told| told.contains(expect)),
                "{field}: {told:?}"
            );
        }
    }
}
