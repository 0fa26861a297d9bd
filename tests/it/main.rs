//! Every integration test, in one binary so that it links once.
//!
//! - `binary`: the binary without the developer's own configuration
//! - `support`: the API in this process, with a LiveKit that only remembers
//! - `api_rooms`: voice rooms from creation to end
//! - `api_requests`: what every path refuses, and in which words
//! - `api_idempotency`: repeated creates
//! - `api_transcript`: pages and events of the timeline
//! - `api_characters`: a project's own characters and the built-ins
//! - `api_limits`: rates, places, deadlines, and what a project may have going on
//! - `api_tokens`: what LiveKit tokens allow
//! - `api_pages`: cursors, and who else they work for
//! - `api_keys`: who may do what; revocation and expiry
//! - `live`: live room management, every request of its reference, hostile names
//! - `livekit_events`: what LiveKit tells, and what it has when asked
//! - `webhooks`: a project's servers are told what happens
//! - `fake_livekit`: the LiveKit that only remembers
//! - `shape`: answers compared with what a reference shows
//! - `chat`: group chat from rooms and roles to collected and streamed replies
//! - `worker_protocol`: claims, entries, changes, releases
//! - `client`: a Python with the official client
//! - `cli`: what the command line says no to
//! - `cli_operator`: what an operator does there
//! - `conformance`: every provider through the same cases
//! - `deploy`: what is shipped for Kubernetes and Grafana
//! - `doctor`: what it says where something is wrong
//! - `e2e`: a real LiveKit server and the official Python client
//! - `roleplays`, `interviews`, `respondent`: the role-play and interview surfaces, and the respondent's page
//! - `house`: what holds for the repository as a whole
//! - `node`: packages of npm, and LiveKit's SDKs for Node
//! - `openapi`: the OpenAPI document, and every route against it
//! - `openai`: what is the OpenAI provider's alone: requests, retries, events, tools
//! - `packages`: programs that the tests bring along
//! - `pages`: the stage page, and what opens it
//! - `postgres`: a throw-away Postgres
//! - `reports`: what comes of role-plays and interviews
//! - `recordings`: uploads, joined files, links and downloads
//! - `scratch`: folders for the databases of tests
//! - `prompts`: what language models are asked, as snapshots
//! - `tools`: what characters have done, against real servers
//! - `vendor_servers`: servers that speak the protocols of speech services
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
mod api_tokens;
mod api_transcript;
mod binary;
mod chat;
mod cli;
mod cli_agents;
mod cli_operator;
#[path = "../client/mod.rs"]
mod client;
mod conformance;
mod deploy;
mod doctor;
mod e2e;
mod fake_livekit;
mod house;
mod interviews;
mod live;
mod livekit_events;
#[path = "../node/mod.rs"]
mod node;
mod openai;
mod openapi;
#[path = "../packages/mod.rs"]
mod packages;
mod pages;
#[path = "../postgres/mod.rs"]
mod postgres;
mod prompts;
mod recordings;
mod reports;
mod respondent;
mod roleplays;
mod scratch;
mod shape;
mod store;
mod support;
mod tools;
mod vendor_servers;
mod webhooks;
mod worker_protocol;
