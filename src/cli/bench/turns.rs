//! `troupe bench turns`: false cut-ins against delay, over recordings.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use troupe_inference::end_of_turn::SmartTurn;
use troupe_inference::models::Store;

use crate::cli::{Context, Failure};
use crate::config::Overrides;
use crate::ear::judge;
use crate::evaluation::turns::bootstrap::{Draws, Interval};
use crate::evaluation::turns::curve::{Decisions, Point, cuts_at, delay_at};
use crate::evaluation::turns::hearing::{self, Models};
use crate::evaluation::turns::policy::{Policy, leave_one_speaker_out};
use crate::evaluation::turns::{Sample, fit, manifest, plot};
use crate::providers::configured;

/// From a pause being reported until words and the end-of-turn model's answer are there, unless told otherwise,
/// ms: what both take on two cores, one beside the other.
const EVIDENCE_MS: u64 = 80;
/// Shares of false cut-ins for which delays are reported.
const SHARES: [f64; 2] = [0.10, 0.05];
/// Delays for which false cut-ins are reported, ms.
const DELAYS_MS: [f64; 3] = [300.0, 500.0, 700.0];

/// Flags of `troupe bench turns`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder with manifest.json and its recordings
    folder: PathBuf,
    /// Labels that were changed after listening: [{"clip", "t", "type"}]
    #[arg(long, value_name = "FILE")]
    corrections: Option<PathBuf>,
    /// Where the plot goes
    #[arg(long, value_name = "FILE", default_value = "turns.html")]
    plot: PathBuf,
    /// From a pause being reported until its evidence is there
    #[arg(long, value_name = "MS", default_value_t = EVIDENCE_MS)]
    evidence_ms: u64,
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let config = context.config(Overrides::default())?;
    let clips = manifest::read(&args.folder, args.corrections.as_deref()).map_err(Failure::failed)?;
    if clips.is_empty() {
        return Err(Failure::failed(format!(
            "no recording in {} has events",
            args.folder.display()
        )));
    }
    super::super::models::pull_named(&config, context.output, &[judge::MODEL]).await?;
    let registry = configured::registry(&config).map_err(Failure::failed)?;
    let store = Store::new(&config.cache);
    let entry = store.catalogue().find(judge::MODEL).map_err(Failure::failed)?;
    let file = store.path(judge::MODEL).zip(entry.main_file());
    let (folder, name) = file.ok_or_else(|| Failure::failed("the end-of-turn model is not here"))?;
    let mut models = Models {
        stt: registry.speech_to_text(None).await.map_err(Failure::failed)?,
        judge: SmartTurn::load(&folder.join(name)).map_err(Failure::failed)?,
    };
    let (mut samples, mut unlabelled) = (Vec::new(), 0);
    for clip in &clips {
        context.output.ticker(format_args!("hears {}", clip.name));
        let heard = hearing::hear(&args.folder, clip, &mut models)
            .await
            .map_err(Failure::failed)?;
        samples.extend(heard.samples);
        unlabelled += heard.unlabelled;
    }
    let report = Report::of(&samples, unlabelled, Duration::from_millis(args.evidence_ms));
    let page = report.page();
    std::fs::write(&args.plot, page)
        .map_err(|error| Failure::failed(format!("write {}: {error}", args.plot.display())))?;
    context.output.data(&report);
    context
        .output
        .progress(format_args!("plot: {}", args.plot.display()));
    Ok(())
}

/// All that is reported.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'s> {
    pauses: usize,
    ends: usize,
    /// Pauses that the ear found and the manifest does not know.
    unlabelled_pauses: usize,
    curve: Vec<Point>,
    silence: Vec<Point>,
    smart_turn: Vec<Point>,
    figures: Vec<Figure>,
    /// Fitted on everything, for the product.
    weights: Vec<(&'static str, f32)>,
    clips: &'s [Sample],
}

/// One figure of all three ways.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Figure {
    what: String,
    ours: Interval,
    silence: Interval,
    smart_turn: Interval,
    /// Ours divided by the better of the others.
    ratio: Interval,
}

impl<'s> Report<'s> {
    fn of(samples: &'s [Sample], unlabelled_pauses: usize, evidence: Duration) -> Self {
        let fused = Policy::Fused {
            weights: leave_one_speaker_out(samples),
            tuning: Box::default(),
            evidence,
        };
        let ours = Decisions::of(&fused, samples);
        let silence = Decisions::of(&Policy::Silence, samples);
        let smart_turn = Decisions::of(&Policy::SmartTurn, samples);
        let draws = Draws::of(samples);
        let figure = |what: String, figure: &dyn Fn(&[Point]) -> Option<f64>, theirs: &[&Decisions]| Figure {
            what,
            ours: draws.interval(&ours, figure),
            silence: draws.interval(&silence, figure),
            smart_turn: draws.interval(&smart_turn, figure),
            ratio: draws.ratio((&ours, figure), theirs),
        };
        let mut figures = Vec::new();
        for share in SHARES {
            let what = format!(
                "delay at {:.0} % false cut-ins, ms (ratio: of the silence timeout's)",
                share * 100.0
            );
            figures.push(figure(what, &|curve| delay_at(curve, share), &[&silence]));
        }
        for delay_ms in DELAYS_MS {
            let what = format!("false cut-ins at {delay_ms:.0} ms (ratio: of the better one's)");
            figures.push(figure(
                what,
                &|curve| cuts_at(curve, delay_ms),
                &[&silence, &smart_turn],
            ));
        }
        let once = vec![1; samples.len()];
        let all = fit::weights(samples.iter());
        Self {
            pauses: samples.iter().filter(|sample| !sample.is_end()).count(),
            ends: samples.iter().filter(|sample| sample.is_end()).count(),
            unlabelled_pauses,
            curve: ours.curve(&once),
            silence: silence.curve(&once),
            smart_turn: smart_turn.curve(&once),
            figures,
            weights: vec![
                ("base", all.base),
                ("audio", all.audio),
                ("question", all.question),
                ("sentence", all.sentence),
                ("hanging", all.hanging),
            ],
            clips: samples,
        }
    }

    fn page(&self) -> String {
        let note = format!(
            "{} pauses within turns, {} turn ends; ours leaves one speaker out at a time.",
            self.pauses, self.ends
        );
        let curves = [
            ("Troupe", self.curve.as_slice()),
            ("silence timeout", self.silence.as_slice()),
            ("Smart Turn alone", self.smart_turn.as_slice()),
        ];
        plot::page(&curves, &note)
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} pauses within turns, {} turn ends, {} more pauses that the manifest does not know",
            self.pauses, self.ends, self.unlabelled_pauses
        )?;
        for figure in &self.figures {
            writeln!(f, "{}", figure.what)?;
            let rows = [
                ("  Troupe", figure.ours),
                ("  silence timeout", figure.silence),
                ("  Smart Turn alone", figure.smart_turn),
                ("  ratio", figure.ratio),
            ];
            for (name, interval) in rows {
                writeln!(f, "{name:<20} {}", Shown(interval))?;
            }
        }
        write!(f, "weights:")?;
        self.weights
            .iter()
            .try_for_each(|(name, weight)| write!(f, " {name} {weight:.2}"))
    }
}

/// An interval as people read it.
struct Shown(Interval);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |value: Option<f64>| match value {
            Some(value) if value.abs() >= 10.0 => format!("{value:.0}"),
            Some(value) => format!("{value:.3}"),
            None => "-".to_owned(),
        };
        let Interval { value, low, high } = self.0;
        write!(
            f,
            "{:>7} (95 % {} to {})",
            number(value),
            number(low),
            number(high)
        )
    }
}
