//! Troupe.
