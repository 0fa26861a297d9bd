//! `troupe dev`: API, worker and a LiveKit dev server in one process tree.

use super::{Context, Failure};

/// Flags of `troupe dev`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address of the Rooms API [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let _ = (args.listen, context);
    Err(Failure::failed("this build has no dev stack yet"))
}
