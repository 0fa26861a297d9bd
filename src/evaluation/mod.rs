//! Measures Troupe, for `troupe bench`: on recordings, and from outside as a caller in a room.

pub mod backend;
pub mod caller;
pub mod noise;
pub mod process;
pub mod report;
pub mod slope;
pub mod speakers;
pub mod turns;
pub mod words;
