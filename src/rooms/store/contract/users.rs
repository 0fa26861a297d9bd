//! People as a project knows them.

use async_trait::async_trait;

use crate::rooms::error::Error;
use crate::rooms::user::User;

/// Users and their teams.
#[async_trait]
pub trait UserRows {
    /// The user that the project knows as `external_id`, made with `name` and `team` when new. Of an existing
    /// one a missing name or team is filled in; one that is there stays. Any number of calls at once make one
    /// user.
    ///
    /// # Errors
    /// When the database fails.
    async fn find_or_create_user(
        &self,
        project_id: &str,
        external_id: &str,
        name: Option<&str>,
        team: Option<&str>,
    ) -> Result<User, Error>;

    /// One of the project's users, by our id.
    ///
    /// # Errors
    /// When the database fails.
    async fn user(&self, project_id: &str, id: &str) -> Result<Option<User>, Error>;
}
