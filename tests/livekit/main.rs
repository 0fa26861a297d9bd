//! The official `livekit` crate on this WebRTC stack, against a real server.
//!
//! - `harness`: servers, rooms, tones
//! - `audio`: two connections of one process hear each other; mute; cut
//! - `data`: reliable, lossy and text
//! - `official`: the official Python client on the other side
//! - `readers`: paced and immediate, statistics
//! - `relay`: TURN over UDP, TCP and TLS
//! - `reconnect`: resume, full reconnect, over UDP and TCP
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod audio;
#[path = "../client/mod.rs"]
mod client;
mod data;
mod harness;
mod official;
mod readers;
mod reconnect;
mod relay;
