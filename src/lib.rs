//! Troupe: AI characters that speak in LiveKit rooms.

pub mod api;
pub mod brain;
pub mod character;
pub mod cli;
pub mod config;
pub mod protocol;
pub mod providers;
pub mod rooms;
pub mod shutdown;
pub mod telemetry;
