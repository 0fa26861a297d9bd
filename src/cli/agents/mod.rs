//! `troupe agents`: for those who write characters.

mod check;
mod talk;

use std::fmt;

use clap::Subcommand;
use serde::Serialize;
use serde_json::Value;

pub(super) use talk::{MESSAGE_CHARS_MAX, found, lines};

use super::{Context, Failure};
use crate::character;

/// Subcommands of `troupe agents`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look for faults in character files; exits 1 when there are any
    Check(check::Args),
    /// Talk with a character in writing; a line is a message
    Try(talk::Args),
    /// Print the JSON Schema of character files, for editors
    Schema,
}

pub(crate) async fn run(command: Command, context: Context) -> Result<(), Failure> {
    match command {
        Command::Check(args) => check::run(&args, &context),
        Command::Try(args) => talk::run(args, context).await,
        Command::Schema => {
            context.output.data(&Schema(character::schema()));
            Ok(())
        }
    }
}

/// What `schema` prints.
#[derive(Serialize)]
#[serde(transparent)]
struct Schema(Value);

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string_pretty(&self.0).map_err(|_| fmt::Error)?)
    }
}
