//! `troupe login`: a link that opens the pages, once.

use std::fmt;

use serde::Serialize;

use super::records::{self, DbArgs};
use super::{Context, Failure};
use crate::config::{Config, ServerUrl};
use crate::rooms::pass::MadePass;
use crate::rooms::secret::ServerSecret;
use crate::rooms::store::Store;

const MINUTE_MS: i64 = 60 * 1000;
/// Time for which a link opens, minutes.
const VALID_MINUTES: i64 = 15;
/// The same for the link that `troupe dev` prints: its server is the user's own machine, and a day is soon over.
const DEV_VALID_MINUTES: i64 = 24 * 60;

/// Flags of `troupe login`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The project whose rooms the pages show
    #[arg(long, value_name = "NAME", default_value = super::stack::PROJECT)]
    project: String,
    #[command(flatten)]
    db: DbArgs,
}

/// What is printed.
#[derive(Serialize)]
struct Made {
    url: String,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let config = args.db.config(&context)?;
    let base = match &config.api.public_url {
        Some(url) => url.clone(),
        None => ServerUrl::http(config.api.listen),
    };
    let (store, secret) = records::opened(&config).await?;
    let made = made(&store, &secret, &args.project, VALID_MINUTES).await;
    store.close().await;
    context.output.data(&Made {
        url: address(&base, &made?),
    });
    context
        .output
        .progress(format_args!("opens once, within {VALID_MINUTES} minutes"));
    Ok(())
}

/// A link for the person at this machine, to the server at `base`.
pub(super) async fn dev_link(config: &Config, project: &str, base: &ServerUrl) -> Result<String, Failure> {
    let (store, secret) = records::opened(config).await?;
    let made = made(&store, &secret, project, DEV_VALID_MINUTES).await;
    store.close().await;
    Ok(address(base, &made?))
}

async fn made(
    store: &Store,
    secret: &ServerSecret,
    project: &str,
    valid_minutes: i64,
) -> Result<MadePass, Failure> {
    let project = records::project(store, project).await?;
    let link = MadePass::link(secret);
    store
        .insert_pass(&project.id, &link, valid_minutes * MINUTE_MS)
        .await
        .map_err(Failure::failed)?;
    Ok(link)
}

/// The code stands in the fragment, which no browser sends and no server logs.
fn address(base: &ServerUrl, link: &MadePass) -> String {
    format!("{}/#link={}", base.as_str().trim_end_matches('/'), link.plain)
}
