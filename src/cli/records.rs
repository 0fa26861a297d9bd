//! What the commands that look into the database share: where it is, and lists in pages.

use std::fmt::Display;

use clap::value_parser;
use secrecy::ExposeSecret;
use serde::Serialize;

use super::{Context, Failure};
use crate::api;
use crate::config::{Config, Overrides};
use crate::rooms::project::Project;
use crate::rooms::secret::ServerSecret;
use crate::rooms::store::{Page, Store};

/// Longest name of a project or user, characters.
const NAME_CHARS_MAX: usize = 200;

/// Where the database is.
#[derive(Debug, clap::Args)]
pub(super) struct DbArgs {
    /// Database: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL")]
    pub(super) db: Option<String>,
}

impl DbArgs {
    /// The configuration with this database.
    pub(super) fn config(self, context: &Context) -> Result<Config, Failure> {
        context.config(Overrides {
            db: self.db,
            ..Overrides::default()
        })
    }

    /// Opens the database.
    pub(super) async fn open(self, context: &Context) -> Result<Store, Failure> {
        let (store, _) = opened(&self.config(context)?).await?;
        Ok(store)
    }
}

/// Opens the configured database and its secret.
pub(super) async fn opened(config: &Config) -> Result<(Store, ServerSecret), Failure> {
    let secret = config.api.secret.as_ref().map(ExposeSecret::expose_secret);
    api::open(&config.api.db, secret, config.data.as_deref())
        .await
        .map_err(Failure::failed)
}

/// The part of a list that is shown.
#[derive(Debug, clap::Args)]
pub(super) struct PageArgs {
    /// Most objects to show
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Id of the object to go on after
    #[arg(long, value_name = "ID")]
    after: Option<String>,
}

impl PageArgs {
    /// One object too many is read, to know whether there are more.
    pub(super) fn page(&self) -> Page<'_> {
        Page {
            after: self.after.as_deref(),
            limit: self.limit + 1,
        }
    }

    /// Drops the object that was one too many and says on stderr how to go on.
    pub(super) fn cut<T>(&self, context: &Context, objects: &mut Vec<T>, id: impl Fn(&T) -> &str) {
        let length = usize::try_from(self.limit).unwrap_or(usize::MAX);
        if objects.len() > length {
            objects.truncate(length);
            if let Some(last) = objects.last() {
                context
                    .output
                    .progress(format_args!("there are more; go on with --after {}", id(last)));
            }
        }
    }
}

/// Prints a page of lines.
pub(super) fn print<T, L: Serialize + Display>(context: &Context, objects: Vec<T>, line: impl Fn(T) -> L) {
    for object in objects {
        context.output.data(&line(object));
    }
}

/// The project with this name.
pub(super) async fn project(store: &Store, name: &str) -> Result<Project, Failure> {
    store.project_named(name).await.map_err(Failure::failed)
}

/// Refuses a name that no project or user may have.
pub(super) fn check_name(flag: &str, name: &str) -> Result<(), Failure> {
    let fits = !name.trim().is_empty()
        && name.chars().count() <= NAME_CHARS_MAX
        && !name.chars().any(char::is_control);
    if fits {
        return Ok(());
    }
    Err(Failure::usage(format_args!(
        "{flag} must have 1 to {NAME_CHARS_MAX} characters and no control characters"
    )))
}
