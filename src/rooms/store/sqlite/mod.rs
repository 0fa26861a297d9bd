//! SQLite: one process, one writer at a time, readers beside it.

mod answers;
mod changes;
mod characters;
mod chat_members;
mod chat_messages;
mod chat_rooms;
mod claims;
mod deliveries;
mod entries;
mod interviews;
mod keys;
mod livekit_side;
mod operator;
mod outbox;
mod participants;
mod passes;
mod prepared;
mod prepared_rooms;
mod recording_takes;
mod recordings;
mod reports;
mod roleplays;
mod rooms;
mod usage;
mod users;
mod webhooks;
mod workers;

use std::path::Path;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};

use super::contract::Database;
use super::migrations::{self, Apply, Migrated, MigrationError};
use crate::backoff::Backoff;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// Connections that read at the same time; further readers wait in line.
const READERS_MAX: u32 = 8;
/// Longest wait for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest wait for a lock that another process (`troupe keys …`) holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Wait before another attempt to open a file that another process is making.
const BUSY_FIRST_WAIT: Duration = Duration::from_millis(10);
/// Longest such wait.
const BUSY_LONGEST_WAIT: Duration = Duration::from_millis(200);
/// SQLite's result code for a lock that another connection holds.
const SQLITE_BUSY: u32 = 5;

/// A SQLite file.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    // SQLite has one writer; a pool of one makes writers wait in order instead of polling a lock.
    writer: SqlitePool,
    reader: SqlitePool,
}

impl SqliteStore {
    /// Opens the file at `path`, made when missing.
    ///
    /// # Errors
    /// When the file can't be used.
    pub async fn open(path: &Path) -> sqlx::Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged entry must outlive a power cut, not the process alone.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let pool = |connections: u32, options: SqliteConnectOptions| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .min_connections(1)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .connect_with(options)
        };
        Ok(Self {
            writer: patiently(|| pool(1, options.clone())).await?,
            reader: pool(READERS_MAX, options).await?,
        })
    }

    /// Brings the tables to this version's, as far as `apply` allows.
    ///
    /// # Errors
    /// When a newer version was here, a migration has to be applied by hand, or one fails.
    pub async fn migrate(&self, apply: Apply) -> Result<Migrated, MigrationError> {
        // The database's own lock: SQLite has no other that two processes share.
        let mut transaction = self.write().await.map_err(MigrationError::read)?;
        let migrated = migrations::migrate(&MIGRATIONS, &mut *transaction, apply).await?;
        transaction.commit().await.map_err(MigrationError::read)?;
        Ok(migrated)
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

#[async_trait]
impl Database for SqliteStore {
    async fn ping(&self) -> Result<(), Error> {
        sqlx::query("SELECT 1").execute(&self.reader).await?;
        Ok(())
    }

    async fn now(&self) -> Result<Timestamp, Error> {
        Ok(now(&mut *self.reader.acquire().await?).await?)
    }

    async fn id(&self) -> Result<String, Error> {
        Ok(sqlx::query_scalar("SELECT id FROM deployment")
            .fetch_one(&self.reader)
            .await?)
    }

    async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// Opens until no other process is in the way. Setting a new file's journal needs a lock that SQLite does not
/// wait for, whatever [`BUSY_TIMEOUT`] says (sqlite.org/wal.html, "Sometimes Queries Return SQLITE_BUSY").
async fn patiently<F>(open: impl Fn() -> F) -> sqlx::Result<SqlitePool>
where
    F: Future<Output = sqlx::Result<SqlitePool>>,
{
    let give_up = Instant::now() + BUSY_TIMEOUT;
    let mut backoff = Backoff::between(BUSY_FIRST_WAIT, BUSY_LONGEST_WAIT);
    loop {
        match open().await {
            Err(error) if is_busy(&error) && Instant::now() < give_up => {
                tokio::time::sleep(backoff.next(rand::random())).await;
            }
            opened => return opened,
        }
    }
}

fn is_busy(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    // The low byte is the error, the rest its kind.
    code.and_then(|code| code.parse::<u32>().ok())
        .is_some_and(|code| code & 0xff == SQLITE_BUSY)
}

async fn now(connection: &mut SqliteConnection) -> sqlx::Result<Timestamp> {
    sqlx::query_scalar("SELECT CAST(ROUND(unixepoch('subsec') * 1000) AS INTEGER)")
        .fetch_one(connection)
        .await
}
