//! Messages of the group chat: entries of the room's one timeline.

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::chat_rooms::standing;
use super::{SqliteStore, chat_members, entries, now, outbox};
use crate::protocol::SpeakerType;
use crate::rooms::Timestamp;
use crate::rooms::chat::{Act, Acting, ChatScene, Page};
use crate::rooms::error::Error;
use crate::rooms::id::new_id;
use crate::rooms::room::agent_identity;
use crate::rooms::store::contract::ChatMessageRows;
use crate::rooms::store::rows::{EntryRow, counted};
use crate::rooms::transcript::Entry;
use crate::rooms::webhooks::event::Fact;

#[async_trait]
impl ChatMessageRows for SqliteStore {
    async fn append_chat_message(&self, acting: Acting<'_>, content: &str) -> Result<Entry, Error> {
        let mut tx = self.write().await?;
        standing(&mut tx, acting).await?.check(Act::Talk)?;
        let name: String = sqlx::query_scalar("SELECT COALESCE(name, external_id) FROM users WHERE id = ?")
            .bind(acting.user_id)
            .fetch_one(&mut *tx)
            .await?;
        let said = Said {
            speaker: SpeakerType::User,
            character_id: None,
            identity: acting.user_id,
            name: &name,
            content,
        };
        let entry = append(&mut tx, acting.room_id, said).await?;
        tx.commit().await?;
        Ok(entry)
    }

    async fn append_chat_reply(
        &self,
        room_id: &str,
        character_id: &str,
        name: &str,
        content: &str,
    ) -> Result<Option<Entry>, Error> {
        let mut tx = self.write().await?;
        let present: Option<bool> = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM participants
               WHERE room_id = ?1 AND character_id = ?2 AND left_at IS NULL)
             FROM chat_rooms WHERE room_id = ?1",
        )
        .bind(room_id)
        .bind(character_id)
        .fetch_optional(&mut *tx)
        .await?;
        if !present.ok_or(Error::NotFound("room"))? {
            return Ok(None);
        }
        let said = Said {
            speaker: SpeakerType::Agent,
            character_id: Some(character_id),
            identity: &agent_identity(character_id),
            name,
            content,
        };
        let entry = append(&mut tx, room_id, said).await?;
        tx.commit().await?;
        Ok(Some(entry))
    }

    async fn chat_messages(
        &self,
        acting: Acting<'_>,
        before: Option<Timestamp>,
        page: Page,
    ) -> Result<(Vec<Entry>, u64), Error> {
        let before = before.map_or(i64::MAX, |before| before.0);
        // One snapshot, so that the count is that of the list.
        let mut tx = self.reader.begin().await?;
        standing(&mut tx, acting).await?.check(Act::Talk)?;
        let total: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM entries WHERE room_id = ? AND created_at < ?")
                .bind(acting.room_id)
                .bind(before)
                .fetch_one(&mut *tx)
                .await?;
        let rows: Vec<EntryRow> = sqlx::query_as(
            "SELECT * FROM entries WHERE room_id = ? AND created_at < ? ORDER BY seq DESC LIMIT ? OFFSET ?",
        )
        .bind(acting.room_id)
        .bind(before)
        .bind(i64::from(page.limit))
        .bind(i64::from(page.offset))
        .fetch_all(&mut *tx)
        .await?;
        Ok((rows.into_iter().map(Into::into).collect(), counted(total)))
    }

    async fn chat_scene(&self, room_id: &str, limit: u32) -> Result<ChatScene, Error> {
        let mut tx = self.reader.begin().await?;
        let description: Option<Option<String>> =
            sqlx::query_scalar("SELECT description FROM chat_rooms WHERE room_id = ?")
                .bind(room_id)
                .fetch_optional(&mut *tx)
                .await?;
        let cast = chat_members::cast_of(&mut tx, room_id).await?;
        Ok(ChatScene {
            description: description.ok_or(Error::NotFound("room"))?,
            cast: cast
                .into_iter()
                .map(TryInto::try_into)
                .collect::<Result<_, _>>()?,
            timeline: entries::latest(&mut tx, room_id, limit).await?,
        })
    }
}

/// A message about to be stored.
struct Said<'a> {
    speaker: SpeakerType,
    character_id: Option<&'a str>,
    identity: &'a str,
    name: &'a str,
    content: &'a str,
}

/// Puts a message at the end of the timeline, never before the one that stands there.
async fn append(connection: &mut SqliteConnection, room_id: &str, said: Said<'_>) -> Result<Entry, Error> {
    let clock = now(connection).await?;
    let (at, project_id): (Timestamp, String) = sqlx::query_as(
        "UPDATE chat_rooms SET
           last_message_at = MAX(COALESCE(last_message_at, ?1), ?1),
           active_at = MAX(COALESCE(last_message_at, ?1), ?1)
         WHERE room_id = ?2 RETURNING last_message_at, project_id",
    )
    .bind(clock)
    .bind(room_id)
    .fetch_one(&mut *connection)
    .await?;
    // No worker ever holds a chat room, so all of its entries are of the epoch before the first claim.
    let row: EntryRow = sqlx::query_as(
        "INSERT INTO entries
         (id, room_id, created_at, epoch, sequence, speaker_type, character_id, speaker_identity, speaker_name,
          content)
         SELECT ?1, ?2, ?3, 0, COALESCE(MAX(sequence), 0) + 1, ?4, ?5, ?6, ?7, ?8
         FROM entries WHERE room_id = ?2 AND epoch = 0
         RETURNING *",
    )
    .bind(new_id("msg"))
    .bind(room_id)
    .bind(at)
    .bind(EntryRow::speaker(said.speaker))
    .bind(said.character_id)
    .bind(said.identity)
    .bind(said.name)
    .bind(said.content)
    .fetch_one(&mut *connection)
    .await?;
    let entry = Entry::from(row);
    outbox::queue(connection, &project_id, Fact::entry_created(&entry)?, at).await?;
    Ok(entry)
}
