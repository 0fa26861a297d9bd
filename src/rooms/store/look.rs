//! Looks at a database without making or changing anything.

use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use super::{Location, postgres, sqlite};

/// The version that was applied last; no row, and no table at first, means none.
const VERSION: &str = "SELECT MAX(version) FROM _sqlx_migrations";

/// How a database's tables compare with what this program expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// The version there; 0 for an empty database.
    pub version: i64,
    /// The version that this program brings tables to.
    pub expected: i64,
}

/// The schema of a database; `None` for a SQLite file that is not there yet.
///
/// # Errors
/// When there is no connection, or the file is no database.
pub async fn look(location: &Location) -> sqlx::Result<Option<Schema>> {
    match location {
        Location::Sqlite(path) if !path.exists() => Ok(None),
        Location::Sqlite(path) => {
            let options = SqliteConnectOptions::new().filename(path).read_only(true);
            let mut connection: SqliteConnection = options.connect().await?;
            // What is no database is found out by the first read.
            sqlx::query("SELECT COUNT(*) FROM sqlite_schema")
                .execute(&mut connection)
                .await?;
            let version = sqlx::query_scalar(VERSION).fetch_one(&mut connection).await;
            connection.close().await?;
            found(version, &sqlite::MIGRATIONS).map(Some)
        }
        Location::Postgres(options) => {
            let mut connection: PgConnection = options.connect().await?;
            let version = sqlx::query_scalar(VERSION).fetch_one(&mut connection).await;
            connection.close().await?;
            found(version, &postgres::MIGRATIONS).map(Some)
        }
    }
}

fn found(version: sqlx::Result<Option<i64>>, known: &Migrator) -> sqlx::Result<Schema> {
    let version = match version {
        Ok(version) => version.unwrap_or(0),
        // The table is missing: nothing was ever applied.
        Err(sqlx::Error::Database(_)) => 0,
        Err(error) => return Err(error),
    };
    let expected = known.iter().map(|migration| migration.version).max().unwrap_or(0);
    Ok(Schema { version, expected })
}
