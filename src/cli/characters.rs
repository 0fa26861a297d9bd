//! `troupe characters`: the deployment's characters, and a project's own.

use std::fmt;

use clap::Subcommand;
use serde::Serialize;

use super::records::{DbArgs, PageArgs, print, project};
use super::serve::character_folders;
use super::{Context, Failure};
use crate::character;
use crate::rooms::character_record::{BuiltIns, CharacterRecord};
use crate::rooms::store::Store;

/// Subcommands of `troupe characters`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the deployment's characters by id, then the project's own, oldest first
    List(ListArgs),
    /// Show all of one character, as JSON
    Show(ShowArgs),
}

/// Flags of `troupe characters list`.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    /// The project whose own characters are shown as well
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    db: DbArgs,
}

/// Flags of `troupe characters show`.
#[derive(Debug, clap::Args)]
pub(crate) struct ShowArgs {
    /// The character's id
    #[arg(value_name = "ID")]
    id: String,
    /// The project that it belongs to
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    #[command(flatten)]
    db: DbArgs,
}

/// A line about a character.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: String,
    name: String,
    language: String,
    built_in: bool,
    updated_at: Option<String>,
}

impl From<CharacterRecord> for Line {
    fn from(record: CharacterRecord) -> Self {
        Self {
            id: record.character.id,
            name: record.character.name,
            language: record.character.language,
            built_in: record.built_in,
            updated_at: record.updated_at.map(|at| at.to_rfc3339()),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = self.updated_at.as_deref().unwrap_or("built in");
        write!(f, "{}  {:<5}  {origin}  {}", self.id, self.language, self.name)
    }
}

/// The whole record.
#[derive(Serialize)]
#[serde(transparent)]
struct Whole(CharacterRecord);

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string_pretty(&self.0).map_err(|_| fmt::Error)?)
    }
}

pub(crate) async fn run(command: Command, context: Context) -> Result<(), Failure> {
    match command {
        Command::List(args) => {
            let store = args.db.open(&context).await?;
            let mut records = known(&store, args.project.as_deref()).await?;
            let page = args.page.page();
            if let Some(after) = page.after {
                let at = records.iter().position(|record| record.character.id == after);
                let at =
                    at.ok_or_else(|| Failure::failed(format_args!("--after: no such character: {after}")))?;
                records.drain(..=at);
            }
            args.page
                .cut(&context, &mut records, |record| &record.character.id);
            print(&context, records, Line::from);
            store.close().await;
        }
        Command::Show(args) => {
            let store = args.db.open(&context).await?;
            let records = known(&store, args.project.as_deref()).await?;
            let found = records.into_iter().find(|record| record.character.id == args.id);
            let record = found.ok_or_else(|| {
                Failure::failed("no such character; one of a project's own needs --project NAME")
            })?;
            context.output.data(&Whole(record));
            store.close().await;
        }
    }
    Ok(())
}

/// The deployment's characters and the project's.
async fn known(store: &Store, name: Option<&str>) -> Result<Vec<CharacterRecord>, Failure> {
    let loaded = character::load(&character_folders()).map_err(Failure::failed)?;
    let mut records: Vec<CharacterRecord> = BuiltIns::new(loaded).records().collect();
    if let Some(name) = name {
        let project = project(store, name).await?;
        records.extend(store.characters(&project.id).await.map_err(Failure::failed)?);
    }
    Ok(records)
}
