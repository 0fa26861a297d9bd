//! `troupe bench`: measures Troupe.

mod call;
mod density;
mod latency;
mod noise;
mod recordings;
mod rig;
mod soak;
mod speakers;
mod split;
mod turns;
mod voices;
mod worker;
mod written;

use clap::Subcommand;

use super::{Context, Failure};

/// Subcommands of `troupe bench`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// How long people wait: first audio, interruptions, joining, as a caller in a room finds it
    Latency(latency::Args),
    /// What many rooms at once take: processor time, memory, delays
    Density(density::Args),
    /// What a worker keeps of rooms that come and go for a long time
    Soak(soak::Args),
    /// The models that hear, write and speak, beside each other
    Voices(voices::Args),
    /// What noise does to hearing, and what noise suppression and gain control are worth
    Noise(noise::Args),
    /// How well ends of turns are found in recordings with a manifest
    Turns(turns::Args),
}

pub(crate) async fn run(command: Command, context: Context) -> Result<(), Failure> {
    match command {
        Command::Latency(args) => latency::run(args, context).await,
        Command::Density(args) => density::run(args, context).await,
        Command::Soak(args) => soak::run(args, context).await,
        Command::Voices(args) => voices::run(args, context).await,
        Command::Noise(args) => noise::run(args, context).await,
        Command::Turns(args) => turns::run(args, context).await,
    }
}
