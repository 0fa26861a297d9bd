//! Where audio enters and leaves.

pub mod livekit;
