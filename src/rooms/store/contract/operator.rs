//! What an operator looks up on the command line, across projects. Lists are in the order of their making; a page
//! begins after the object with the id `after`, which must be in the list.

use async_trait::async_trait;

use crate::rooms::error::Error;
use crate::rooms::key::KeyRecord;
use crate::rooms::list::After;
use crate::rooms::project::Project;
use crate::rooms::room::Room;
use crate::rooms::user::User;

/// Where a list begins, and how long it is.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Id of the object before the page.
    pub after: Option<&'a str>,
    /// Most objects.
    pub limit: u32,
}

/// A room and who plays it.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The room, without its participants.
    pub room: Room,
    /// The worker that holds it.
    pub worker_id: Option<String>,
    /// Whether that worker has let itself be heard lately.
    pub is_leased: bool,
    /// Times that a worker took it.
    pub claims: i64,
    /// Times in a row that no worker could play it.
    pub failures: i64,
}

/// Lists across projects.
#[async_trait]
pub trait OperatorRows {
    /// The project with this name, made when new.
    ///
    /// # Errors
    /// When the database fails.
    async fn find_or_create_project(&self, name: &str) -> Result<Project, Error>;

    /// The project with this name.
    ///
    /// # Errors
    /// When there is none or the database fails.
    async fn project_named(&self, name: &str) -> Result<Project, Error>;

    /// Keeps the project's recordings for so many days; without a number for as long as the server says.
    ///
    /// # Errors
    /// When the database fails.
    async fn keep_recordings(&self, project_id: &str, days: Option<u32>) -> Result<(), Error>;

    /// All projects.
    ///
    /// # Errors
    /// When `page` begins nowhere or the database fails.
    async fn list_projects(&self, page: Page<'_>) -> Result<Vec<Project>, Error>;

    /// The project's users.
    ///
    /// # Errors
    /// When `page` begins nowhere or the database fails.
    async fn list_users(&self, project_id: &str, page: Page<'_>) -> Result<Vec<User>, Error>;

    /// All keys, or those of one project.
    ///
    /// # Errors
    /// When `page` begins nowhere or the database fails.
    async fn list_keys(&self, project_id: Option<&str>, page: Page<'_>) -> Result<Vec<KeyRecord>, Error>;

    /// The project's rooms of every surface, ended ones only if asked for, without their participants.
    ///
    /// # Errors
    /// When `page` begins nowhere or the database fails.
    async fn list_rooms(&self, project_id: &str, ended: bool, page: Page<'_>) -> Result<Vec<Room>, Error>;

    /// The project's rooms that characters speak in, newest first, under way or ended, and who plays them.
    ///
    /// # Errors
    /// When `after` is no such room of the project or the database fails.
    async fn list_standings(
        &self,
        project_id: &str,
        ended: bool,
        after: After<'_>,
        limit: Option<u32>,
    ) -> Result<Vec<Standing>, Error>;

    /// A room of any project.
    ///
    /// # Errors
    /// When there is none or the database fails.
    async fn any_room(&self, id: &str) -> Result<Room, Error>;
}

/// The error for a page that begins nowhere.
pub(in crate::rooms::store) fn nowhere() -> Error {
    Error::Invalid {
        param: "after",
        message: "must be the id of an object of this list".into(),
    }
}
