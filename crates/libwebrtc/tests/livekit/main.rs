//! The official `livekit` crate on this WebRTC stack, against a real server.
//!
//! `LIVEKIT_SERVER` names a livekit-server binary, `LIVEKIT_PYTHON` a Python with the packages
//! `livekit`, `livekit-api` and `numpy`. The tests are ignored by default; run them one at a time:
//! `cargo test -p libwebrtc --test livekit -- --ignored --test-threads=1`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]
#![expect(clippy::print_stdout, reason = "figures are for people to read")]

mod audio;
mod data;
mod figures;
mod harness;
mod official;
mod reconnect;
