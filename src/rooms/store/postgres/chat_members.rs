//! Who is in a room of the group chat: users and characters.

use async_trait::async_trait;
use sqlx::PgConnection;

use super::chat_rooms::{lock, standing, touch};
use super::{PostgresStore, now, participants};
use crate::rooms::Timestamp;
use crate::rooms::chat::{Act, Acting, MEMBERS_MAX, Membership, Role, Seat, Standing};
use crate::rooms::error::Error;
use crate::rooms::room::CAST_MAX;
use crate::rooms::store::contract::{ChatMemberRows, MEMBERS_FULL, ROOM_FULL};
use crate::rooms::store::rows::{MemberRow, ParticipantRow, SeatRow};

#[async_trait]
impl ChatMemberRows for PostgresStore {
    async fn add_chat_member(&self, acting: Acting<'_>, user_id: &str) -> Result<(Membership, bool), Error> {
        let mut tx = self.write().await?;
        lock(&mut tx, acting).await?;
        let at = now(&mut tx).await?;
        let act = if user_id == acting.user_id {
            Act::Join
        } else {
            Act::Invite
        };
        standing(&mut tx, acting).await?.check(act)?;
        let known: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM users WHERE id = $1 AND project_id = $2)")
                .bind(user_id)
                .bind(acting.project_id)
                .fetch_one(&mut *tx)
                .await?;
        if !known {
            return Err(Error::NotFound("user"));
        }
        if let Some(member) = find(&mut tx, acting.room_id, user_id).await? {
            return Ok((member, false));
        }
        let members: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM chat_members WHERE room_id = $1")
            .bind(acting.room_id)
            .fetch_one(&mut *tx)
            .await?;
        if members >= MEMBERS_MAX {
            return Err(MEMBERS_FULL);
        }
        insert(&mut tx, acting.room_id, user_id, Role::Member, at).await?;
        touch(&mut tx, acting.room_id, at).await?;
        tx.commit().await?;
        let member = Membership {
            user_id: user_id.to_owned(),
            role: Role::Member,
            joined_at: at,
        };
        Ok((member, true))
    }

    async fn appoint_chat_member(
        &self,
        acting: Acting<'_>,
        user_id: &str,
        role: Role,
    ) -> Result<Membership, Error> {
        let mut tx = self.write().await?;
        lock(&mut tx, acting).await?;
        let at = now(&mut tx).await?;
        standing(&mut tx, acting).await?.check(Act::Appoint)?;
        let member = find(&mut tx, acting.room_id, user_id)
            .await?
            .ok_or(Error::NotFound("member"))?;
        if user_id == acting.user_id {
            Standing::check_own_role(role)?;
        } else if role == Role::Owner {
            // First, for no room may have two.
            set_role(&mut tx, acting.room_id, acting.user_id, Role::Admin).await?;
        }
        set_role(&mut tx, acting.room_id, user_id, role).await?;
        if member.role != role {
            touch(&mut tx, acting.room_id, at).await?;
        }
        tx.commit().await?;
        Ok(Membership { role, ..member })
    }

    async fn remove_chat_member(&self, acting: Acting<'_>, user_id: &str) -> Result<(), Error> {
        let mut tx = self.write().await?;
        lock(&mut tx, acting).await?;
        let at = now(&mut tx).await?;
        let act = if user_id == acting.user_id {
            Act::Leave
        } else {
            Act::Expel
        };
        standing(&mut tx, acting).await?.check(act)?;
        let gone = sqlx::query("DELETE FROM chat_members WHERE room_id = $1 AND user_id = $2")
            .bind(acting.room_id)
            .bind(user_id)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        if gone == 0 {
            return Err(Error::NotFound("member"));
        }
        touch(&mut tx, acting.room_id, at).await?;
        Ok(tx.commit().await?)
    }

    async fn add_chat_character(
        &self,
        acting: Acting<'_>,
        character_id: &str,
    ) -> Result<(Seat, bool), Error> {
        let mut tx = self.write().await?;
        lock(&mut tx, acting).await?;
        let at = now(&mut tx).await?;
        standing(&mut tx, acting).await?.check(Act::Cast)?;
        let known = find_seat(&mut tx, acting.room_id, character_id).await?;
        let is_new = known.is_none();
        if is_new {
            if participants::present_count(&mut tx, acting.room_id).await? >= CAST_MAX {
                return Err(ROOM_FULL);
            }
            seat(&mut tx, acting.room_id, character_id, at).await?;
            touch(&mut tx, acting.room_id, at).await?;
        }
        let row = match known {
            Some(row) => row,
            None => find_seat(&mut tx, acting.room_id, character_id)
                .await?
                .ok_or(Error::NotFound("character"))?,
        };
        tx.commit().await?;
        Ok((row.try_into()?, is_new))
    }

    async fn remove_chat_character(&self, acting: Acting<'_>, character_id: &str) -> Result<(), Error> {
        let mut tx = self.write().await?;
        lock(&mut tx, acting).await?;
        let at = now(&mut tx).await?;
        standing(&mut tx, acting).await?.check(Act::Cast)?;
        let gone = sqlx::query(
            "UPDATE participants SET left_at = $1 WHERE room_id = $2 AND character_id = $3 AND left_at IS NULL",
        )
        .bind(at)
        .bind(acting.room_id)
        .bind(character_id)
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if gone == 0 {
            return Err(Error::NotFound("character"));
        }
        touch(&mut tx, acting.room_id, at).await?;
        Ok(tx.commit().await?)
    }
}

