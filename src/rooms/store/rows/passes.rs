//! `page_passes` that were opened.

use crate::rooms::Timestamp;
use crate::rooms::pass::Pass;

#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct PassRow {
    project_id: String,
    token_hash: Vec<u8>,
    expires_at: Timestamp,
}

impl From<PassRow> for Pass {
    fn from(row: PassRow) -> Self {
        Self {
            project_id: row.project_id,
            token_hash: row.token_hash,
            expires_at: row.expires_at,
        }
    }
}
