//! `troupe migrate`: the database's tables become this version's.

use std::fmt;

use serde::Serialize;

use super::{Context, Failure};
use crate::config::Overrides;
use crate::rooms::store::{self, Location};

/// Flags of `troupe migrate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Database: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL")]
    db: Option<String>,
}

/// A line for each applied migration.
#[derive(Serialize)]
struct Applied {
    event: &'static str,
    version: i64,
    name: String,
}

impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "applied {} {}", self.version, self.name)
    }
}

/// The last line.
#[derive(Serialize)]
struct Done {
    event: &'static str,
    version: i64,
    applied: usize,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.applied {
            0 => write!(f, "the schema has version {} already", self.version),
            _ => write!(f, "the schema has version {} now", self.version),
        }
    }
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let config = context.config(Overrides {
        db: args.db,
        ..Overrides::default()
    })?;
    let location = Location::parse(&config.api.db).map_err(Failure::failed)?;
    let migrated = store::migrate(&location).await.map_err(Failure::failed)?;
    let applied = migrated.applied.len();
    for step in migrated.applied {
        context.output.data(&Applied {
            event: "applied",
            version: step.version,
            name: step.name,
        });
    }
    context.output.data(&Done {
        event: "migrated",
        version: migrated.version,
        applied,
    });
    Ok(())
}
