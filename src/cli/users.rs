//! `troupe users`: people as a project knows them.

use std::fmt;

use clap::Subcommand;
use serde::Serialize;

use super::records::{DbArgs, PageArgs, print, project};
use super::{Context, Failure};
use crate::rooms::user::User;

/// Subcommands of `troupe users`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show a project's users, oldest first
    List(ListArgs),
}

/// Flags of `troupe users list`.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    /// The project
    #[arg(long, value_name = "NAME")]
    project: String,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    db: DbArgs,
}

/// A line about a user.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: String,
    external_id: String,
    name: Option<String>,
    team_id: Option<String>,
    created_at: String,
}

impl From<User> for Line {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            external_id: user.external_id,
            name: user.name,
            team_id: user.team_id,
            created_at: user.created_at.to_rfc3339(),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {}  {}", self.id, self.created_at, self.external_id)?;
        if let Some(name) = &self.name {
            write!(f, "  {name}")?;
        }
        if let Some(team_id) = &self.team_id {
            write!(f, "  {team_id}")?;
        }
        Ok(())
    }
}

pub(crate) async fn run(command: Command, context: Context) -> Result<(), Failure> {
    let Command::List(args) = command;
    let store = args.db.open(&context).await?;
    let project = project(&store, &args.project).await?;
    let mut users = store
        .list_users(&project.id, args.page.page())
        .await
        .map_err(Failure::failed)?;
    args.page.cut(&context, &mut users, |user| &user.id);
    print(&context, users, Line::from);
    store.close().await;
    Ok(())
}
