//! `troupe doctor`: is everything there that `serve` and `worker` depend on, and what is to be done if not?
//!
//! It changes nothing: no file is made, no migration applied, no room taken. Of a bucket it can't be known but by
//! storing a few bytes whether it takes any; they are removed at once.

mod api;
mod database;
mod finding;
mod livekit;
mod machine;
mod models;
mod realtime;
mod recordings;
mod server;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use clap::ValueEnum;
use futures::future::join_all;

use self::finding::{Finding, State, Summary};
use super::{Context, Failure};
use crate::config::{Config, Overrides};

/// How long one check may take.
const CHECK_WITHIN: Duration = Duration::from_secs(10);

/// Flags of `troupe doctor`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What this machine is to run
    #[arg(long = "for", value_enum, value_name = "ROLE", default_value = "all")]
    role: Role,
    /// Database: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL")]
    db: Option<String>,
    /// Base URL of the Rooms API
    #[arg(long, value_name = "URL")]
    api: Option<String>,
    /// A worker key
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

/// What a machine runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// `troupe serve` alone
    Serve,
    /// `troupe worker` alone
    Worker,
    /// Both
    All,
}

impl Role {
    const fn serves(self) -> bool {
        matches!(self, Self::Serve | Self::All)
    }

    const fn works(self) -> bool {
        matches!(self, Self::Worker | Self::All)
    }
}

type Check<'a> = Pin<Box<dyn Future<Output = Vec<Finding>> + 'a>>;

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let config = context.config(Overrides {
        db: args.db,
        api_url: args.api,
        api_key: args.key,
        ..Overrides::default()
    })?;
    let checks = checks(&config, args.role)
        .into_iter()
        .map(|(name, check)| async move {
            match tokio::time::timeout(CHECK_WITHIN, check).await {
                Ok(findings) => findings,
                Err(_) => vec![Finding::broken(
                    name,
                    format!("no answer within {} s", CHECK_WITHIN.as_secs()),
                    "is something on the way that swallows packets, such as a firewall?",
                )],
            }
        });
    let findings = join_all(checks).await.concat();
    for finding in &findings {
        context.output.data(finding);
    }
    let count = |state| findings.iter().filter(|finding| finding.state == state).count();
    let summary = Summary::new(findings.len(), count(State::Warning), count(State::Broken));
    context.output.data(&summary);
    match summary.broken {
        0 => Ok(()),
        broken => Err(Failure::failed(format!(
            "{broken} of {} checks failed",
            findings.len()
        ))),
    }
}

fn checks(config: &Config, role: Role) -> Vec<(&'static str, Check<'_>)> {
    let mut checks: Vec<(&'static str, Check<'_>)> = vec![("livekit", Box::pin(livekit::check(config)))];
    if role.serves() {
        checks.push(("database", Box::pin(database::check(config))));
        checks.push(("addresses", Box::pin(server::check(config))));
        checks.push(("recordings", Box::pin(recordings::check(config))));
    }
    if role.works() {
        checks.push(("api", Box::pin(api::check(config))));
    }
    // A server answers in group chats with the same models.
    checks.push(("models", Box::pin(models::check(config))));
    if role.works() {
        checks.push(("realtime", Box::pin(realtime::check(config))));
        checks.push(("machine", Box::pin(async { machine::check(config) })));
    }
    checks
}
