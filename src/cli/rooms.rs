//! `troupe rooms`: a project's rooms, of every surface.

use std::fmt;

use clap::Subcommand;
use serde::Serialize;

use super::records::{DbArgs, PageArgs, print, project};
use super::{Context, Failure};
use crate::rooms::room::{EndReason, Room};

/// Subcommands of `troupe rooms`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show a project's active rooms, oldest first
    List(ListArgs),
    /// Show all of one room, as JSON
    Show(OneArgs),
    /// End a room; the server disconnects everyone within seconds
    End(OneArgs),
}

/// Flags of `troupe rooms list`.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    /// The project
    #[arg(long, value_name = "NAME")]
    project: String,
    /// Ended rooms as well
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    db: DbArgs,
}

/// Flags of `troupe rooms show` and `troupe rooms end`.
#[derive(Debug, clap::Args)]
pub(crate) struct OneArgs {
    /// The room's id
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    db: DbArgs,
}

/// A line about a room.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: String,
    surface: &'static str,
    name: String,
    state: &'static str,
    created_at: String,
    started_at: Option<String>,
    ended_at: Option<String>,
}

impl From<Room> for Line {
    fn from(room: Room) -> Self {
        let state = match (room.started_at, room.ended_at) {
            (_, Some(_)) => "ended",
            (Some(_), None) => "started",
            (None, None) => "created",
        };
        Self {
            id: room.id,
            surface: room.surface.as_str(),
            name: room.name,
            state,
            created_at: room.created_at.to_rfc3339(),
            started_at: room.started_at.map(|at| at.to_rfc3339()),
            ended_at: room.ended_at.map(|at| at.to_rfc3339()),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}  {:<9}  {:<7}  {}  {}",
            self.id, self.surface, self.state, self.created_at, self.name
        )
    }
}

/// The whole room.
#[derive(Serialize)]
struct Whole {
    surface: &'static str,
    #[serde(flatten)]
    room: Room,
}

impl From<Room> for Whole {
    fn from(room: Room) -> Self {
        Self {
            surface: room.surface.as_str(),
            room,
        }
    }
}

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string_pretty(self).map_err(|_| fmt::Error)?)
    }
}

pub(crate) async fn run(command: Command, context: Context) -> Result<(), Failure> {
    match command {
        Command::List(args) => {
            let store = args.db.open(&context).await?;
            let project = project(&store, &args.project).await?;
            let mut rooms = store
                .list_rooms(&project.id, args.all, args.page.page())
                .await
                .map_err(Failure::failed)?;
            args.page.cut(&context, &mut rooms, |room| &room.id);
            print(&context, rooms, Line::from);
            store.close().await;
        }
        Command::Show(args) => {
            let store = args.db.open(&context).await?;
            let room = store.any_room(&args.id).await.map_err(Failure::failed)?;
            context.output.data(&Whole::from(room));
            store.close().await;
        }
        Command::End(args) => {
            let store = args.db.open(&context).await?;
            let room = store.any_room(&args.id).await.map_err(Failure::failed)?;
            // The worker that plays it finds the change, and the server's sweep deletes the LiveKit room.
            let ended = store
                .end_room(&room.project_id, &room.id, EndReason::Requested)
                .await
                .map_err(Failure::failed)?;
            context.output.data(&Line::from(ended.room));
            store.close().await;
        }
    }
    Ok(())
}
