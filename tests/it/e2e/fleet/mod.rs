//! Workers that die, stand still, are cut off or told to stop: real processes, a real LiveKit server, a person with
//! the official client. What each fault leads to is in `docs/faults.md`.
//!
//! - `death`: SIGKILL in the middle of a sentence, taken over by another worker or by the next on the same disk
//! - `drain`: SIGTERM, and SIGTERM twice
//! - `standstill`: SIGSTOP for longer than a lease
//! - `panic`: a fault of ours in one room, and the others of its worker
//! - `network`: an API that can't be reached, answers that are lost, heartbeats that are late
//! - `livekit`: a LiveKit server that restarts, others with a character's identity, tokens that expire, people who return
//! - `memory`: a worker that is near its limit
//! - `versions`: a rolling upgrade
//! - `harness`, `proxy`, `voice_server`: what they stand on

mod death;
mod drain;
mod harness;
mod livekit;
mod memory;
mod network;
mod panic;
mod proxy;
mod standstill;
mod versions;
mod voice_server;
