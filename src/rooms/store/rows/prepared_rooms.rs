//! Rooms that are made with their character in them.

use crate::rooms::Timestamp;
use crate::rooms::room::Surface;

/// What such a room is made of.
pub(in crate::rooms::store) struct NewRow<'a> {
    /// UUID.
    pub(in crate::rooms::store) id: &'a str,
    pub(in crate::rooms::store) surface: Surface,
    pub(in crate::rooms::store) name: &'a str,
    pub(in crate::rooms::store) character_id: &'a str,
    /// Open for claims from now on, or not yet.
    pub(in crate::rooms::store) started_at: Option<Timestamp>,
}
