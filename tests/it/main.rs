//! Every integration test, in one binary so that it links once.
//!
//! - `support`: the API in this process, with a LiveKit that only remembers
//! - `api_rooms`: voice rooms from creation to end
//! - `api_requests`: what every path refuses, and in which words
//! - `api_idempotency`: repeated creates
//! - `api_transcript`: pages and events of the timeline
//! - `api_characters`: a project's own characters and the built-ins
//! - `api_limits`: rates, places, deadlines, and what a project may have going on
//! - `api_pages`: cursors, and who else they work for
//! - `api_keys`: who may do what; revocation and expiry
//! - `worker_protocol`: claims, entries, changes, releases
//! - `lease`: takeover, fencing and giving up, decided without clock or database
//! - `client`: a Python with the official client
//! - `cli`: what the command line says no to
//! - `e2e`: a real LiveKit server and the official Python client
//! - `house`: what holds for the repository as a whole
//! - `openapi`: the OpenAPI document, and every route against it
//! - `openai`: the OpenAI provider against a server that misbehaves
//! - `postgres`: a throw-away Postgres
//! - `prompts`: what language models are asked, as snapshots
//! - `recordings`: uploads, joined files, links and downloads
//! - `store`: both databases held to one behaviour

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod api_characters;
mod api_idempotency;
mod api_keys;
mod api_limits;
mod api_pages;
mod api_requests;
mod api_rooms;
mod api_transcript;
mod cli;
#[path = "../client/mod.rs"]
mod client;
mod e2e;
mod house;
mod lease;
mod openai;
mod openapi;
#[path = "../postgres/mod.rs"]
mod postgres;
mod prompts;
mod recordings;
mod store;
mod support;
mod worker_protocol;
