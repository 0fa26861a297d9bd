//! Part of Troupe.

pub mod opus;
pub mod receive;
