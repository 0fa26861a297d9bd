//! Both databases held to one behaviour.
//!
//! - `database`: a database of a test's own

pub(crate) mod database;
