//! Reports of measurements: one JSON for machines, Markdown and one HTML page for people.
//!
//! The JSON has the sections of other black-box benches (`join`, `zero`, `real`, `barge`, `load`), so that their
//! results and ours can be laid side by side, whichever of them is there.

mod heat;
mod html;
mod markdown;
mod noise;
mod plot;
mod run;
mod sections;
mod soak;
mod speakers;

pub use html::{Section, page};
pub use plot::{Line, Strip, lines, strips};
pub use run::{Figure, Run, RunError};
pub use sections::{html, markdown};
