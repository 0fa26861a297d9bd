//! Lists in pages: where a page begins.
//!
//! A cursor holds a position, so that it outlives the item that stood there.

use serde::{Deserialize, Serialize};

/// Where a page of a list begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After<'a> {
    /// At the beginning of the list.
    Nothing,
    /// After the item with this id, which must be there.
    Item(&'a str),
    /// After this position, whatever became of what stood there.
    Position(i64),
}

impl<'a> From<Option<&'a str>> for After<'a> {
    fn from(id: Option<&'a str>) -> Self {
        id.map_or(Self::Nothing, Self::Item)
    }
}

/// Position in a list of what the deployment has, in its own order, and then of what a project has, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Place {
    /// The deployment's, by name and then by id.
    BuiltIn(String, String),
    /// A project's, as in the database.
    Own(i64),
}
