//! Locks on what has no row: held to the end of the transaction.

use sqlx::PgConnection;

/// What is locked of a worker. The numbers keep these locks apart from each other.
#[derive(Debug, Clone, Copy)]
pub(super) enum OfWorker {
    /// Its claims: a repeated request waits for the first one's answer.
    Claims = 1,
    /// Its changes: they become visible in the order of their positions.
    Changes = 2,
}

/// Waits until no other transaction holds `what` of the worker. Two workers may share a lock by chance, which
/// costs a wait and no more.
pub(super) async fn lock(connection: &mut PgConnection, what: OfWorker, worker_id: &str) -> sqlx::Result<()> {
    sqlx::query("SELECT pg_advisory_xact_lock($1, hashtext($2))")
        .bind(what as i32)
        .bind(worker_id)
        .execute(connection)
        .await
        .map(drop)
}

/// Keeps the starts of a project's rooms apart from the locks of [`OfWorker`].
const STARTS: i32 = 3;

/// Waits until no other transaction starts a room of the project, so that none is started beyond its allowance.
pub(super) async fn lock_starts(connection: &mut PgConnection, project_id: &str) -> sqlx::Result<()> {
    sqlx::query("SELECT pg_advisory_xact_lock($1, hashtext($2))")
        .bind(STARTS)
        .bind(project_id)
        .execute(connection)
        .await
        .map(drop)
}
