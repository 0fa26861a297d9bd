//! A database of a test's own.

use std::sync::Arc;

use sqlx::SqlitePool;
use tempfile::TempDir;
use troupe::rooms::store::{self, Location, SqliteStore, Store};

/// A fresh database, gone with the test.
pub(crate) struct TestDatabase {
    pub(crate) store: Store,
    raw: Raw,
    _folder: Option<TempDir>,
}

enum Raw {
    Sqlite(SqlitePool),
}

impl TestDatabase {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.sqlite");
        store::migrate(&Location::Sqlite(path.clone())).await.unwrap();
        let store = SqliteStore::open(&path).await.unwrap();
        Self {
            raw: Raw::Sqlite(store.raw().clone()),
            store: Arc::new(store),
            _folder: Some(folder),
        }
    }

    /// Changes rows as no operation can.
    pub(crate) async fn alter(&self, sql: &'static str, values: &[&str]) {
        match &self.raw {
            Raw::Sqlite(pool) => {
                let mut query = sqlx::query(sql);
                for value in values {
                    query = query.bind(*value);
                }
                query.execute(pool).await.unwrap();
            }
        }
    }

    /// A column of bytes.
    pub(crate) async fn blobs(&self, sql: &'static str) -> Vec<Vec<u8>> {
        match &self.raw {
            Raw::Sqlite(pool) => sqlx::query_scalar(sql).fetch_all(pool).await.unwrap(),
        }
    }
}
