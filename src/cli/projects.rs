//! `troupe projects`: whose rooms, characters and keys belong together, and what they have going on.

use std::fmt;
use std::str::FromStr;

use clap::Subcommand;
use serde::Serialize;

use super::records::{DbArgs, PageArgs, check_name, print};
use super::{Context, Failure};
use crate::rooms::allowance::Usage;
use crate::rooms::project::Project;

/// Subcommands of `troupe projects`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a project if new; prints it
    Create(CreateArgs),
    /// Change what holds for a project; prints it
    Set(SetArgs),
    /// Show projects and what they have going on, oldest first
    List(ListArgs),
}

/// Flags of `troupe projects create`.
#[derive(Debug, clap::Args)]
pub(crate) struct CreateArgs {
    /// The project's name
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    db: DbArgs,
}

/// Flags of `troupe projects set`.
#[derive(Debug, clap::Args)]
pub(crate) struct SetArgs {
    /// The project's name
    #[arg(value_name = "NAME")]
    name: String,
    /// Days after which its recordings are removed (1–36500), or `default` for what the server says
    #[arg(long, value_name = "DAYS")]
    recording_retention_days: Days,
    #[command(flatten)]
    db: DbArgs,
}

/// Days for which something is kept.
#[derive(Debug, Clone, Copy)]
struct Days(Option<u32>);

impl FromStr for Days {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "default" {
            return Ok(Self(None));
        }
        let days = text.parse().ok().filter(|days| (1..=36_500).contains(days));
        days.map(|days| Self(Some(days)))
            .ok_or("must be a whole number from 1 to 36500, or `default`")
    }
}

/// Flags of `troupe projects list`.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    db: DbArgs,
}

/// A line about a project.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: String,
    name: String,
    created_at: String,
    /// Rooms that play now.
    rooms_playing: i64,
    /// Whole minutes that its rooms played today (UTC).
    minutes_today: i64,
    /// Days after which its recordings are removed, if it has a word of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    recording_retention_days: Option<i64>,
}

impl From<(Project, Usage)> for Line {
    fn from((project, usage): (Project, Usage)) -> Self {
        Self {
            id: project.id,
            name: project.name,
            created_at: project.created_at.to_rfc3339(),
            rooms_playing: usage.playing,
            minutes_today: usage.played_ms / 60_000,
            recording_retention_days: project.recording_retention_days,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}  {}  {} playing, {} min today  {}",
            self.id, self.created_at, self.rooms_playing, self.minutes_today, self.name
        )?;
        match self.recording_retention_days {
            Some(days) => write!(f, "  (recordings kept for {days} days)"),
            None => Ok(()),
        }
    }
}

pub(crate) async fn run(command: Command, context: Context) -> Result<(), Failure> {
    match command {
        Command::Create(args) => {
            check_name("NAME", &args.name)?;
            let store = args.db.open(&context).await?;
            let project = store
                .find_or_create_project(&args.name)
                .await
                .map_err(Failure::failed)?;
            let usage = store.usage(&project.id).await.map_err(Failure::failed)?;
            context.output.data(&Line::from((project, usage)));
            store.close().await;
        }
        Command::Set(args) => {
            check_name("NAME", &args.name)?;
            let store = args.db.open(&context).await?;
            let id = store.project_named(&args.name).await.map_err(Failure::failed)?.id;
            let Days(days) = args.recording_retention_days;
            store.keep_recordings(&id, days).await.map_err(Failure::failed)?;
            let project = store.project_named(&args.name).await.map_err(Failure::failed)?;
            let usage = store.usage(&id).await.map_err(Failure::failed)?;
            context.output.data(&Line::from((project, usage)));
            store.close().await;
        }
        Command::List(args) => {
            let store = args.db.open(&context).await?;
            let mut projects = store
                .list_projects(args.page.page())
                .await
                .map_err(Failure::failed)?;
            args.page.cut(&context, &mut projects, |project| &project.id);
            let mut lines = Vec::with_capacity(projects.len());
            for project in projects {
                let usage = store.usage(&project.id).await.map_err(Failure::failed)?;
                lines.push((project, usage));
            }
            print(&context, lines, Line::from);
            store.close().await;
        }
    }
    Ok(())
}
