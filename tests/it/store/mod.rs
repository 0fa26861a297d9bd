//! Both databases held to one behaviour.
//!
//! - `database`: a database of a test's own
//! - `random`: seeded random operations against `model`, a store in memory without a clock
//! - `answers`, `characters`, `chat`, `entries`, `interviews`, `keys`, `operator`, `passes`, `prepared`, `reports`,
//!   `roleplays`, `rooms`, `users`, `webhooks`, `workers`: cases of one concern each
//! - `concurrency`: what many callers at once may not break
//! - `migrations`, `backup`: the schema and its copies
//! - `loss`: the database goes away and comes back
//! - `kill`: the server dies while it writes

/// A test of a fresh [`database::TestDatabase`], on each kind.
macro_rules! on_both {
    ($(async fn $name:ident($database:ident) $body:block)+) => {$(
        mod $name {
            #[expect(clippy::allow_attributes, reason = "not every case needs what its file does")]
            #[allow(unused_imports, reason = "not every case needs what its file does")]
            use super::*;
            use crate::store::database::{Kind, TestDatabase};

            async fn run($database: TestDatabase) $body

            #[tokio::test]
            async fn on_sqlite() {
                run(TestDatabase::new(Kind::Sqlite).await).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                run(TestDatabase::new(Kind::Postgres).await).await;
            }
        }
    )+};
}

mod answers;
mod backup;
mod characters;
mod chat;
mod concurrency;
pub(crate) mod database;
mod entries;
mod interviews;
mod keys;
mod kill;
mod loss;
mod migrations;
mod model;
mod operator;
mod passes;
mod prepared;
mod random;
mod reports;
mod roleplays;
mod rooms;
mod setup;
mod users;
mod webhooks;
mod workers;
