//! The OpenAPI document against what the code does.
//!
//! - `conform`: holds every answer of every test to the document
//! - `document`: the document itself
//! - `keys`: every route, asked with every kind of key and with another project's
//! - `errors`: the catalogue of error codes, here, in the code and in `docs/api.md`
//! - `examples`: the examples of `docs/api.md`, run

pub(crate) mod conform;
mod document;
mod errors;
mod keys;
