//! `troupe keys`: API keys, with the projects and users they stand for.

use std::fmt;

use clap::{Subcommand, ValueEnum};
use secrecy::ExposeSecret;
use serde::Serialize;

use super::{Context, Failure};
use crate::api;
use crate::config::{Config, Overrides};
use crate::rooms::key::{self, KeyRecord, MadeKey};
use crate::rooms::secret::ServerSecret;
use crate::rooms::store::Store;

/// Longest name of a project or user, characters.
const NAME_CHARS_MAX: usize = 200;
const DAY_MS: i64 = 24 * 3600 * 1000;

/// Subcommands of `troupe keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a key, and project and user if new; prints the key alone
    Create(CreateArgs),
    /// Show keys without their secrets
    List(ListArgs),
    /// Refuse a key from now on
    Revoke(RevokeArgs),
}

/// Flags of `troupe keys create`.
#[derive(Debug, clap::Args)]
pub(crate) struct CreateArgs {
    /// The project, made if new; a worker key is for all projects
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// What the key may do
    #[arg(long)]
    kind: KeyKind,
    /// The user of a user key, made if new
    #[arg(long, value_name = "ID")]
    user: Option<String>,
    /// Days after which the key is refused; without it, never
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=36_500))]
    expires_in_days: Option<i64>,
    /// Database: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL")]
    db: Option<String>,
}

/// Flags of `troupe keys list`.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    /// Only this project's keys
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// Database: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL")]
    db: Option<String>,
}

/// Flags of `troupe keys revoke`.
#[derive(Debug, clap::Args)]
pub(crate) struct RevokeArgs {
    /// The key's id (key_…), or the key itself
    #[arg(value_name = "KEY")]
    key: String,
    /// Database: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL")]
    db: Option<String>,
}

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyKind {
    /// The server side of one project
    Secret,
    /// One user of a project
    User,
    /// Workers of all projects
    Worker,
}

impl From<KeyKind> for key::KeyKind {
    fn from(kind: KeyKind) -> Self {
        match kind {
            KeyKind::Secret => Self::Secret,
            KeyKind::User => Self::User,
            KeyKind::Worker => Self::Worker,
        }
    }
}

/// What `create` prints.
#[derive(Serialize)]
struct Made {
    key: String,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)
    }
}

/// A line of `list`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    id: String,
    kind: &'static str,
    project: Option<String>,
    user_id: Option<String>,
    created_at: String,
    expires_at: Option<String>,
    revoked_at: Option<String>,
}

impl From<KeyRecord> for Listed {
    fn from(record: KeyRecord) -> Self {
        Self {
            id: record.id,
            kind: record.kind.as_str(),
            project: record.project_name,
            user_id: record.user_id,
            created_at: record.created_at.to_rfc3339(),
            expires_at: record.expires_at.map(|at| at.to_rfc3339()),
            revoked_at: record.revoked_at.map(|at| at.to_rfc3339()),
        }
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {:<6}  {}", self.id, self.kind, self.created_at)?;
        if let Some(project) = &self.project {
            write!(f, "  {project}")?;
        }
        if let Some(user_id) = &self.user_id {
            write!(f, "  {user_id}")?;
        }
        if let Some(at) = &self.expires_at {
            write!(f, "  expires {at}")?;
        }
        if let Some(at) = &self.revoked_at {
            write!(f, "  revoked {at}")?;
        }
        Ok(())
    }
}

pub(crate) async fn run(command: Command, context: Context) -> Result<(), Failure> {
    match command {
        Command::Create(args) => {
            check(&args)?;
            let config = configured(&context, args.db)?;
            let valid_for_ms = args.expires_in_days.map(|days| days * DAY_MS);
            let key = make(
                &config,
                args.project.as_deref(),
                args.kind,
                args.user.as_deref(),
                valid_for_ms,
            )
            .await?;
            context.output.data(&Made { key });
        }
        Command::List(args) => {
            let (store, _) = opened(&configured(&context, args.db)?).await?;
            let records = store
                .keys(args.project.as_deref())
                .await
                .map_err(Failure::failed)?;
            for record in records {
                context.output.data(&Listed::from(record));
            }
        }
        Command::Revoke(args) => {
            let (store, _) = opened(&configured(&context, args.db)?).await?;
            let id = match args.key.starts_with("key_") {
                true => args.key,
                false => key::id_of(&args.key)
                    .ok_or_else(|| Failure::usage("KEY is neither a key nor a key's id"))?,
            };
            store.revoke_key(&id).await.map_err(Failure::failed)?;
            context.output.progress(format_args!("revoked {id}"));
        }
    }
    Ok(())
}

fn check(args: &CreateArgs) -> Result<(), Failure> {
    match (args.kind, &args.project, &args.user) {
        (KeyKind::Secret | KeyKind::User, None, _) => {
            return Err(Failure::usage(
                "--kind secret and --kind user need --project NAME",
            ));
        }
        (KeyKind::User, _, None) => return Err(Failure::usage("--kind user needs --user ID")),
        (KeyKind::Secret | KeyKind::Worker, _, Some(_)) => {
            return Err(Failure::usage("--user is for --kind user alone"));
        }
        _ => {}
    }
    for (flag, name) in [("--project", &args.project), ("--user", &args.user)] {
        let fits = name.as_deref().is_none_or(|name| {
            !name.trim().is_empty()
                && name.chars().count() <= NAME_CHARS_MAX
                && !name.chars().any(char::is_control)
        });
        if !fits {
            return Err(Failure::usage(format_args!(
                "{flag} must have 1 to {NAME_CHARS_MAX} characters and no control characters"
            )));
        }
    }
    Ok(())
}

fn configured(context: &Context, db: Option<String>) -> Result<Config, Failure> {
    context.config(Overrides {
        db,
        ..Overrides::default()
    })
}

async fn opened(config: &Config) -> Result<(Store, ServerSecret), Failure> {
    let secret = config.api.secret.as_ref().map(ExposeSecret::expose_secret);
    api::open(&config.api.db, secret, config.data.as_deref())
        .await
        .map_err(Failure::failed)
}

/// Makes a key in the configured database and answers it in plain.
pub(crate) async fn create(
    config: &Config,
    project: &str,
    kind: KeyKind,
    user: Option<&str>,
) -> Result<String, Failure> {
    make(config, Some(project), kind, user, None).await
}

async fn make(
    config: &Config,
    project: Option<&str>,
    kind: KeyKind,
    user: Option<&str>,
    valid_for_ms: Option<i64>,
) -> Result<String, Failure> {
    let (store, secret) = opened(config).await?;
    let key = MadeKey::new(kind.into(), &secret);
    store
        .insert_key(&key, kind.into(), project, user, valid_for_ms)
        .await
        .map_err(Failure::failed)?;
    store.close().await;
    Ok(key.plain)
}
