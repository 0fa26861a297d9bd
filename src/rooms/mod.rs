//! The domain behind every surface: rooms, their participants and timeline, keys, and who plays a room.
//!
//! [`Rooms`] holds the operations; [`store`] the rows; [`lease`] decides, without clock or database, who may
//! hold a room.

pub mod allowance;
pub mod character_record;
pub mod chat;
pub mod error;
pub mod id;
pub mod interview;
pub mod key;
pub mod language;
pub mod lease;
pub mod library;
pub mod list;
pub mod live;
pub mod livekit;
pub mod pass;
pub mod project;
pub mod reconcile;
pub mod recording;
pub mod roleplay;
pub mod room;
pub mod secret;
pub mod service;
pub mod store;
pub mod template;
pub mod timestamp;
pub mod token;
pub mod transcript;
pub mod user;
pub mod wakeups;
pub mod webhooks;

pub use error::Error;
pub use service::Rooms;
pub use timestamp::Timestamp;
