//! API keys: what they are for, how they look, how they are compared.
//!
//! A key is `<kind>_<id>_<secret>`: the id finds its row, the keyed hash of the whole proves it.

use super::Timestamp;
use super::id::random_base62;
use super::secret::ServerSecret;

const ID_CHARS: usize = 16;

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// The server side of one project.
    Secret,
    /// One user of one project.
    User,
    /// Workers, for all projects.
    Worker,
}

impl KeyKind {
    /// As it is stored and typed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::User => "user",
            Self::Worker => "worker",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Secret, Self::User, Self::Worker]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Secret => "sk",
            Self::User => "uk",
            Self::Worker => "wk",
        }
    }
}

/// A key that was just made. Its plain text exists here alone.
pub struct MadeKey {
    /// `key_…`, for lists and revocation.
    pub id: String,
    /// What the caller sends.
    pub plain: String,
    /// What is stored.
    pub hash: [u8; 32],
}

impl MadeKey {
    /// Makes a key.
    pub fn new(kind: KeyKind, secret: &ServerSecret) -> Self {
        let id = random_base62(ID_CHARS);
        let (plain, hash) = secret.credential(kind.prefix(), &id);
        Self {
            id: format!("key_{id}"),
            plain,
            hash,
        }
    }
}

/// A stored key.
#[derive(Debug, Clone)]
pub struct KeyRecord {
    /// `key_…`.
    pub id: String,
    /// What it may do.
    pub kind: KeyKind,
    /// Whose it is; `None` for a worker's.
    pub project_id: Option<String>,
    /// The project's name.
    pub project_name: Option<String>,
    /// Whose it is, for a user's.
    pub user_id: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
    /// Since when it is refused.
    pub revoked_at: Option<Timestamp>,
    /// Keyed hash of the plain key.
    pub hash: Vec<u8>,
}

/// Who calls, as a valid key says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The server side of this project.
    Project {
        /// `project_…`.
        project_id: String,
    },
    /// A user of this project.
    User {
        /// `project_…`.
        project_id: String,
        /// `user_…`.
        user_id: String,
    },
    /// Somebody on the pages of this project.
    Page {
        /// `project_…`.
        project_id: String,
    },
    /// A worker.
    Worker,
}

/// Id under which a presented key would be stored; `None` when it can't be one of ours.
pub fn id_of(plain: &str) -> Option<String> {
    let mut parts = plain.split('_');
    let (_, id, _) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!("key_{id}"))
}

impl KeyRecord {
    /// Who calls with `plain` at `now`; `None` when it is not this key, or it is revoked or expired.
    pub fn admit(&self, plain: &str, secret: &ServerSecret, now: Timestamp) -> Option<Caller> {
        let genuine = secret.proves(plain, &self.hash);
        let expired = self.expires_at.is_some_and(|at| at <= now);
        if !genuine || expired || self.revoked_at.is_some() {
            return None;
        }
        match self.kind {
            KeyKind::Worker => Some(Caller::Worker),
            KeyKind::Secret => Some(Caller::Project {
                project_id: self.project_id.clone()?,
            }),
            KeyKind::User => Some(Caller::User {
                project_id: self.project_id.clone()?,
                user_id: self.user_id.clone()?,
            }),
        }
    }
}
