//! Two connections of one process over real sockets.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod flood; // rubbish costs the connection it is sent to, and nothing else
mod lifetime; // what a connection leaves behind: nothing
mod pair; // two peers that know each other
