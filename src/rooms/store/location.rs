//! Where the database is: `sqlite:PATH` or `postgres://…`.

use std::fmt;
use std::path::PathBuf;

use sqlx::postgres::PgConnectOptions;

use super::OpenError;

/// A database that a URL names.
#[derive(Debug, Clone)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A Postgres database; the URL says whether and how its server is authenticated (`sslmode`).
    Postgres(Box<PgConnectOptions>),
}

impl Location {
    /// Reads `sqlite:PATH`, `sqlite://PATH`, `postgres://…` or `postgresql://…`.
    ///
    /// # Errors
    /// When it is none of these. The error does not show the URL, which may hold a password.
    pub fn parse(url: &str) -> Result<Self, OpenError> {
        let (kind, rest) = url.split_once(':').unwrap_or(("", url));
        match kind {
            "sqlite" => match rest.strip_prefix("//").unwrap_or(rest) {
                "" => Err(OpenError::NoPath),
                path => Ok(Self::Sqlite(PathBuf::from(path))),
            },
            "postgres" | "postgresql" => url
                .parse()
                .map(|options| Self::Postgres(Box::new(options)))
                .map_err(|_| OpenError::BadUrl),
            _ => Err(OpenError::Unsupported),
        }
    }
}

/// As people are told about it: without user and password.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(options) => {
                let database = options.get_database().unwrap_or(options.get_username());
                match options.get_socket() {
                    Some(socket) => write!(f, "{database} at {}", socket.display()),
                    None => write!(f, "{database} at {}:{}", options.get_host(), options.get_port()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::Location;

    #[test]
    fn both_spellings_of_both_kinds_are_read() {
        for (url, shown) in [
            ("sqlite:a/b.sqlite", "a/b.sqlite"),
            ("sqlite:///a/b.sqlite", "/a/b.sqlite"),
            (
                "postgres://me:hush@db.example:6543/rooms",
                "rooms at db.example:6543",
            ),
            ("postgresql://me@db.example", "me at db.example:5432"),
            ("postgres:///rooms?host=/run/pg&port=5433", "rooms at /run/pg"),
        ] {
            assert_eq!(Location::parse(url).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn a_refused_url_is_not_shown() {
        for url in ["mysql://me:hush@db", "sqlite:", "postgres://me:hush@[db", "hush"] {
            let told = Location::parse(url).unwrap_err().to_string();
            assert!(!told.contains("hush"), "{told}");
        }
    }
}
