//! `roleplays`, joined with their rooms and people.

use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::roleplay::{Premade, Roleplay};

/// What [`RoleplayRow`] is read with; a condition on `r` or `p` follows.
pub(in crate::rooms::store) const SELECT_ROLEPLAY: &str =
    "SELECT r.id, p.premade, p.user_id, u.external_id, p.user_name, r.created_at, r.ended_at, p.report
     FROM roleplays p JOIN rooms r ON r.id = p.room_id JOIN users u ON u.id = p.user_id";

#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct RoleplayRow {
    id: String,
    premade: String,
    user_id: String,
    external_id: String,
    user_name: String,
    created_at: Timestamp,
    ended_at: Option<Timestamp>,
    report: Option<String>,
}

impl TryFrom<RoleplayRow> for Roleplay {
    type Error = Error;

    fn try_from(row: RoleplayRow) -> Result<Self, Error> {
        Ok(Self {
            premade: serde_json::from_str(&row.premade).map_err(|_| Error::Corrupt("premade role-play"))?,
            id: row.id,
            user_id: row.user_id,
            user_external_id: row.external_id,
            user_name: row.user_name,
            created_at: row.created_at,
            ended_at: row.ended_at,
            report: row.report,
        })
    }
}

/// Column `premade`.
///
/// # Errors
/// When it can't be printed.
pub(in crate::rooms::store) fn print_premade(premade: &Premade) -> Result<String, Error> {
    serde_json::to_string(premade).map_err(|_| Error::Corrupt("premade role-play"))
}
