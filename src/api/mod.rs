//! The Rooms API over HTTP. Surfaces translate; the domain in [`crate::rooms`] decides.
//!
//! [`Server`] runs it on a listener of the caller's, so that it can live inside another process.

mod auth;
mod body;
pub mod catalogue;
mod chat;
mod error;
mod fields;
mod health;
mod idempotency;
mod interviews;
mod limits;
mod live;
mod livekit;
mod metrics;
mod openapi;
mod page;
mod pages;
mod path;
mod query;
mod recordings;
mod report;
mod respondent;
mod roleplay;
mod router;
mod secret;
mod serve;
mod state;
mod traced;
mod v1;
mod worker;

pub use limits::Limits;
pub use router::{document, router};
pub use serve::{ServeError, Server, Settings, open};
pub use state::Api;
