//! The voices: one per character, from chunks of text to paced sound.
//!
//! ```text
//! chunk → lexicon → text to speech → resampler → level → player (gate, pace, position) → track
//!              ▲ │ breaks off
//!              └─┘ the rest of the chunk
//! ```

mod along;
mod ambience;
mod level;
mod lexicon;
mod pace;
mod playback;
mod player;
mod sent;
mod sounding;
mod synthesis;
mod told;

use std::time::Duration;

use troupe_dialogue::SpeechId;

pub use along::{Along, play_along};
pub use ambience::Ambiences;
pub use level::Level;
pub use lexicon::Lexicon;
pub use pace::Pace;
pub use player::{Order, Player, Sink, Sound};
pub use sent::{Counted, Sent};
pub use synthesis::{ChunkText, Speaker, synthesize};

/// Sample rate of a character's track, Hz, mono.
pub const VOICE_RATE_HZ: u32 = 48_000;

/// What a voice tells the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Voiced {
    /// So much of a chunk was made.
    Made {
        /// Which speech.
        speech: SpeechId,
        /// Which chunk.
        chunk: usize,
        /// Its length by now.
        duration: Duration,
        /// Whether that is all.
        complete: bool,
    },
    /// All of a chunk was made, and this is where it sounds.
    Sounding {
        /// Which speech.
        speech: SpeechId,
        /// Which chunk.
        chunk: usize,
        /// Stretches in which something is to be heard.
        stretches: Vec<std::ops::Range<Duration>>,
    },
    /// The first sound of a chunk went out.
    ChunkStarted {
        /// Which speech.
        speech: SpeechId,
        /// Which chunk.
        chunk: usize,
    },
    /// Everything was heard.
    Finished {
        /// Which speech.
        speech: SpeechId,
    },
    /// It was cut.
    Stopped {
        /// Which speech.
        speech: SpeechId,
        /// How much was heard.
        heard: Duration,
    },
}
