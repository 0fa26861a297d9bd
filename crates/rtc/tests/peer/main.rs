//! Two connections of one process over real sockets.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod again; // lost packets are sent again, byte for byte
mod early; // sound comes before its way was checked
mod flood; // rubbish costs the connection it is sent to, and nothing else
mod lifetime; // what a connection leaves behind: nothing
mod pair; // two peers that know each other
mod way; // a network that loses packets
