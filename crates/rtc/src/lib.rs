//! Part of Troupe.
