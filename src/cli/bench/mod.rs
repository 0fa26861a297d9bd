//! `troupe bench`: measures Troupe.

mod turns;

use clap::Subcommand;

use super::{Context, Failure};

/// Subcommands of `troupe bench`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// How well ends of turns are found in recordings with a manifest
    Turns(turns::Args),
}

pub(crate) async fn run(command: Command, context: Context) -> Result<(), Failure> {
    match command {
        Command::Turns(args) => turns::run(args, context).await,
    }
}