async fn find(
    connection: &mut PgConnection,
    room_id: &str,
    user_id: &str,
) -> Result<Option<Membership>, Error> {
    let row: Option<MemberRow> = sqlx::query_as(
        "SELECT user_id, role, joined_at FROM chat_members WHERE room_id = $1 AND user_id = $2",
    )
    .bind(room_id)
    .bind(user_id)
    .fetch_optional(connection)
    .await?;
    row.map(TryInto::try_into).transpose()
}

async fn set_role(
    connection: &mut PgConnection,
    room_id: &str,
    user_id: &str,
    role: Role,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE chat_members SET role = $1 WHERE room_id = $2 AND user_id = $3")
        .bind(role.as_str())
        .bind(room_id)
        .bind(user_id)
        .execute(connection)
        .await
        .map(drop)
}

/// Makes a user who is none yet a member.
pub(super) async fn insert(
    connection: &mut PgConnection,
    room_id: &str,
    user_id: &str,
    role: Role,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO chat_members (room_id, user_id, role, joined_at) VALUES ($1, $2, $3, $4)")
        .bind(room_id)
        .bind(user_id)
        .bind(role.as_str())
        .bind(at)
        .execute(connection)
        .await
        .map(drop)
}

/// Lets a character in that is not there yet.
pub(super) async fn seat(
    connection: &mut PgConnection,
    room_id: &str,
    character_id: &str,
    at: Timestamp,
) -> sqlx::Result<()> {
    let row = ParticipantRow::new(room_id, character_id, at);
    sqlx::query(
        "INSERT INTO participants (id, room_id, character_id, conversation_id, created_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&row.id)
    .bind(room_id)
    .bind(character_id)
    .bind(&row.conversation_id)
    .bind(at)
    .execute(connection)
    .await
    .map(drop)
}

/// Everybody in a room, in the order of joining.
pub(super) async fn of_room(connection: &mut PgConnection, room_id: &str) -> sqlx::Result<Vec<MemberRow>> {
    sqlx::query_as("SELECT user_id, role, joined_at FROM chat_members WHERE room_id = $1 ORDER BY seq")
        .bind(room_id)
        .fetch_all(connection)
        .await
}

async fn find_seat(
    connection: &mut PgConnection,
    room_id: &str,
    character_id: &str,
) -> sqlx::Result<Option<SeatRow>> {
    sqlx::query_as(
        "SELECT p.character_id, p.created_at, c.body FROM participants p
         LEFT JOIN characters c ON c.id = p.character_id
         WHERE p.room_id = $1 AND p.character_id = $2 AND p.left_at IS NULL",
    )
    .bind(room_id)
    .bind(character_id)
    .fetch_optional(connection)
    .await
}

/// The characters in a room, in the order of coming.
pub(super) async fn cast_of(connection: &mut PgConnection, room_id: &str) -> sqlx::Result<Vec<SeatRow>> {
    sqlx::query_as(
        "SELECT p.character_id, p.created_at, c.body FROM participants p
         LEFT JOIN characters c ON c.id = p.character_id
         WHERE p.room_id = $1 AND p.left_at IS NULL ORDER BY p.seq",
    )
    .bind(room_id)
    .fetch_all(connection)
    .await
}
