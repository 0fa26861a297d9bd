//! The database: is it there, and are its tables those of this version?

use std::path::Path;

use super::finding::Finding;
use super::machine::is_writable;
use crate::config::Config;
use crate::rooms::store::{Location, Schema, look};

const CHECK: &str = "database";

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let location = match Location::parse(&config.api.db) {
        Ok(location) => location,
        Err(error) => return vec![Finding::broken(CHECK, error.to_string(), "set TROUPE_DB or --db")],
    };
    vec![match look(&location).await {
        Ok(Some(schema)) => compared(&location, schema),
        Ok(None) => missing(&location),
        Err(error) => Finding::broken(
            CHECK,
            format!("open {location}: {error}"),
            "is the server running, does the database exist (`createdb`), and may this user connect?",
        ),
    }]
}

fn compared(location: &Location, Schema { version, expected }: Schema) -> Finding {
    if version > expected {
        return Finding::broken(
            CHECK,
            format!("{location} has version {version} of the schema, this program knows {expected}"),
            "use a newer program, or restore a backup from before the upgrade",
        );
    }
    if version < expected {
        return Finding::warning(
            CHECK,
            format!("{location} has version {version} of the schema, this program brings it to {expected}"),
            "`serve` does so when it starts; make a backup first, or run `troupe migrate`",
        );
    }
    Finding::ok(CHECK, format!("{location} has version {version} of the schema"))
}

fn missing(location: &Location) -> Finding {
    let Location::Sqlite(path) = location else {
        return Finding::broken(
            CHECK,
            format!("{location} is not there"),
            "make it with `createdb`",
        );
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if is_writable(folder.unwrap_or(Path::new("."))) {
        return Finding::ok(
            CHECK,
            format!("{location} is not there yet; the first command makes it"),
        );
    }
    Finding::broken(
        CHECK,
        format!("{location} can't be made: its folder is missing or can't be written"),
        "make the folder, or name another file with TROUPE_DB",
    )
}
