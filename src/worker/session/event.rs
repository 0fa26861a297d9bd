//! What happens to a session from outside.

use std::time::Duration;

use troupe_dialogue::{CharacterId, PersonId, SpeechId, TakeId};

use super::people::EarNumber;
use super::previewing::Preview;
use crate::brain::history::Excerpt;
use crate::ear::Heard;
use crate::link::{Connection, LinkError, Seen};
use crate::protocol::{CastMember, ChangeKind};
use crate::providers::ProviderError;
use crate::voice::Voiced;

/// One thing that happened.
pub(super) enum Event {
    /// A character is in the room, or could not get in.
    Joined {
        /// Who.
        member: Box<CastMember>,
        /// How it went.
        result: Result<Connection, LinkError>,
    },
    /// It is known how long a character's voice works on a few words.
    VoiceKnown {
        /// Whose.
        character: CharacterId,
        /// How long.
        clause: Duration,
    },
    /// A character's connection saw something.
    Seen {
        /// Whose connection.
        character: CharacterId,
        /// What.
        seen: Seen,
    },
    /// A person's ear heard something.
    Heard {
        /// Whose ear.
        person: PersonId,
        /// Which one of theirs.
        ear: EarNumber,
        /// What.
        heard: Heard,
    },
    /// A person is listened to from now on.
    Listening {
        /// Who.
        person: PersonId,
    },
    /// A person's words as they stand.
    Partial {
        /// Whose.
        person: PersonId,
        /// All of them since their turn began; empty when it is settled.
        text: String,
    },
    /// The words of a person who still speaks were looked at.
    Previewed {
        /// Whose.
        person: PersonId,
        /// What was seen.
        seen: Preview,
    },
    /// A transcription is over.
    Transcribed {
        /// Which.
        take: TakeId,
        /// The words.
        result: Result<String, ProviderError>,
    },
    /// The end-of-turn model has judged a pause.
    Judged {
        /// At which take.
        take: TakeId,
        /// Probability that the turn is over.
        probability: f32,
    },
    /// A reply goes on.
    ReplyText {
        /// Which.
        speech: SpeechId,
        /// The next piece.
        delta: String,
    },
    /// A reply is over.
    ReplyOver {
        /// Which.
        speech: SpeechId,
        /// Whether it failed.
        failed: bool,
    },
    /// A tool was used for a reply.
    ToolUsed {
        /// For which.
        speech: SpeechId,
        /// How long it took.
        took: Duration,
        /// Whether it was done.
        is_done: bool,
    },
    /// The older part of the talk was put in short, or could not be.
    Shortened {
        /// Which part.
        excerpt: Excerpt,
        /// In short; `None` when nothing came of it.
        short: Option<String>,
    },
    /// A task of the room panicked.
    Died {
        /// What it was for.
        what: &'static str,
    },
    /// A voice did something.
    Voiced(Voiced),
    /// The API changed the room.
    Change(ChangeKind),
}
