//! Interviews, beside their rooms.

use async_trait::async_trait;
use sqlx::{AssertSqlSafe, PgConnection};

use super::{PostgresStore, now, prepared_rooms};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::interview::{Interview, NewInterviews, NewLink};
use crate::rooms::list::After;
use crate::rooms::room::Surface;
use crate::rooms::store::contract::{InterviewRows, not_an_interview};
use crate::rooms::store::rows::{InterviewRow, NewRow, SELECT_INTERVIEW, display_name, print_project};

#[async_trait]
impl InterviewRows for PostgresStore {
    async fn insert_interviews(
        &self,
        project_id: &str,
        new: &NewInterviews,
    ) -> Result<Vec<Interview>, Error> {
        let project = print_project(&new.project)?;
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let before: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM interviews i JOIN rooms r ON r.id = i.room_id
             WHERE i.research_project_id = $1 AND r.project_id = $2",
        )
        .bind(&new.project.id)
        .bind(project_id)
        .fetch_one(&mut *tx)
        .await?;
        let mut made = Vec::with_capacity(new.links.len());
        for (link, number) in new.links.iter().zip(before + 1..) {
            let room = NewRow {
                id: &link.id,
                surface: Surface::Interview,
                name: &display_name(&new.project, number),
                character_id: &new.character_id,
                started_at: None,
            };
            prepared_rooms::insert(&mut tx, project_id, &room, at).await?;
            insert(&mut tx, new, link, &project, at).await?;
            made.push(find(&mut tx, &link.id).await?.try_into()?);
        }
        tx.commit().await?;
        Ok(made)
    }

    async fn interviews(
        &self,
        project_id: &str,
        research_project_id: Option<&str>,
        after: After<'_>,
        limit: u32,
    ) -> Result<(Vec<Interview>, Timestamp), Error> {
        let mut tx = self.snapshot().await?;
        let at = now(&mut tx).await?;
        let before_seq: i64 = match after {
            After::Nothing => i64::MAX,
            After::Position(position) => position,
            After::Item(id) => sqlx::query_scalar(
                "SELECT seq FROM rooms WHERE id = $1 AND project_id = $2 AND surface = 'interview'",
            )
            .bind(id)
            .bind(project_id)
            .fetch_optional(&mut *tx)
            .await?
            .ok_or_else(not_an_interview)?,
        };
        let rows: Vec<InterviewRow> = sqlx::query_as(AssertSqlSafe(format!(
            "{SELECT_INTERVIEW} WHERE r.project_id = $1 AND r.surface = 'interview' AND r.seq < $2
             AND ($3::text IS NULL OR i.research_project_id = $3) ORDER BY r.seq DESC LIMIT $4"
        )))
        .bind(project_id)
        .bind(before_seq)
        .bind(research_project_id)
        .bind(i64::from(limit))
        .fetch_all(&mut *tx)
        .await?;
        let interviews = rows
            .into_iter()
            .map(TryInto::try_into)
            .collect::<Result<_, _>>()?;
        Ok((interviews, at))
    }

    async fn interview(&self, project_id: &str, id: &str) -> Result<(Interview, Timestamp), Error> {
        let mut connection = self.pool.acquire().await?;
        let row: Option<InterviewRow> = sqlx::query_as(AssertSqlSafe(format!(
            "{SELECT_INTERVIEW} WHERE r.id = $1 AND r.project_id = $2"
        )))
        .bind(id)
        .bind(project_id)
        .fetch_optional(&mut *connection)
        .await?;
        let interview = row.ok_or(Error::NotFound("interview"))?.try_into()?;
        Ok((interview, now(&mut connection).await?))
    }

    async fn interview_of_room(&self, room_id: &str) -> Result<Interview, Error> {
        find(&mut *self.pool.acquire().await?, room_id).await?.try_into()
    }

    async fn interview_of_link(&self, token_hash: &[u8]) -> Result<Option<(Interview, Timestamp)>, Error> {
        let mut connection = self.pool.acquire().await?;
        let row: Option<InterviewRow> = sqlx::query_as(AssertSqlSafe(format!(
            "{SELECT_INTERVIEW} WHERE i.token_hash = $1"
        )))
        .bind(token_hash)
        .fetch_optional(&mut *connection)
        .await?;
        match row {
            Some(row) => Ok(Some((row.try_into()?, now(&mut connection).await?))),
            None => Ok(None),
        }
    }

    async fn expired_interviews(&self, limit: u32) -> Result<Vec<(String, String)>, Error> {
        let mut connection = self.pool.acquire().await?;
        let at = now(&mut connection).await?;
        Ok(sqlx::query_as(
            "SELECT r.project_id, r.id FROM rooms r JOIN interviews i ON i.room_id = r.id
             WHERE r.surface = 'interview' AND r.started_at IS NULL AND r.ended_at IS NULL AND i.expires_at <= $1
             ORDER BY i.expires_at LIMIT $2",
        )
        .bind(at)
        .bind(i64::from(limit))
        .fetch_all(&mut *connection)
        .await?)
    }

    async fn overdue_interviews(&self, overtime_ms: i64, limit: u32) -> Result<Vec<(String, String)>, Error> {
        let mut connection = self.pool.acquire().await?;
        let at = now(&mut connection).await?;
        Ok(sqlx::query_as(
            "SELECT r.project_id, r.id FROM rooms r JOIN interviews i ON i.room_id = r.id
             WHERE r.started_at IS NOT NULL AND r.ended_at IS NULL
               AND r.started_at + i.max_duration_s * 1000 + $1 <= $2
             ORDER BY r.started_at LIMIT $3",
        )
        .bind(overtime_ms)
        .bind(at)
        .bind(i64::from(limit))
        .fetch_all(&mut *connection)
        .await?)
    }
}

async fn insert(
    connection: &mut PgConnection,
    new: &NewInterviews,
    link: &NewLink,
    project: &str,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO interviews
         (room_id, research_project_id, research_project, token_hash, created_by, max_duration_s, expires_at,
          voice, realtime_provider, language, topics_for_respondent, respondent_email, research_goals_override,
          interview_guide_override)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(&link.id)
    .bind(&new.project.id)
    .bind(project)
    .bind(link.token_hash.as_slice())
    .bind(&new.created_by)
    .bind(new.max_duration_s)
    .bind(at.plus_ms(new.valid_for_ms))
    .bind(&new.voice)
    .bind(&new.realtime_provider)
    .bind(&new.language)
    .bind(&new.topics_for_respondent)
    .bind(&new.respondent_email)
    .bind(&new.research_goals_override)
    .bind(&new.interview_guide_override)
    .execute(connection)
    .await
    .map(drop)
}

async fn find(connection: &mut PgConnection, room_id: &str) -> Result<InterviewRow, Error> {
    sqlx::query_as(AssertSqlSafe(format!("{SELECT_INTERVIEW} WHERE r.id = $1")))
        .bind(room_id)
        .fetch_optional(connection)
        .await?
        .ok_or(Error::NotFound("interview"))
}
