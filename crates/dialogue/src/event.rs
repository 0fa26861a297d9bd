//! What goes in and what comes out.

use std::time::Duration;

use crate::director::CastMember;
use crate::id::{CharacterId, PersonId, SpeechId, TakeId};
use crate::time::Time;

/// What happened outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A character's participant is in the room and can speak.
    CharacterJoined(CastMember),
    /// A character leaves the room; its speech is cut.
    CharacterLeft(CharacterId),
    /// A person is in the room.
    PersonJoined {
        /// Who.
        person: PersonId,
    },
    /// A person left; what they were saying is taken as said.
    PersonLeft {
        /// Who.
        person: PersonId,
    },
    /// A person's voice began, at `since`.
    VoiceStarted {
        /// Whose.
        person: PersonId,
        /// When the voice began, which lies before it was recognised as one.
        since: Time,
    },
    /// A person's voice has been silent for a moment, after `last_voice`.
    VoicePaused {
        /// Whose.
        person: PersonId,
        /// The end of their last sound.
        last_voice: Time,
    },
    /// A transcription asked for by [`Output::Transcribe`] is ready; empty when nothing was said.
    Transcribed {
        /// Which take.
        take: TakeId,
        /// The words.
        text: String,
    },
    /// A transcription failed for good.
    TranscriptionFailed {
        /// Which take.
        take: TakeId,
    },
    /// A person typed.
    Typed {
        /// Who.
        person: PersonId,
        /// What.
        text: String,
    },
    /// The language model wrote on.
    ReplyText {
        /// Which speech.
        speech: SpeechId,
        /// The next piece.
        delta: String,
    },
    /// The language model is done.
    ReplyDone {
        /// Which speech.
        speech: SpeechId,
    },
    /// The language model or the voice failed for good; what was made so far is played.
    ReplyFailed {
        /// Which speech.
        speech: SpeechId,
    },
    /// Speech for a chunk was made.
    ChunkAudio {
        /// Which speech.
        speech: SpeechId,
        /// Which chunk, counted from 0.
        chunk: usize,
        /// How much of this chunk there is by now.
        duration: Duration,
        /// Whether that is all of it.
        complete: bool,
    },
    /// The first sound of a speech left for the room.
    PlayoutStarted {
        /// Which speech.
        speech: SpeechId,
    },
    /// All sound of a released speech was played and no more comes.
    PlayoutFinished {
        /// Which speech.
        speech: SpeechId,
    },
    /// The answer to [`Output::Stop`].
    PlayoutStopped {
        /// Which speech.
        speech: SpeechId,
        /// How much of it was heard.
        heard: Duration,
    },
    /// A character is to speak by itself, as soon as the floor is free; an answer that is owed comes first and
    /// counts as that.
    FloorOffered,
    /// The time of [`crate::Conversation::poll_timeout`] has come.
    Wake,
}

/// Why the conversation wants to be woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// A person's silence becomes the end of their turn.
    EndOfTurn,
    /// A person's voice over a speech becomes an interruption.
    BargeIn,
    /// A character goes on after a quiet moment.
    Continuation,
}

/// Who said a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// A person.
    Person(PersonId),
    /// A character.
    Character(CharacterId),
}

/// Something said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// By whom.
    pub speaker: Speaker,
    /// The words.
    pub text: String,
}

/// What a listener should see of a character (`lk.agent.state`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentState {
    /// It hears.
    Listening,
    /// It makes up an answer.
    Thinking,
    /// It is heard.
    Speaking,
}

/// What went wrong when a character has to say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// A person's words could not be made out.
    NotUnderstood,
    /// The answer could not be made.
    NoAnswer,
}

/// What the driver is to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Transcribe all that this person has said since their last [`Output::TurnTaken`].
    Transcribe {
        /// Whose speech.
        person: PersonId,
        /// Names the request; an older take of the same person is no longer wanted.
        take: TakeId,
    },
    /// What a person said so far is settled: forget its audio, and any take under way.
    TurnTaken {
        /// Whose.
        person: PersonId,
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
    /// Cut a released speech and everything behind it; answered by [`Input::PlayoutStopped`].
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
