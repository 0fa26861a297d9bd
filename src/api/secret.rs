//! Where the server's secret comes from.

use std::path::{Path, PathBuf};

use super::serve::ServeError;
use crate::rooms::secret::{SecretError, ServerSecret};
use crate::rooms::store::{Location, Store};

/// The configured secret, or one that is made once and kept: beside a SQLite file; for Postgres, which has no
/// folder, in `data` under the database's own id, so that another spelling of its URL finds the same file.
///
/// A database that several machines serve needs a configured one: each would make its own.
pub(super) async fn secret_of(
    configured: Option<&str>,
    data: Option<&Path>,
    location: &Location,
    store: &Store,
) -> Result<ServerSecret, ServeError> {
    if let Some(text) = configured {
        return Ok(ServerSecret::from_text(text)?);
    }
    let path = match location {
        Location::Sqlite(file) => {
            let mut name = file.as_os_str().to_owned();
            name.push(".secret");
            PathBuf::from(name)
        }
        Location::Postgres(_) => data
            .ok_or(SecretError::NoPlace)?
            .join("secrets")
            .join(format!("{}.secret", store.id().await?)),
    };
    Ok(ServerSecret::kept_in(&path)?)
}
