//! Troupe: AI characters that speak in LiveKit rooms.

pub mod character;
pub mod protocol;
pub mod providers;
