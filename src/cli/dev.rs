//! `troupe dev`: API, worker and a LiveKit dev server in one process tree.

use std::fmt;

use serde::Serialize;

use super::reload::Reload;
use super::stack::{PROJECT, Stack, Storage};
use super::{Context, Failure, login};
use crate::config::Overrides;

/// Flags of `troupe dev`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address of the Rooms API [default: 127.0.0.1:8080]
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
    let mut stack = tokio::select! {
        stack = Stack::start(config.clone(), Storage::Configured, context.output) => stack?,
        () = context.shutdown.cancelled() => return Ok(()),
    };
    let page_url = login::dev_link(&config, PROJECT, &stack.api_url).await?;
    context.output.data(&Ready {
        event: "ready",
        page_url: &page_url,
        api_url: stack.api_url.as_str(),
        api_key: &stack.key,
        livekit_url: stack.livekit_url.as_str(),
    });
    let reload = Reload::of(stack.characters.clone(), context.output);
    let outcome = tokio::select! {
        failure = stack.broken() => Err(failure),
        never = reload.watch() => match never {},
        () = context.shutdown.cancelled() => Ok(()),
    };
    stack.stop().await;
    outcome
}

/// What somebody needs to make a room and join it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ready<'a> {
    event: &'static str,
    page_url: &'a str,
    api_url: &'a str,
    api_key: &'a str,
    livekit_url: &'a str,
}

impl fmt::Display for Ready<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            page_url,
            api_url,
            api_key,
            livekit_url,
            ..
        } = self;
        write!(
            f,
            r#"Open this, once, in a browser of yours (`troupe login` makes another):

  {page_url}

Rooms API     {api_url}
LiveKit       {livekit_url}
API key       {api_key}

The same by hand: make a room, add a character, start it, and ask for a token to join:

  export API={api_url} KEY={api_key}
  call() {{ curl -sS -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' "$@"; }}
  call $API/v1/characters
  call $API/v1/rooms -d '{{"name":"Town Square"}}'
  call $API/v1/rooms/ROOM/participants -d '{{"characterId":"CHARACTER"}}'
  call -X POST $API/v1/rooms/ROOM/start
  call $API/v1/rooms/ROOM/token

Any LiveKit client takes `url` and `token`. Ctrl-C stops everything."#
        )
    }
}
