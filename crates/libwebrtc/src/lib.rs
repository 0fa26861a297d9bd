//! Pure-Rust drop-in.
