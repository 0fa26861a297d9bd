//! `troupe agents check`: every fault of every file at once.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use crate::character;
use crate::cli::serve::AGENTS;
use crate::cli::{Context, Failure};

/// Flags of `troupe agents check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, or folders of files [default: agents]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// A file without faults.
#[derive(Serialize)]
struct Fine {
    id: String,
    name: String,
}

impl fmt::Display for Fine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {}", self.id, self.name)
    }
}

pub(super) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let default = [PathBuf::from(AGENTS)];
    let paths = if args.paths.is_empty() {
        &default[..]
    } else {
        &args.paths
    };
    for character in character::read(paths).map_err(Failure::failed)? {
        context.output.data(&Fine {
            id: character.id,
            name: character.name,
        });
    }
    Ok(())
}
