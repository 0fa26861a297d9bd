//! A database of a test's own.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Executor, PgPool, SqlitePool};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use troupe::rooms::store::{self, Location, PostgresStore, SqliteStore, Store};

use crate::postgres::Cluster;

/// The databases that everything has to work on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// Which of the two tests of the API run on: `TROUPE_TEST_STORE`, SQLite without it.
pub(crate) fn chosen() -> Kind {
    match std::env::var("TROUPE_TEST_STORE").as_deref() {
        Ok("postgres") => Kind::Postgres,
        Ok("sqlite") | Err(_) => Kind::Sqlite,
        Ok(other) => panic!("TROUPE_TEST_STORE must be sqlite or postgres, not {other}"),
    }
}

/// The cluster that all tests of this process share.
pub(crate) fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| Cluster::start(""))
}

/// A fresh database.
pub(crate) struct TestDatabase {
    pub(crate) store: Store,
    /// Where it is.
    pub(crate) url: String,
    raw: Raw,
    _folder: Option<TempDir>,
}

enum Raw {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl TestDatabase {
    pub(crate) async fn new(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => Self::sqlite().await,
            Kind::Postgres => Self::postgres().await,
        }
    }

    async fn sqlite() -> Self {
        let folder = crate::scratch::folder();
        let url = format!("sqlite:{}", folder.path().join("t.sqlite").display());
        let location = Location::parse(&url).unwrap();
        store::migrate(&location).await.unwrap();
        let Location::Sqlite(path) = location else {
            unreachable!("it says sqlite")
        };
        let store = SqliteStore::open(&path).await.unwrap();
        Self {
            raw: Raw::Sqlite(store.raw().clone()),
            store: Arc::new(store),
            url,
            _folder: Some(folder),
        }
    }

    async fn postgres() -> Self {
        Self::opened(cluster().url(&copy_of_template().await)).await
    }

    /// A database of another cluster, which has no tables yet.
    pub(crate) async fn in_cluster(cluster: &Cluster, name: &str) -> Self {
        let url = cluster.url(name);
        store::migrate(&Location::parse(&url).unwrap()).await.unwrap();
        Self::opened(url).await
    }

    async fn opened(url: String) -> Self {
        let Location::Postgres(options) = Location::parse(&url).unwrap() else {
            unreachable!("it says postgres")
        };
        let store = PostgresStore::open(&options).await.unwrap();
        Self {
            raw: Raw::Postgres(store.raw().clone()),
            store: Arc::new(store),
            url,
            _folder: None,
        }
    }

    /// Changes rows as no operation can; both know `$1`.
    pub(crate) async fn alter(&self, sql: &'static str, values: &[&str]) {
        match &self.raw {
            Raw::Sqlite(pool) => {
                let query = values
                    .iter()
                    .fold(sqlx::query(sql), |query, value| query.bind(*value));
                query.execute(pool).await.unwrap();
            }
            Raw::Postgres(pool) => {
                let query = values
                    .iter()
                    .fold(sqlx::query(sql), |query, value| query.bind(*value));
                query.execute(pool).await.unwrap();
            }
        }
    }

    /// Waits until transactions that were given up are rolled back, which happens behind their caller's back.
    pub(crate) async fn settle(&self) {
        const OPEN: &str = "SELECT COUNT(*) FROM pg_stat_activity
            WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
        if let Raw::Postgres(pool) = &self.raw {
            while sqlx::query_scalar::<_, i64>(OPEN).fetch_one(pool).await.unwrap() > 0 {
                tokio::task::yield_now().await;
            }
        }
    }

    /// A column of bytes.
    pub(crate) async fn blobs(&self, sql: &'static str) -> Vec<Vec<u8>> {
        match &self.raw {
            Raw::Sqlite(pool) => sqlx::query_scalar(sql).fetch_all(pool).await.unwrap(),
            Raw::Postgres(pool) => sqlx::query_scalar(sql).fetch_all(pool).await.unwrap(),
        }
    }
}

/// Makes an empty database without tables in the shared cluster and answers its name.
pub(crate) async fn empty_postgres() -> String {
    create("template0").await
}

/// A database with this version's tables; they are made once and copied.
async fn copy_of_template() -> String {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let make = || async {
        let name = empty_postgres().await;
        let location = Location::parse(&cluster().url(&name)).unwrap();
        store::migrate(&location).await.unwrap();
        name
    };
    create(TEMPLATE.get_or_init(make).await).await
}

async fn create(template: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("t{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let url = cluster().url("postgres");
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let sql = format!("CREATE DATABASE {name} TEMPLATE {template}");
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
    name
}
