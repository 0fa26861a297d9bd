//! `troupe bench density`: what many rooms at once take, and what becomes of the delays.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep};

use super::call::{Manner, Plan};
use super::rig::{Site, TargetArgs};
use super::split::Split;
use super::worker::WorkerProcess;
use super::written::ReportArgs;
use crate::cli::{Context, Failure, Output};
use crate::evaluation::caller::{CallerRun, RoomRun, Utterance, tenths};
use crate::evaluation::process::Taken;

/// Longest wait for a reply, s.
const REPLY_S: f64 = 10.0;
/// Time between the starts of two rooms.
const STAGGER: Duration = Duration::from_millis(500);
/// Time for the last room to come in before anything is counted.
const SETTLE: Duration = Duration::from_secs(8);
/// Time between two readings.
const READ_EVERY: Duration = Duration::from_secs(2);
/// Time between two numbers of rooms: what was left behind is let go.
const REST: Duration = Duration::from_secs(5);

/// Flags of `troupe bench density`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Recordings (WAV or FLAC), a turn each, or folders with a manifest.json [default: a shipped question]
    #[arg(value_name = "PATH")]
    recordings: Vec<PathBuf>,
    #[command(flatten)]
    target: TargetArgs,
    /// Rooms at once, one number after another
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_values_t = [1, 5, 10])]
    rooms: Vec<usize>,
    /// Time that is counted for each number
    #[arg(long, value_name = "SECONDS", default_value_t = 45)]
    seconds: u64,
    #[command(flatten)]
    report: ReportArgs,
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let writing = args.report.open()?;
    let utterances = Utterance::read(&args.recordings).map_err(Failure::failed)?;
    let most = args.rooms.iter().copied().max().unwrap_or(1);
    let split = Split::start(&args.target, most, &context).await?;
    let output = context.output;
    let sections = split
        .measure(&context, async |site, worker| {
            measure(&args, site, worker, &utterances, output).await
        })
        .await?;
    writing.finish(output, "Many rooms at once", sections)
}

async fn measure(
    args: &Args,
    site: &Site,
    worker: &WorkerProcess,
    utterances: &[Utterance],
    output: Output,
) -> Value {
    sleep(REST).await;
    let idle = worker.taken();
    let mut load = Map::new();
    for count in &args.rooms {
        output.progress(format_args!("{count} rooms"));
        let manner = Manner::among_many(utterances, REPLY_S);
        let counted = Duration::from_secs(args.seconds);
        let lead = STAGGER * u32::try_from(*count).unwrap_or(u32::MAX) + SETTLE;
        let talks = (0..*count).map(|number| async move {
            sleep(STAGGER * u32::try_from(number).unwrap_or(u32::MAX)).await;
            // The last one begins last, and talks until the end as well.
            let seconds = (lead + counted).as_secs_f64();
            let number = (*count * 1000 + number) as u64;
            site.call(number, Plan::TalkFor(seconds), manner).await
        });
        let (rooms, readings) = tokio::join!(futures::future::join_all(talks), read(worker, lead, counted));
        let section = section(rooms, &readings, idle.as_ref(), *count);
        output.progress(format_args!("  {}", told(&section)));
        load.insert(count.to_string(), section);
        sleep(REST).await;
    }
    json!({
        "cmd": "troupe bench density",
        "env": [],
        "target": args.target.described(),
        "idle": idle,
        "load": load,
    })
}

/// Readings of the worker over the counted time, with the time at which each was taken.
async fn read(worker: &WorkerProcess, lead: Duration, counted: Duration) -> Vec<(Instant, Taken)> {
    sleep(lead).await;
    let until = Instant::now() + counted;
    let mut readings = Vec::new();
    loop {
        readings.extend(worker.taken().map(|taken| (Instant::now(), taken)));
        if Instant::now() >= until {
            return readings;
        }
        sleep(READ_EVERY).await;
    }
}

fn section(rooms: Vec<RoomRun>, readings: &[(Instant, Taken)], idle: Option<&Taken>, count: usize) -> Value {
    let errors: Vec<String> = rooms.iter().filter_map(|room| room.error.clone()).collect();
    let run = CallerRun::of("load", "", Value::Null, rooms);
    let most = |of: fn(&Taken) -> f64| readings.iter().map(|(_, taken)| of(taken)).reduce(f64::max);
    let (seconds, cpu_s) = match (readings.first(), readings.last()) {
        (Some((from, first)), Some((to, last))) => {
            (to.duration_since(*from).as_secs_f64(), last.cpu_s - first.cpu_s)
        }
        _ => (0.0, 0.0),
    };
    let minutes = seconds / 60.0 * count.max(1) as f64;
    let pss_mb = most(|taken| taken.pss_mb);
    let each = pss_mb
        .zip(idle)
        .map(|(pss, idle)| tenths((pss - idle.pss_mb) / count.max(1) as f64));
    json!({
        "seconds": tenths(seconds),
        "procs": 1,
        "rss_mb": most(|taken| taken.rss_mb),
        "pss_mb": pss_mb,
        "uss_mb": most(|taken| taken.uss_mb),
        "pss_mb_per_room": each,
        "cpu_s_per_room_min": (minutes > 0.0).then(|| (cpu_s / minutes * 100.0).round() / 100.0),
        "psi_pct": run.psi_pct.median,
        "latency": run.latency_ms,
        "missed": run.missed,
        "early": run.early,
        "errors": errors.len(),
        "reasons": errors,
    })
}

fn told(section: &Value) -> String {
    format!(
        "CPU {} s a room minute, {} MB, first audio {} ms (median)",
        section["cpu_s_per_room_min"], section["pss_mb"], section["latency"]["median"]
    )
}
