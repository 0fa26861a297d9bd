//! Rows behind the domain. Every method is one transaction that keeps the domain's promises by itself.

pub mod sqlite;

pub use sqlite::Store;
