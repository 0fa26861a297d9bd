//! The command line: one file a command.

mod agents;
mod bench;
mod characters;
mod client;
mod console;
mod demo;
mod dev;
mod doctor;
mod failure;
mod keys;
mod login;
mod migrate;
mod models;
mod openapi;
mod output;
mod projects;
mod records;
mod reload;
mod rooms;
mod serve;
mod stack;
mod traces;
mod users;
mod worker;

use clap::{Parser, Subcommand};
use tracing::Level;

pub use failure::Failure;
pub use output::Output;

use crate::config::{Config, Overrides};
use crate::shutdown::{Insisted, Shutdown};

/// AI characters that speak in LiveKit rooms.
#[derive(Debug, Parser)]
#[command(name = "troupe", version, propagate_version = true)]
pub struct Cli {
    /// One JSON object a line on stdout (and in the logs)
    #[arg(long, global = true)]
    pub json: bool,
    /// Configuration file; without it `troupe.toml`, where there is one
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<std::path::PathBuf>,
    /// Load and fetch nothing from the internet
    #[arg(long, global = true)]
    offline: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Two characters talk with a recorded person: server, API, worker and room, from nothing
    Demo(demo::Args),
    /// API, worker and a LiveKit dev server in one, until Ctrl-C
    Dev(dev::Args),
    /// The Rooms API
    Serve(serve::Args),
    /// The worker that plays the characters
    Worker(worker::Args),
    /// API keys
    #[command(subcommand)]
    Keys(keys::Command),
    /// A link that opens the pages in a browser, once
    Login(login::Args),
    /// Bring the database's tables to this version's
    Migrate(migrate::Args),
    /// Projects, and what they have going on
    #[command(subcommand)]
    Projects(projects::Command),
    /// Users of a project
    #[command(subcommand)]
    Users(users::Command),
    /// Characters of the deployment and of a project
    #[command(subcommand)]
    Characters(characters::Command),
    /// Character files: check them, talk with one
    #[command(subcommand)]
    Agents(agents::Command),
    /// Rooms of a project
    #[command(subcommand)]
    Rooms(rooms::Command),
    /// Local models
    #[command(subcommand)]
    Models(models::Command),
    /// Check everything that `serve` and `worker` depend on, and say what to do
    Doctor(doctor::Args),
    /// The API's OpenAPI document
    Openapi,
    /// Talk with characters at this terminal, without a server
    Console(console::Args),
    /// Measurements
    #[command(subcommand)]
    Bench(bench::Command),
}

/// What every command is given.
pub(crate) struct Context {
    /// Where its data goes.
    pub(crate) output: Output,
    /// When to stop.
    pub(crate) shutdown: Shutdown,
    /// What a second signal does.
    pub(crate) insisted: Insisted,
    file: Option<std::path::PathBuf>,
    offline: bool,
}

impl Context {
    /// Reads the configuration; `overrides` are the command's own flags.
    pub(crate) fn config(&self, overrides: Overrides) -> Result<Config, Failure> {
        let overrides = Overrides {
            offline: self.offline,
            ..overrides
        };
        Config::load(self.file.as_deref(), overrides).map_err(Failure::configuration)
    }
}

impl Cli {
    /// How much to log unless the environment says otherwise: a demo shows its conversation and no more.
    pub fn log_level(&self) -> Level {
        match self.command {
            Command::Serve(_) | Command::Worker(_) => Level::INFO,
            _ => Level::WARN,
        }
    }

    /// Runs the command until it is done or `shutdown` is cancelled.
    ///
    /// # Errors
    /// Whatever kept the command from doing its work, ready to be shown.
    pub async fn run(self, shutdown: Shutdown, insisted: Insisted) -> Result<(), Failure> {
        let context = Context {
            output: Output::new(self.json),
            shutdown,
            insisted,
            file: self.config,
            offline: self.offline,
        };
        match self.command {
            Command::Demo(args) => demo::run(args, context).await,
            Command::Dev(args) => dev::run(args, context).await,
            Command::Serve(args) => serve::run(args, context).await,
            Command::Worker(args) => worker::run(args, context).await,
            Command::Keys(command) => keys::run(command, context).await,
            Command::Login(args) => login::run(args, context).await,
            Command::Migrate(args) => migrate::run(args, context).await,
            Command::Projects(command) => projects::run(command, context).await,
            Command::Users(command) => users::run(command, context).await,
            Command::Characters(command) => characters::run(command, context).await,
            Command::Agents(command) => agents::run(command, context).await,
            Command::Rooms(command) => rooms::run(command, context).await,
            Command::Models(command) => models::run(command, context).await,
            Command::Doctor(args) => doctor::run(args, context).await,
            Command::Openapi => openapi::run(&context),
            Command::Console(args) => console::run(args, context).await,
            Command::Bench(command) => bench::run(command, context).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn flags_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
