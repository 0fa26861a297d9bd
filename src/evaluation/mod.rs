//! Measures Troupe on recordings, for `troupe bench`.

pub mod turns;
