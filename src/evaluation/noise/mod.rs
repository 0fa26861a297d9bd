//! What noise suppression and gain control are worth: words and false voices that the real ear makes of recordings with
//! noise over them, with and without.

mod disturbance;
mod hearing;
mod measure;

pub use disturbance::Disturbance;
pub use hearing::{HearingError, Speech};
pub use measure::{Curve, Point, Step, TREATMENTS, measure};
