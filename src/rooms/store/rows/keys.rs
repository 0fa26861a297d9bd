//! `keys`, with the project's name.

use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::key::{KeyKind, KeyRecord};

#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct KeyRow {
    id: String,
    kind: String,
    project_id: Option<String>,
    project_name: Option<String>,
    user_id: Option<String>,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    hash: Vec<u8>,
}

impl TryFrom<KeyRow> for KeyRecord {
    type Error = Error;

    fn try_from(row: KeyRow) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            kind: KeyKind::from_name(&row.kind).ok_or(Error::Corrupt("key kind"))?,
            project_id: row.project_id,
            project_name: row.project_name,
            user_id: row.user_id,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            hash: row.hash,
        })
    }
}
