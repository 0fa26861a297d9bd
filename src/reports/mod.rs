//! What comes of a role-play or an interview: a report by its rubric or guide, written by a language model once the
//! talk is over, with passages of the talk that are checked to be in it.
//!
//! ```text
//! ended, no report yet → transcript → too short? → language model → draft → quotes checked → kept beside the room
//! ```

mod ask;
mod draft;
mod markdown;
mod report;
mod reporter;

pub use draft::Draft;
pub use report::{Item, Kind, Quote, Report, Status, Subject};
pub use reporter::Reporter;
