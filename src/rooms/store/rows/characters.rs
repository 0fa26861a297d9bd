//! `characters`.

use crate::character::Character;
use crate::rooms::Timestamp;
use crate::rooms::character_record::CharacterRecord;
use crate::rooms::error::Error;
use crate::rooms::list::Place;

#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct CharacterRow {
    seq: i64,
    project_id: String,
    body: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl TryFrom<CharacterRow> for CharacterRecord {
    type Error = Error;

    fn try_from(row: CharacterRow) -> Result<Self, Error> {
        Ok(Self {
            character: parse_character(&row.body)?,
            built_in: false,
            project_id: Some(row.project_id),
            created_at: Some(row.created_at),
            updated_at: Some(row.updated_at),
            place: Place::Own(row.seq),
        })
    }
}

/// Reads column `body`.
pub(in crate::rooms::store) fn parse_character(body: &str) -> Result<Character, Error> {
    serde_json::from_str(body).map_err(|_| Error::Corrupt("character"))
}

/// Writes column `body`.
pub(in crate::rooms::store) fn print_character(character: &Character) -> Result<String, Error> {
    serde_json::to_string(character).map_err(|_| Error::Corrupt("character"))
}
