//! End to end: a real livekit-server, our own binary as one process tree, scripted models, and the official
//! Python client as the person.
//!
//! - `room`: two characters and a person; late joiners and leavers; failing models
//! - `assigned`: a role-play and an interview, from create to finished
//! - `demo`: the demo command, from nothing to its recording
//! - `respondent`: the respondent's page in a real Chromium
//! - `recording`: files of what was said
//! - `harness`, `models`, `person`: what they stand on

mod assigned;
mod demo;
mod harness;
mod models;
mod person;
mod recording;
mod respondent;
mod room;
