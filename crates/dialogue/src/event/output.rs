//! What the driver is to do.

use super::{AgentState, Cue, Fate, Line, Overlap, Trouble};
use crate::id::{CharacterId, PersonId, SpeechId, TakeId};

/// What the driver is to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Transcribe all that this person has said since their last [`Output::TurnTaken`], up to now.
    Transcribe {
        /// Whose speech.
        person: PersonId,
        /// Names the request; an older take of the same person is no longer wanted.
        take: TakeId,
    },
    /// Ask an audio model, if there is one, whether the turn sounds finished; answered by
    /// [`super::Input::EndJudged`] with the same take.
    JudgeEnd {
        /// Whose speech.
        person: PersonId,
        /// Names the request.
        take: TakeId,
    },
    /// What a person said so far is settled: forget its audio, and any take under way.
    TurnTaken {
        /// Whose.
        person: PersonId,
    },
    /// What became of a person's turn; exactly one for each turn that ended.
    TurnClosed {
        /// Whose.
        person: PersonId,
        /// What became of it.
        fate: Fate,
    },
    /// A sound over a speech was understood.
    OverlapResolved {
        /// Whose sound.
        person: PersonId,
        /// As what.
        overlap: Overlap,
    },
    /// Show a person's words as they stand.
    Caption {
        /// Whose.
        person: PersonId,
        /// The words.
        text: String,
    },
    /// Write what a character says next.
    Generate {
        /// Names the speech.
        speech: SpeechId,
        /// Who speaks.
        character: CharacterId,
        /// Why.
        cue: Cue,
        /// Said by people but not yet an entry; it follows the timeline in the prompt.
        pending: Vec<Line>,
    },
    /// Say that something went wrong, in place of a generated line, as a reply with the same events.
    Apologise {
        /// Names the speech.
        speech: SpeechId,
        /// Who speaks.
        character: CharacterId,
        /// What went wrong.
        trouble: Trouble,
    },
    /// Make speech for the next chunk of a speech.
    Synthesize {
        /// Which speech.
        speech: SpeechId,
        /// Which chunk, counted from 0.
        chunk: usize,
        /// Its text.
        text: String,
    },
    /// No chunk follows.
    ChunksDone {
        /// Which speech.
        speech: SpeechId,
    },
    /// Let a speech be heard, as soon as there is sound.
    Play {
        /// Which speech.
        speech: SpeechId,
    },
    /// Be silent at once, and keep what was not heard; not answered.
    Pause {
        /// Which released speech.
        speech: SpeechId,
    },
    /// Go on where it was paused.
    Resume {
        /// Which paused speech.
        speech: SpeechId,
    },
    /// Cut a released speech and everything behind it; answered by [`super::Input::PlayoutStopped`].
    Stop {
        /// Which speech.
        speech: SpeechId,
    },
    /// Throw a speech away that nobody heard; not answered.
    Discard {
        /// Which speech.
        speech: SpeechId,
    },
    /// Show what a character does.
    State {
        /// Which character.
        character: CharacterId,
        /// What.
        state: AgentState,
    },
    /// This was said and heard: keep it.
    Entry(Line),
}
