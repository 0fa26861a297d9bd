//! Group chat.
//!
//! - `talk`: users who call the API, and how shapes are compared
//! - `model`: an OpenAI-compatible server that plays each character as a test says
//! - `seed`: every request that clients of this surface send, and the shape of its answer
//! - `rooms`: lists, limits, visibility, deletion
//! - `roles`: who may do what
//! - `replies`: collected answers, failing models, order and bounds
//! - `history`: pages of messages
//! - `stream`: answers as server-sent events

mod history;
mod model;
mod replies;
mod roles;
mod rooms;
mod seed;
mod stream;
mod talk;
