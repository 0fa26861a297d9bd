//! `troupe keys`: API keys, with the projects and users they stand for.

use clap::{Subcommand, ValueEnum};

use super::{Context, Failure};
use crate::config::{Config, Overrides};

/// Subcommands of `troupe keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a key, and project and user if new; prints the key alone
    Create(CreateArgs),
}

/// Flags of `troupe keys create`.
#[derive(Debug, clap::Args)]
pub(crate) struct CreateArgs {
    /// The project, made if new
    #[arg(long, value_name = "NAME")]
    project: String,
    /// What the key may do
    #[arg(long)]
    kind: KeyKind,
    /// The user of a user key, made if new
    #[arg(long, value_name = "ID")]
    user: Option<String>,
    /// Database: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL")]
    db: Option<String>,
}

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyKind {
    /// The server side of one project
    Secret,
    /// One user of a project
    User,
    /// Workers of all projects
    Worker,
}

pub(crate) async fn run(command: Command, context: Context) -> Result<(), Failure> {
    let Command::Create(args) = command;
    if args.kind == KeyKind::User && args.user.is_none() {
        return Err(Failure::usage("--kind user needs --user ID"));
    }
    let config = context.config(Overrides {
        db: args.db,
        ..Overrides::default()
    })?;
    let key = create(&config, &args.project, args.kind, args.user.as_deref()).await?;
    let _ = key;
    Ok(())
}

/// Makes a key in the configured database and answers it in plain.
pub(crate) async fn create(
    config: &Config,
    project: &str,
    kind: KeyKind,
    user: Option<&str>,
) -> Result<String, Failure> {
    let _ = (config, project, kind, user);
    Err(Failure::failed("this build has no keys yet"))
}
