//! Postgres: any number of servers at once.
//!
//! Transactions read committed rows and lock what they decide on, always in this order: the claims of a
//! worker, the starts of a project, rooms, workers by their ids, the changes of a worker, webhooks, their
//! deliveries. A room's row is locked by everything that changes the room, its cast or its timeline, so that
//! positions within a room become visible in their order.

mod answers;
mod census;
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
mod lock;
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

use std::time::Duration;

use async_trait::async_trait;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, Executor, PgConnection, PgPool, Postgres, Transaction};

use super::contract::Database;
use super::migrations::{self, Apply, Migrated, MigrationError};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// Connections of one server; further requests wait in line.
const CONNECTIONS_MAX: u32 = 16;
/// Longest wait for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that was idle this long is tried before it is used.
const TRIED_AFTER: Duration = Duration::from_secs(1);
/// What every connection is told: an acknowledged entry outlives a power cut, and nothing waits for ever.
const SETTINGS: &str = "SET synchronous_commit = on; SET default_transaction_isolation = 'read committed';
    SET statement_timeout = '10s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '30s'";

/// A Postgres database.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    pool: PgPool,
}

impl PostgresStore {
    /// Connects to a database that is there.
    ///
    /// # Errors
    /// When it can't be reached or refuses the user.
    pub async fn open(options: &PgConnectOptions) -> sqlx::Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .min_connections(1)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for >= TRIED_AFTER {
                        // A failure here makes the pool look for another connection.
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(SETTINGS).await.map(drop) })
            })
            .connect_with(options.clone().application_name("troupe"))
            .await?;
        Ok(Self { pool })
    }

    /// Brings the tables to this version's, as far as `apply` allows.
    ///
    /// # Errors
    /// When a newer version was here, a migration has to be applied by hand, or one fails.
    pub async fn migrate(&self, apply: Apply) -> Result<Migrated, MigrationError> {
        let mut connection = self.pool.acquire().await.map_err(MigrationError::read)?;
        // Rewriting a large table takes its time. The connection is not used for anything else.
        connection
            .execute("SET statement_timeout = 0; SET lock_timeout = 0")
            .await
            .map_err(MigrationError::read)?;
        let migrated = migrations::migrate(&MIGRATIONS, &mut *connection, apply).await;
        connection.close_on_drop();
        migrated
    }

    /// The pool that tests use to set up what no operation can.
    #[doc(hidden)]
    pub fn raw(&self) -> &PgPool {
        &self.pool
    }

    async fn write(&self) -> sqlx::Result<Transaction<'static, Postgres>> {
        self.pool.begin().await
    }

    /// Several statements that see one state of the database.
    async fn snapshot(&self) -> sqlx::Result<Transaction<'static, Postgres>> {
        self.pool
            .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await
    }
}

#[async_trait]
impl Database for PostgresStore {
    async fn ping(&self) -> Result<(), Error> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    async fn now(&self) -> Result<Timestamp, Error> {
        Ok(now(&mut *self.pool.acquire().await?).await?)
    }

    async fn id(&self) -> Result<String, Error> {
        Ok(sqlx::query_scalar("SELECT id FROM deployment")
            .fetch_one(&self.pool)
            .await?)
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

/// The time now, not that of the transaction's begin: what waited for a lock happens after it.
async fn now(connection: &mut PgConnection) -> sqlx::Result<Timestamp> {
    sqlx::query_scalar("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
        .fetch_one(connection)
        .await
}
