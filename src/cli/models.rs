//! `troupe models`: models that run in the process.

use clap::Subcommand;

use super::{Context, Failure, Output};
use crate::config::{Config, Overrides};

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
        Command::Pull { names } => pull(&config, context.output, &names).await,
        Command::List => Err(Failure::failed("this build has no models yet")),
    }
}

/// Fetches `names`, or without any what the configuration needs; what is here already is left alone.
pub(crate) async fn pull(config: &Config, output: Output, names: &[String]) -> Result<(), Failure> {
    let _ = (config, output, names);
    Err(Failure::failed("this build has no models yet"))
}
