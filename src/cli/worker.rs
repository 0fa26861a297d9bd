//! `troupe worker`: plays the characters of started rooms.

use tokio::sync::oneshot;

use super::{Context, Failure, Output};
use crate::config::{Config, Overrides};
use crate::shutdown::Shutdown;

/// Flags of `troupe worker`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Base URL of the Rooms API
    #[arg(long, value_name = "URL")]
    api: Option<String>,
    /// A worker key
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Address of the health check [default: 127.0.0.1:8081]
    #[arg(long, value_name = "ADDRESS")]
    health: Option<String>,
    /// Rooms played at once
    #[arg(long, value_name = "N")]
    max_rooms: Option<String>,
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let config = context.config(Overrides {
        api_url: args.api,
        api_key: args.key,
        health: args.health,
        max_rooms: args.max_rooms,
        ..Overrides::default()
    })?;
    let (ready, _) = oneshot::channel();
    work(&config, context.output, ready, context.shutdown).await
}

/// Works until `shutdown`, then drains; `ready` is told once rooms are taken.
pub(crate) async fn work(
    config: &Config,
    output: Output,
    ready: oneshot::Sender<()>,
    shutdown: Shutdown,
) -> Result<(), Failure> {
    let _ = (config, output, ready, shutdown);
    Err(Failure::failed("this build has no worker yet"))
}
