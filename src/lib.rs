//! Troupe: AI characters that speak in LiveKit rooms.

pub mod api;
pub mod audio_file;
mod backoff;
pub mod brain;
pub mod character;
pub mod chat;
pub mod cli;
pub mod config;
pub mod devserver;
pub mod dsp;
pub mod ear;
pub mod evaluation;
pub mod link;
mod metrics;
pub mod opus_file;
pub mod outbound;
pub mod protocol;
pub mod providers;
pub mod recorder;
pub mod reports;
pub mod rooms;
pub mod shutdown;
pub mod telemetry;
pub mod tools;
pub mod traces;
pub mod voice;
pub mod worker;
