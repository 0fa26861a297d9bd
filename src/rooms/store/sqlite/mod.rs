//! SQLite: one process, one writer at a time, readers beside it.

mod answers;
mod changes;
mod characters;
mod claims;
mod entries;
mod keys;
mod participants;
mod recording_takes;
mod recordings;
mod rooms;
mod workers;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};

use super::super::Timestamp;

pub use answers::Answer;
pub use changes::PendingChange;
pub use claims::{Claimed, ClaimsMade};
pub use participants::Added;
pub use rooms::{Ended, Started};

/// Connections that read at the same time; further readers wait in line.
const READERS_MAX: u32 = 8;
/// Longest wait for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest wait for a lock that another process (`troupe keys …`) holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Not a kind that this version knows.
    #[error("database {0}: only sqlite:PATH works in this version")]
    Unsupported(String),
    /// The file can't be opened or brought up to date.
    #[error("open the database {path}: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: sqlx::Error,
    },
    /// The file's tables can't be brought to this version's.
    #[error("migrate the database {path}: {source}")]
    Migrate {
        /// The file.
        path: PathBuf,
        /// Which migration failed and why.
        source: sqlx::migrate::MigrateError,
    },
}

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    // SQLite has one writer; a pool of one makes writers wait in order instead of polling a lock.
    writer: SqlitePool,
    reader: SqlitePool,
}

/// The file that `sqlite:PATH` or `sqlite://PATH` names.
///
/// # Errors
/// For any other kind of database.
pub fn path_of(url: &str) -> Result<PathBuf, OpenError> {
    let path = url
        .strip_prefix("sqlite://")
        .or_else(|| url.strip_prefix("sqlite:"))
        .filter(|path| !path.is_empty());
    match path {
        Some(path) => Ok(PathBuf::from(path)),
        // Only the kind is told: the rest may hold a password.
        None => Err(OpenError::Unsupported(
            url.split_once(':')
                .map_or("without a kind", |(kind, _)| kind)
                .to_owned(),
        )),
    }
}

impl Store {
    /// Opens the file at `path`, made when missing, and brings its tables up to date.
    ///
    /// # Errors
    /// When the file can't be used; the message names it.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged entry must outlive a power cut, not the process alone.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let pool = |connections: u32, options: SqliteConnectOptions| async move {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .min_connections(1)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .connect_with(options)
                .await
                .map_err(|source| OpenError::Open {
                    path: path.to_owned(),
                    source,
                })
        };
        let writer = pool(1, options.clone()).await?;
        sqlx::migrate!("migrations/sqlite")
            .run(&writer)
            .await
            .map_err(|source| OpenError::Migrate {
                path: path.to_owned(),
                source,
            })?;
        let reader = pool(READERS_MAX, options).await?;
        Ok(Self { writer, reader })
    }

    /// Whether it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> sqlx::Result<()> {
        sqlx::query("SELECT 1").execute(&self.reader).await.map(drop)
    }

    /// Time by the database's clock.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn now(&self) -> sqlx::Result<Timestamp> {
        now(&mut *self.reader.acquire().await?).await
    }

    /// Closes all connections once their work is done.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// The pool that tests use to set up what no operation can.
    #[doc(hidden)]
    pub fn raw(&self) -> &SqlitePool {
        &self.writer
    }

    async fn write(&self) -> sqlx::Result<Transaction<'static, Sqlite>> {
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }
}

async fn now(connection: &mut SqliteConnection) -> sqlx::Result<Timestamp> {
    sqlx::query_scalar("SELECT CAST(ROUND(unixepoch('subsec') * 1000) AS INTEGER)")
        .fetch_one(connection)
        .await
}
