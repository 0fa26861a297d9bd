//! `troupe bench`: measures Troupe.

mod call;
mod latency;
mod rig;
mod turns;
mod written;

use clap::Subcommand;

use super::{Context, Failure};

/// Subcommands of `troupe bench`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// How long people wait: first audio, interruptions, joining, as a caller in a room finds it
    Latency(latency::Args),
    /// How well ends of turns are found in recordings with a manifest
    Turns(turns::Args),
}

pub(crate) async fn run(command: Command, context: Context) -> Result<(), Failure> {
    match command {
        Command::Latency(args) => latency::run(args, context).await,
        Command::Turns(args) => turns::run(args, context).await,
    }
}
