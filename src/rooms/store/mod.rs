//! Rows behind the domain: what a database must do ([`contract`]), and two databases that do it.

pub mod contract;
mod location;
mod look;
mod migrations;
mod open;
mod postgres;
mod rows;
mod sqlite;

use std::sync::Arc;

pub use contract::{
    Added, Answer, Asking, Beaten, Census, CharacterChange, Claimed, ClaimsMade, Due, Ended, Page,
    PendingChange, PlayedIn, Removed, RoomNote, Rows, Standing, Started,
};
pub use location::Location;
pub use look::{Schema, look};
pub use migrations::{Migrated, MigrationError, Step};
pub use open::{OpenError, migrate, open};
pub use postgres::PostgresStore;
pub use sqlite::SqliteStore;

/// The database, whichever it is.
pub type Store = Arc<dyn Rows>;
