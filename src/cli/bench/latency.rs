//! `troupe bench latency`: how long people wait, seen from outside.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::call::{Manner, Plan};
use super::rig::{Site, TargetArgs};
use super::written::ReportArgs;
use crate::cli::{Context, Failure, Output};
use crate::evaluation::caller::{CallerRun, Patience, RoomRun, Utterance, parts};

/// From the onset of a reply to its interruption, s: replies of scripted models are long enough for the wait that
/// other workers need before they listen.
const BARGE_AFTER_SCRIPTED_S: f64 = 4.0;
/// The same for models that say what they like.
const BARGE_AFTER_S: f64 = 1.0;

/// Flags of `troupe bench latency`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Recordings (WAV or FLAC), a turn each, or folders with a manifest.json [default: a shipped question]
    #[arg(value_name = "PATH")]
    recordings: Vec<PathBuf>,
    #[command(flatten)]
    target: TargetArgs,
    /// Turns whose first audio is measured
    #[arg(long, value_name = "N", default_value_t = 12)]
    turns: usize,
    /// Interruptions
    #[arg(long, value_name = "N", default_value_t = 6)]
    interruptions: usize,
    /// Rooms that are joined and left
    #[arg(long, value_name = "N", default_value_t = 3)]
    joins: usize,
    /// Silence before each turn
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    gap: f64,
    /// Longest wait for a reply
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0)]
    timeout: f64,
    /// From the onset of a reply to its interruption [default: 4 where replies are long, else 1]
    #[arg(long, value_name = "SECONDS")]
    barge_after: Option<f64>,
    #[command(flatten)]
    report: ReportArgs,
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    // What can't work fails before anything is started.
    let writing = args.report.open()?;
    let utterances = Utterance::read(&args.recordings).map_err(Failure::failed)?;
    let rig = args.target.start(&context).await?;
    let (site, mut running) = (rig.site, rig.running);
    let measured = tokio::select! {
        runs = measure(&args, &site, &utterances, context.output) => Ok(runs),
        failure = running.broken() => Err(failure),
        () = context.shutdown.cancelled() => Err(Failure::failed("stopped by a signal")),
    };
    running.stop().await;
    let Runs { join, talk, barge } = measured?;
    for run in [&join, &talk, &barge] {
        writing.beside(&format!("{}.json", run.mode), run)?;
    }
    let failed: Vec<&str> = [&join, &talk, &barge]
        .iter()
        .flat_map(|run| &run.rooms)
        .filter_map(|room| room.error.as_deref())
        .collect();
    let fault = failed.first().map(|error| (*error).to_owned());
    let sections = json!({
        "cmd": "troupe bench latency",
        "env": [],
        "target": args.target.described(),
        "join": {
            "agent_joined": join.join_agent_joined_ms,
            "track_published": join.join_track_published_ms,
            "track_subscribed": join.join_track_subscribed_ms,
        },
        (args.target.section()): talk_section(&talk),
        "barge": barge_section(&barge),
        "errors": failed,
    });
    writing.finish(context.output, "Delays of a conversation", sections)?;
    match fault {
        Some(fault) => Err(Failure::failed(fault)),
        None => Ok(()),
    }
}

/// What a caller wrote down in each mode.
struct Runs {
    join: CallerRun,
    talk: CallerRun,
    barge: CallerRun,
}

async fn measure(args: &Args, site: &Site, utterances: &[Utterance], output: Output) -> Runs {
    let usual = if args.target.controls_replies() {
        BARGE_AFTER_SCRIPTED_S
    } else {
        BARGE_AFTER_S
    };
    let patience = Patience {
        gap_s: args.gap,
        reply_s: args.timeout,
        barge_after_s: args.barge_after.unwrap_or(usual),
    };
    let manner = Manner {
        utterances,
        patience,
        output: Some(output),
    };
    let how = json!({
        "turns": args.turns, "gap": args.gap, "timeout": args.timeout, "barge_after": patience.barge_after_s,
        "target": args.target.described(),
    });
    let summed = |mode: &str, rooms: Vec<RoomRun>| CallerRun::of(mode, &args.name(), how.clone(), rooms);
    let mut joins = Vec::with_capacity(args.joins);
    for number in 0..args.joins {
        output.ticker(format_args!("join {}/{}", number + 1, args.joins));
        joins.push(site.call(number as u64, Plan::Join, manner).await);
    }
    output.ticker("");
    let mut next = args.joins as u64;
    let mut one = async |what: &str, count: usize, plan: Plan| {
        if count == 0 {
            return Vec::new();
        }
        output.progress(what);
        next += 1;
        vec![site.call(next, plan, manner).await]
    };
    let talk = one("turns", args.turns, Plan::Talk(args.turns)).await;
    let barge = one(
        "interruptions",
        args.interruptions,
        Plan::Barge(args.interruptions),
    )
    .await;
    Runs {
        join: summed("join", joins),
        talk: summed("latency", talk),
        barge: summed("bargein", barge),
    }
}

impl Args {
    fn name(&self) -> String {
        self.report.name().to_owned()
    }
}

/// First-audio delays as one section of a report.
pub(super) fn talk_section(run: &CallerRun) -> Value {
    json!({
        "psi_pct": run.psi_pct.median,
        "latency": run.latency_ms,
        "missed": run.missed,
        "early": run.early,
        "turns": turns(run),
        "parts": parts(run.rooms.iter().flat_map(|room| &room.stages)),
    })
}

fn barge_section(run: &CallerRun) -> Value {
    let silent = run
        .rooms
        .iter()
        .flat_map(|room| &room.turns)
        .filter(|turn| turn.talking == Some(false));
    json!({
        "psi_pct": run.psi_pct.median,
        "stop": run.stop_ms,
        "latency": run.latency_ms,
        "missed": run.missed,
        "silent": silent.count(),
        "turns": turns(run),
    })
}

fn turns(run: &CallerRun) -> Vec<Value> {
    let turns = run.rooms.iter().flat_map(|room| &room.turns);
    turns.filter_map(|turn| serde_json::to_value(turn).ok()).collect()
}
