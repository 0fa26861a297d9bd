//! Recordings as files: `GET /recordings/{id}`, which needs no key but a signed link that expires.

mod answer;
mod download;
mod link;
mod range;
mod wav;

use std::path::{Path, PathBuf};

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::serve::ServeError;
use super::state::Api;
use crate::rooms::store::{Location, Store};

pub(super) use answer::{RecordingAnswer, recordings_of};

/// How the document calls these paths: they belong to every surface that records.
const TAG: &str = "Recordings";

/// Paths that answer for as long as a client reads.
pub(super) fn downloads() -> OpenApiRouter<Api> {
    OpenApiRouter::default().routes(routes!(download::get))
}

/// Where recordings are kept when nothing is said: beside a SQLite file; for Postgres, which has no folder, in
/// `data` under the database's own id, or where the server runs.
///
/// Several servers of one database need one folder that all of them see.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn default_folder(
    db: &str,
    data: Option<&Path>,
    store: &Store,
) -> Result<PathBuf, ServeError> {
    Ok(match Location::parse(db)? {
        Location::Sqlite(file) => {
            let mut name = file.into_os_string();
            name.push(".recordings");
            PathBuf::from(name)
        }
        Location::Postgres(_) => data
            .unwrap_or(Path::new("."))
            .join("recordings")
            .join(store.id().await?),
    })
}
