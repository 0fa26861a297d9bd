//! Passes to the pages of projects.

use async_trait::async_trait;

use super::{PostgresStore, now};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::pass::{MadePass, Pass};
use crate::rooms::store::contract::PassRows;
use crate::rooms::store::rows::PassRow;

#[async_trait]
impl PassRows for PostgresStore {
    async fn insert_pass(&self, project_id: &str, link: &MadePass, valid_for_ms: i64) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        sqlx::query("DELETE FROM page_passes WHERE COALESCE(expires_at, link_expires_at) <= $1")
            .bind(at)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT INTO page_passes (id, project_id, link_hash, link_expires_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(&link.id)
        .bind(project_id)
        .bind(link.hash.as_slice())
        .bind(at.plus_ms(valid_for_ms))
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    async fn open_pass(
        &self,
        link_hash: &[u8; 32],
        token: &MadePass,
        valid_for_ms: i64,
    ) -> Result<Option<Timestamp>, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let expires_at = at.plus_ms(valid_for_ms);
        let opened = sqlx::query(
            "UPDATE page_passes SET token_hash = $1, expires_at = $2
             WHERE id = $3 AND link_hash = $4 AND link_expires_at > $5 AND token_hash IS NULL",
        )
        .bind(token.hash.as_slice())
        .bind(expires_at)
        .bind(&token.id)
        .bind(link_hash.as_slice())
        .bind(at)
        .execute(&mut *tx)
        .await?
        .rows_affected();
        tx.commit().await?;
        Ok((opened == 1).then_some(expires_at))
    }

    async fn pass(&self, id: &str) -> Result<Option<(Pass, Timestamp)>, Error> {
        let mut connection = self.pool.acquire().await?;
        let row: Option<PassRow> = sqlx::query_as(
            "SELECT project_id, token_hash, expires_at FROM page_passes
             WHERE id = $1 AND token_hash IS NOT NULL",
        )
        .bind(id)
        .fetch_optional(&mut *connection)
        .await?;
        match row {
            Some(row) => Ok(Some((row.into(), now(&mut connection).await?))),
            None => Ok(None),
        }
    }
}
