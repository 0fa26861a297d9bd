//! Role-plays, beside their rooms.

use async_trait::async_trait;

use crate::rooms::allowance::Allowance;
use crate::rooms::error::Error;
use crate::rooms::roleplay::{NewRoleplay, Roleplay};

/// Role-plays.
#[async_trait]
pub trait RoleplayRows {
    /// Finds or makes the person (in the Integration team) and makes the room, with its character in it and open
    /// for claims: all of it or nothing.
    ///
    /// # Errors
    /// When the project has too much going on, or the database fails.
    async fn insert_roleplay(
        &self,
        project_id: &str,
        new: &NewRoleplay,
        allowance: Allowance,
    ) -> Result<Roleplay, Error>;

    /// One of the project's role-plays.
    ///
    /// # Errors
    /// When there is no such role-play or the database fails.
    async fn roleplay(&self, project_id: &str, id: &str) -> Result<Roleplay, Error>;

    /// The role-play that a room is, whoever's it is: for workers.
    ///
    /// # Errors
    /// When there is no such role-play or the database fails.
    async fn roleplay_of_room(&self, room_id: &str) -> Result<Roleplay, Error>;

    /// Active role-plays that are `overtime_ms` past their time, as (project, room), at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    async fn overdue_roleplays(&self, overtime_ms: i64, limit: u32) -> Result<Vec<(String, String)>, Error>;
}
