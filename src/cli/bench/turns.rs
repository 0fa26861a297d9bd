//! `troupe bench turns`: false cut-ins against delay, over recordings.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use troupe_inference::end_of_turn::SmartTurn;
use troupe_inference::models::Store;

use crate::cli::{Context, Failure, Output};
use crate::config::{Config, Overrides};
use crate::ear::judge;
use crate::evaluation::turns::hearing::{self, Heard, Models};
use crate::evaluation::turns::labels::Labels;
use crate::evaluation::turns::manifest::{self, Clip};
use crate::evaluation::turns::report::{Relabelled, Report};
use crate::providers::configured;

/// Width of the progress bar, characters.
const BAR: usize = 24;

/// Flags of `troupe bench turns`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder with manifest.json and its recordings
    folder: PathBuf,
    /// Labels that were changed by hand: [{"clip", "t", "type", "why"}]; without it, ours for recordings we know
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Where the plot goes
    #[arg(long, value_name = "FILE", default_value = "turns.html")]
    plot: PathBuf,
    /// Where the report goes, as Markdown
    #[arg(long, value_name = "FILE", default_value = "turns.md")]
    markdown: PathBuf,
    /// What words and the end-of-turn model's answer are taken to cost; without it, what they cost in this run
    #[arg(long, value_name = "MS")]
    evidence_ms: Option<u64>,
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let config = context.config(Overrides::default())?;
    let clips = manifest::read(&args.folder).map_err(Failure::failed)?;
    let labels = match &args.labels {
        Some(file) => Labels::read(file).map_err(Failure::failed)?,
        None => Labels::ours().map_err(Failure::failed)?,
    };
    let labels = labels.of(&clips);
    let theirs = manifest::labelled(&clips, &labels.speakers());
    let ours = manifest::labelled(&clips, &labels);
    if theirs.is_empty() {
        return Err(Failure::failed(format!(
            "no recording in {} has events",
            args.folder.display()
        )));
    }
    let mut models = models(&config, context.output, args.evidence_ms).await?;
    let changed: Vec<&Clip> = ours.iter().filter(|clip| !theirs.contains(clip)).collect();
    let total = theirs.len() + changed.len();
    let mut hearing = Hearing {
        folder: &args.folder,
        models: &mut models,
        output: context.output,
        done: 0,
        total,
    };
    let heard = hearing.all(theirs.iter()).await?;
    let heard_anew = hearing.all(changed.iter().copied()).await?;
    context.output.ticker("");

    let mut report = report(&heard);
    if !changed.is_empty() {
        let names: BTreeSet<&str> = changed.iter().map(|clip| clip.name.as_str()).collect();
        let kept = heard
            .into_iter()
            .filter(|(name, _)| !names.contains(name.as_str()));
        report.relabelled = Some(Box::new(Relabelled {
            changes: labels,
            report: self::report(&kept.chain(heard_anew).collect::<Vec<_>>()),
        }));
    }
    for (file, text) in [(&args.plot, report.page()), (&args.markdown, report.markdown())] {
        std::fs::write(file, text)
            .map_err(|error| Failure::failed(format!("write {}: {error}", file.display())))?;
    }
    context.output.data(&report);
    let written = format_args!("written: {}, {}", args.plot.display(), args.markdown.display());
    context.output.progress(written);
    Ok(())
}

async fn models(config: &Config, output: Output, evidence_ms: Option<u64>) -> Result<Models, Failure> {
    super::super::models::pull_named(config, output, &[judge::MODEL]).await?;
    let registry = configured::registry(config).map_err(Failure::failed)?;
    let store = Store::new(&config.cache);
    let entry = store.catalogue().find(judge::MODEL).map_err(Failure::failed)?;
    let file = store.path(judge::MODEL).zip(entry.main_file());
    let (folder, name) = file.ok_or_else(|| Failure::failed("the end-of-turn model is not here"))?;
    Ok(Models {
        stt: registry.speech_to_text(None).await.map_err(Failure::failed)?,
        judge: SmartTurn::load(&folder.join(name)).map_err(Failure::failed)?,
        evidence: evidence_ms.map(Duration::from_millis),
    })
}

/// Recordings being heard, with progress.
struct Hearing<'a> {
    folder: &'a Path,
    models: &'a mut Models,
    output: Output,
    done: usize,
    total: usize,
}

impl Hearing<'_> {
    async fn all(&mut self, clips: impl Iterator<Item = &Clip>) -> Result<Vec<(String, Heard)>, Failure> {
        let mut all = Vec::new();
        for clip in clips {
            self.output.ticker(format_args!(
                "{} {}/{} {}",
                bar(self.done, self.total),
                self.done,
                self.total,
                clip.name
            ));
            let heard = hearing::hear(self.folder, clip, self.models)
                .await
                .map_err(|error| Failure::failed(format!("hear {}: {error}", clip.file)))?;
            all.push((clip.name.clone(), heard));
            self.done += 1;
        }
        Ok(all)
    }
}

fn bar(done: usize, total: usize) -> String {
    let full = done * BAR / total.max(1);
    format!("[{:<BAR$}]", "#".repeat(full))
}

fn report(heard: &[(String, Heard)]) -> Report {
    let samples = heard.iter().flat_map(|(_, heard)| heard.samples.clone());
    let unlabelled = heard.iter().map(|(_, heard)| heard.unlabelled).sum();
    Report::of(samples.collect(), unlabelled)
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn the_bar_fills() {
        assert_eq!(bar(0, 10), format!("[{}]", " ".repeat(24)));
        assert_eq!(bar(10, 10), format!("[{}]", "#".repeat(24)));
        assert_eq!(bar(0, 0).len(), 26);
    }
}
