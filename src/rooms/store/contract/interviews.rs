//! Interviews, beside their rooms.

use async_trait::async_trait;

use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::interview::{Interview, NewInterviews};
use crate::rooms::list::After;

/// Interviews.
#[async_trait]
pub trait InterviewRows {
    /// Makes the interviews of one call, each with a room and its character in it: all of them or none.
    ///
    /// # Errors
    /// When the database fails.
    async fn insert_interviews(&self, project_id: &str, new: &NewInterviews)
    -> Result<Vec<Interview>, Error>;

    /// The project's interviews, of one research project or of all, newest first, at most `limit` of those older
    /// than the interview `after`; and the time to judge them by.
    ///
    /// # Errors
    /// When `after` is no interview of the project or the database fails.
    async fn interviews(
        &self,
        project_id: &str,
        research_project_id: Option<&str>,
        after: After<'_>,
        limit: u32,
    ) -> Result<(Vec<Interview>, Timestamp), Error>;

    /// One of the project's interviews, and the time to judge it by.
    ///
    /// # Errors
    /// When there is no such interview or the database fails.
    async fn interview(&self, project_id: &str, id: &str) -> Result<(Interview, Timestamp), Error>;

    /// The interview that a room is, whoever's it is: for workers.
    ///
    /// # Errors
    /// When there is no such interview or the database fails.
    async fn interview_of_room(&self, room_id: &str) -> Result<Interview, Error>;

    /// The interview whose respondent's token hashes to this, and the time to judge it by.
    ///
    /// # Errors
    /// When the database fails.
    async fn interview_of_link(&self, token_hash: &[u8]) -> Result<Option<(Interview, Timestamp)>, Error>;

    /// Interviews that nobody began in time and whose room is not over yet, as (project, room), at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    async fn expired_interviews(&self, limit: u32) -> Result<Vec<(String, String)>, Error>;

    /// Started interviews that are `overtime_ms` past their limit, as (project, room), at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    async fn overdue_interviews(&self, overtime_ms: i64, limit: u32) -> Result<Vec<(String, String)>, Error>;
}

/// The error for a page that begins nowhere.
pub(in crate::rooms::store) fn not_an_interview() -> Error {
    Error::Invalid {
        param: "after",
        message: "must be the id of an interview".into(),
    }
}
