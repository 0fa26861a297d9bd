//! `troupe bench noise`: what noise suppression and gain control are worth.

use std::path::PathBuf;

use serde_json::json;

use super::recordings;
use super::written::ReportArgs;
use crate::cli::{Context, Failure, models};
use crate::config::Overrides;
use crate::evaluation::noise::{Disturbance, Speech, measure};
use crate::evaluation::process::load_average;
use crate::providers::configured;

/// Flags of `troupe bench noise`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder with manifest.json, its recordings and their transcripts [default: a shipped question]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// The model that hears, as provider:model [default: the configured one]
    #[arg(long, value_name = "MODEL")]
    stt: Option<String>,
    /// What is laid over speech [default: all of them]
    #[arg(long, value_name = "KIND", num_args = 1.., value_parser = Disturbance::ALL.map(Disturbance::name))]
    only: Vec<String>,
    /// Noises follow from it
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    report: ReportArgs,
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let writing = args.report.open()?;
    let clips: Vec<Speech> = recordings::read(args.folder.as_deref())?;
    let config = context.config(Overrides::default())?;
    models::pull(&config, context.output).await?;
    let registry = configured::registry(&config).map_err(Failure::failed)?;
    let stt = registry
        .speech_to_text(args.stt.as_deref())
        .await
        .map_err(Failure::failed)?;
    let wanted = |disturbance: &Disturbance| {
        args.only.is_empty() || args.only.iter().any(|name| name == disturbance.name())
    };
    let disturbances: Vec<Disturbance> = Disturbance::ALL.into_iter().filter(wanted).collect();
    let loaded = load_average();
    let progress = |step: crate::evaluation::noise::Step| {
        context
            .output
            .ticker(format_args!("{}/{} {}", step.done, step.all, step.disturbance));
    };
    let curves = tokio::select! {
        curves = measure(&clips, &disturbances, &stt, recordings::LANGUAGE, args.seed, progress) => {
            curves.map_err(Failure::failed)
        }
        () = context.shutdown.cancelled() => Err(Failure::failed("stopped by a signal")),
    };
    context.output.ticker("");
    let sections = json!({
        "cmd": "troupe bench noise",
        "env": [],
        "recordings": clips.len(),
        "seed": args.seed,
        "loadAverage": [loaded, load_average()],
        "noise": curves?,
    });
    writing.finish(context.output, "Noise", sections)
}
