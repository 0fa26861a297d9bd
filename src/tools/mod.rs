//! What characters have done while they answer: requests to web servers, and tools of MCP servers.
//!
//! A call goes to a host that the deployment allows, at a public address, with that host's own key; it is bounded in
//! time and size, is never repeated by itself, and ends when its answer is no longer wanted.

mod http;
mod mcp;
mod outcome;
mod reach;
mod toolbox;

pub use reach::Reach;
pub use toolbox::{ForSpeech, Toolbox};
