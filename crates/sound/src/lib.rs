//! Sound before it is heard and after it is made. Pure: samples in, samples out, and chance from a seed.
//!
//! ```text
//! a person's PCM → Treatment (Suppressor, GainControl) → the ear
//! a voice's PCM → Leveller → its track
//! Ambience → what a place sounds like, in a loop
//! noise::Noise + speech → level::mix → what a Treatment is measured on
//! ```

pub mod level;
pub mod noise;

mod ambience;
mod gain;
mod loudness;
mod suppress;
mod thirds;
mod treatment;

pub use ambience::Ambience;
pub use gain::GainControl;
pub use loudness::{Leveller, TARGET_LUFS, loudness};
pub use suppress::Suppressor;
pub use treatment::{Treated, Treatment};

/// Sample rate of what people say on its way to an ear, Hz, mono.
pub const HEARD_RATE_HZ: u32 = 16_000;

/// Full scale of 16-bit PCM.
const FULL_SCALE: f32 = 32_768.0;
