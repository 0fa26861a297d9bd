//! `troupe models`: models that run in the process.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use clap::Subcommand;
use serde::Serialize;
use tokio::sync::mpsc;
use troupe_inference::models::{Model, Progress, Store};

use super::{Context, Failure, Output};
use crate::config::{Config, ModelNames, Overrides};
use crate::ear::judge;
use crate::providers::local;

/// Reports that may wait to be printed; while it is full, counters are left out.
const REPORTS_MAX: usize = 64;

/// Subcommands of `troupe models`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Fetch models by name; without a name, those that the configuration needs
    Pull {
        /// Names as `troupe models list` shows them
        names: Vec<String>,
    },
    /// Show the known models with size, licence and whether they are here
    List,
}

pub(crate) async fn run(command: Command, context: Context) -> Result<(), Failure> {
    let config = context.config(Overrides::default())?;
    match command {
        Command::Pull { names } => {
            for row in pulled(&config, context.output, &names).await? {
                context.output.data(&row);
            }
            Ok(())
        }
        Command::List => list(&config, context.output).await,
    }
}

/// Fetches what the configuration needs, for commands whose own output is something else.
pub(crate) async fn pull(config: &Config, output: Output) -> Result<(), Failure> {
    pulled(config, output, &[]).await.map(drop)
}

/// Fetches some models by name, for commands whose own output is something else.
pub(crate) async fn pull_named(config: &Config, output: Output, names: &[&str]) -> Result<(), Failure> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    pulled(config, output, &names).await.map(drop)
}

/// Fetches `names`, or without any what the configuration needs; what is here already is left alone.
async fn pulled(config: &Config, output: Output, names: &[String]) -> Result<Vec<Row>, Failure> {
    let is_implied = names.is_empty();
    let names = if is_implied {
        needed(config)
    } else {
        names.to_vec()
    };
    let store = Arc::new(Store::new(&config.cache));
    for name in &names {
        // Names first: nobody wants to learn of the wrong one after a long download.
        store.catalogue().find(name).map_err(Failure::failed)?;
    }
    let mut rows = Vec::with_capacity(names.len());
    for name in names {
        let fetched = if config.offline && store.path(&name).is_none() {
            Err(Failure::failed(format!(
                "{name} is not in the cache and can't be fetched offline"
            )))
        } else {
            pull_one(&store, &name, output).await
        };
        match fetched {
            // Turns are judged by words and silence without it.
            Err(failure) if is_implied && name == judge::MODEL => {
                output.progress(format_args!("{failure}; going on without it"));
                continue;
            }
            fetched => fetched?,
        }
        let model = store.catalogue().find(&name).map_err(Failure::failed)?;
        rows.push(Row::of(model, true));
    }
    Ok(rows)
}

/// Fetching blocks and may take minutes: it has a thread of its own.
async fn pull_one(store: &Arc<Store>, name: &str, output: Output) -> Result<(), Failure> {
    let (reports, mut to_print) = mpsc::channel(REPORTS_MAX);
    let work = tokio::task::spawn_blocking({
        let (store, name) = (Arc::clone(store), name.to_owned());
        move || {
            store.pull(&name, &mut |progress| match Report::of(progress) {
                Some(counter @ Report::Counter(_)) => drop(reports.try_send(counter)),
                // A line matters; the reader ends only together with this command.
                Some(line) => drop(reports.blocking_send(line)),
                None => {}
            })
        }
    });
    while let Some(report) = to_print.recv().await {
        match report {
            Report::Line(line) => output.progress(line),
            Report::Counter(counter) => output.ticker(counter),
        }
    }
    let pulled = work.await.map_err(Failure::failed)?;
    pulled.map(drop).map_err(Failure::failed)
}

/// What is shown of a report.
enum Report {
    Line(String),
    Counter(String),
}

impl Report {
    fn of(progress: Progress<'_>) -> Option<Self> {
        Some(match progress {
            Progress::Starts { model } => Self::Line(format!(
                "{}: {} ({}), {}",
                model.name,
                model.about,
                model.licence,
                megabytes(model.bytes())
            )),
            Progress::Downloads {
                model,
                what,
                bytes_done,
                bytes_total,
            } => {
                let (done, total) = (megabytes(bytes_done), megabytes(bytes_total));
                Self::Counter(format!("{}: {what} {done} of {total}", model.name))
            }
            Progress::Retries { model, error } => {
                Self::Line(format!("\n{}: {error}; trying elsewhere", model.name))
            }
            Progress::Prepares { model, file } => Self::Line(format!("\n{}: making {file}", model.name)),
            Progress::Ready { .. } => return None,
        })
    }
}

/// The local models that `config` asks for, by role; without any other provider, everything is local.
pub(super) fn needed(config: &Config) -> Vec<String> {
    let has_server = config.openai.api_key.is_some() || config.openai.base_url.is_some();
    let roles: HashMap<&str, &Option<ModelNames>> = HashMap::from([
        (local::STT_MODEL, &config.models.stt),
        (local::LLM_MODEL, &config.models.llm),
        (local::TTS_MODEL, &config.models.tts),
    ]);
    let pick = |default: &str| -> Vec<String> {
        match roles.get(default).copied().and_then(Option::as_ref) {
            Some(named) => named
                .0
                .iter()
                .filter(|name| name.provider == local::NAME)
                .map(|name| name.model.clone())
                .collect(),
            None => (!has_server).then(|| default.to_owned()).into_iter().collect(),
        }
    };
    // Who hears locally or elsewhere, turns are judged here.
    let heard = [judge::MODEL.to_owned()].into_iter();
    let picked = [local::STT_MODEL, local::LLM_MODEL, local::TTS_MODEL].into_iter();
    heard.chain(picked.flat_map(pick)).collect()
}

async fn list(config: &Config, output: Output) -> Result<(), Failure> {
    let store = Store::new(&config.cache);
    // Files without a stamp are hashed.
    let rows = tokio::task::spawn_blocking(move || {
        let models = store.catalogue().models().iter();
        models
            .map(|model| Row::of(model, store.path(model.name).is_some()))
            .collect::<Vec<_>>()
    });
    for row in rows.await.map_err(Failure::failed)? {
        output.data(&row);
    }
    Ok(())
}

/// One model of a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: &'static str,
    role: &'static str,
    about: &'static str,
    licence: &'static str,
    bytes: u64,
    is_here: bool,
}

impl Row {
    fn of(model: &Model, is_here: bool) -> Self {
        Self {
            name: model.name,
            role: model.role.label(),
            about: model.about,
            licence: model.licence,
            bytes: model.bytes(),
            is_here,
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let here = if self.is_here { "here" } else { "-" };
        let size = megabytes(self.bytes);
        write!(
            f,
            "{:<12} {:<8} {size:>9}  {here:<5} {}; {}",
            self.name, self.role, self.about, self.licence
        )
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
