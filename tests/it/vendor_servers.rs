//! Servers that speak the protocols of speech services: those that the services' own crate is tested against.

#[path = "../../crates/vendors/tests/conformance/scripts.rs"]
pub(crate) mod scripts;
#[path = "../../crates/vendors/tests/conformance/server.rs"]
#[expect(dead_code, reason = "the crate's own tests use all of it")]
pub(crate) mod server;
