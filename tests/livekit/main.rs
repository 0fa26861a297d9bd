//! The official `livekit` crate on this WebRTC stack, against a real server.
//!
//! - `harness`: servers, rooms, tones
//! - `audio`: two connections of one process hear each other; mute; cut
//! - `data`: reliable, lossy and text
//! - `official`: the official clients for Python, Node and browsers on the other side
//! - `readers`: paced and immediate, statistics
//! - `relay`: TURN over UDP, TCP and TLS
//! - `reconnect`: resume, full reconnect, over UDP and TCP
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod audio;
#[path = "../client/mod.rs"]
mod client;
mod data;
#[expect(dead_code, reason = "benches use the rest")]
mod harness;
#[path = "../node/mod.rs"]
mod node;
mod official;
#[path = "../packages/mod.rs"]
mod packages;
mod readers;
mod reconnect;
mod relay;
