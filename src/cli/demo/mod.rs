//! `troupe demo`: from nothing to a finished conversation.

use std::path::PathBuf;

use super::{Context, Failure};

/// Flags of `troupe demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Recordings (WAV or FLAC), each one turn of the person
    #[arg(long, value_name = "FILE", num_args = 1..)]
    caller: Vec<PathBuf>,
    /// Characters of the room, by id
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    characters: Vec<String>,
    /// Turns taken in all, the person's included
    #[arg(long, value_name = "N", default_value_t = 6)]
    turns: u32,
    /// Folder of the recording
    #[arg(long, value_name = "DIR", default_value = "demo-out")]
    out: PathBuf,
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let _ = (args.caller, args.characters, args.turns, args.out, context);
    Err(Failure::failed("this build has no demo yet"))
}
