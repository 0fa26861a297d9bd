//! What the demo prints: one line an event, for people or as JSON.

use std::fmt;

use serde::Serialize;

use crate::protocol::SpeakerType;

/// An event of the demo.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum Event<'a> {
    /// The room is there.
    Room {
        room_id: &'a str,
        characters: &'a [String],
    },
    /// A character began its turn.
    Turn {
        /// Counts the characters' turns, from 1.
        turn: u32,
        character_id: &'a str,
        #[serde(skip)]
        name: &'a str,
        /// Silence between the last audible moment before and its first, ms.
        first_audio_ms: u64,
    },
    /// An entry was posted: what was heard.
    Entry {
        speaker_type: SpeakerType,
        character_id: Option<&'a str>,
        #[serde(skip)]
        name: &'a str,
        content: &'a str,
    },
    /// The demo is over.
    End {
        ok: bool,
        /// Why, when it is not.
        reason: Option<&'a str>,
        /// Turns taken in all.
        turns: u32,
        /// Characters that were heard.
        characters: Vec<&'a str>,
        /// Median of the turns' first-audio delays, ms.
        first_audio_median_ms: Option<u64>,
        /// The stereo recording: the person left, the characters right.
        recording: Option<String>,
        duration_ms: u64,
    },
}

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Room { room_id, characters } => {
                writeln!(f, "{room_id} with {}", characters.join(", "))
            }
            Self::Turn {
                name, first_audio_ms, ..
            } => write!(f, "    ({name} after {first_audio_ms} ms)"),
            Self::Entry { name, content, .. } => write!(f, "{name}: {content}"),
            Self::End {
                ok,
                reason,
                turns,
                first_audio_median_ms,
                recording,
                duration_ms,
                ..
            } => {
                let outcome = if *ok { "Done" } else { "Failed" };
                write!(f, "\n{outcome}: {turns} turns in {} s", duration_ms / 1000)?;
                if let Some(median_ms) = first_audio_median_ms {
                    write!(f, ", first audio after {median_ms} ms (median)")?;
                }
                if let Some(reason) = reason {
                    write!(f, "; {reason}")?;
                }
                if let Some(recording) = recording {
                    write!(f, "\nRecording: {recording}")?;
                }
                Ok(())
            }
        }
    }
}

/// The middle of `delays_ms`, the lower one of two.
pub(super) fn median(delays_ms: &[u64]) -> Option<u64> {
    let mut sorted = delays_ms.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len().saturating_sub(1) / 2).copied()
}
