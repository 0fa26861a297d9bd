//! Opens the database that a URL names and brings its tables up to date.

use std::sync::Arc;

use super::migrations::{Apply, Migrated, MigrationError};
use super::{Location, PostgresStore, SqliteStore, Store};

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Not a kind that this version knows.
    #[error("the database must be sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/NAME")]
    Unsupported,
    /// `sqlite:` and nothing.
    #[error("sqlite: needs the path of a file, as in sqlite:troupe.sqlite")]
    NoPath,
    /// Not a URL that a connection can be made from.
    #[error(
        "the database's URL can't be read; write it as postgres://USER:PASSWORD@HOST:PORT/NAME, with special \
         characters of the password percent-encoded"
    )]
    BadUrl,
    /// No connection, or the file can't be used.
    #[error("open the database {location}: {source}")]
    Open {
        /// The file, or name, host and port.
        location: String,
        /// What the database said.
        source: sqlx::Error,
    },
    /// Its tables are not this version's and can't be made so.
    #[error("migrate the database {location}: {source}")]
    Migrate {
        /// The file, or name, host and port.
        location: String,
        /// Which migration, and why.
        source: MigrationError,
    },
}

/// Opens a database; a SQLite file is made when missing. Migrations are applied unless one of them has to be
/// applied by hand.
///
/// # Errors
/// When there is no database, or it is not of this version.
pub async fn open(location: &Location) -> Result<Store, OpenError> {
    let (store, migrated) = prepared(location, Apply::WhenSafe).await?;
    for step in migrated.applied {
        tracing::info!(version = step.version, name = step.name, "applied a migration");
    }
    Ok(store)
}

/// Applies all migrations that are missing, and says which.
///
/// # Errors
/// As [`open`].
pub async fn migrate(location: &Location) -> Result<Migrated, OpenError> {
    let (store, migrated) = prepared(location, Apply::All).await?;
    store.close().await;
    Ok(migrated)
}

async fn prepared(location: &Location, apply: Apply) -> Result<(Store, Migrated), OpenError> {
    let not_open = |source| OpenError::Open {
        location: location.to_string(),
        source,
    };
    let not_migrated = |source| OpenError::Migrate {
        location: location.to_string(),
        source,
    };
    Ok(match location {
        Location::Sqlite(path) => {
            let store = SqliteStore::open(path).await.map_err(not_open)?;
            let migrated = store.migrate(apply).await.map_err(not_migrated)?;
            (Arc::new(store), migrated)
        }
        Location::Postgres(options) => {
            let store = PostgresStore::open(options).await.map_err(not_open)?;
            let migrated = store.migrate(apply).await.map_err(not_migrated)?;
            (Arc::new(store), migrated)
        }
    })
}
