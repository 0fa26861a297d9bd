//! `troupe serve`: the Rooms API.

use std::net::SocketAddr;

use tokio::sync::oneshot;

use super::{Context, Failure};
use crate::config::{Config, Overrides};
use crate::shutdown::Shutdown;

/// Flags of `troupe serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Database: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL")]
    db: Option<String>,
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let config = context.config(Overrides {
        listen: args.listen,
        db: args.db,
        ..Overrides::default()
    })?;
    let (ready, _) = oneshot::channel();
    serve(&config, ready, context.shutdown).await
}

/// Serves until `shutdown`; `ready` gets the bound address once requests are answered.
pub(crate) async fn serve(
    config: &Config,
    ready: oneshot::Sender<SocketAddr>,
    shutdown: Shutdown,
) -> Result<(), Failure> {
    let _ = (config, ready, shutdown);
    Err(Failure::failed("this build has no Rooms API yet"))
}
