//! End to end: a real livekit-server, our own binary as one process tree, scripted models, and the official
//! Python client as the person.
//!
//! - `room`: two characters and a person; late joiners and leavers; failing models
//! - `demo`: the demo command, from nothing to its recording
//! - `logs`: what must never be in a log
//! - `harness`, `models`, `person`: what they stand on

mod demo;
mod harness;
mod logs;
mod models;
mod person;
mod room;
