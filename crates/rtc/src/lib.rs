//! A WebRTC peer for voice: Opus audio in and out and data channels, in pure Rust.
//!
//! # The contract
//! A [`peer::Peer`] is a handle. Behind it live two things that never share a lock:
//! - the [`jsep::Negotiator`], a pure state machine in the handle, which reads and writes session
//!   descriptions and answers questions about transceivers at once;
//! - the owner task, the only one to touch sockets, encoders, decoders and the `str0m` state. It
//!   takes [`jsep::Plan`]s and commands and reports through one callback.
//!
//! Whatever is shared with the application (audio queues, counters) sits behind leaf locks: no
//! code is called while one is held.

pub mod audio;
pub mod jsep;
pub mod net;
pub mod opus;
pub mod peer;
pub mod receive;
pub mod sdp;
