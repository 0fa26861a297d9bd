//! Requests to addresses that a project chose: webhooks and tools of characters.

mod destination;
mod guard;

pub use destination::{Destinations, URL_CHARS_MAX, is_public};
pub use guard::{Guard, NotConnected};
