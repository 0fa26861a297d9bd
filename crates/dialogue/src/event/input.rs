//! What happened outside.

use std::time::Duration;

use crate::director::CastMember;
use crate::heard::Sounding;
use crate::id::{CharacterId, PersonId, SpeechId, TakeId};
use crate::time::Time;
use crate::tuning::Overrides;

/// What happened outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A character's participant is in the room and can speak.
    CharacterJoined(CastMember),
    /// A character differs in these thresholds from now on, beside those in which it differs already.
    CharacterTuned {
        /// Who.
        character: CharacterId,
        /// In which, and how.
        tuning: Overrides,
    },
    /// A character leaves the room; its speech is cut.
    CharacterLeft(CharacterId),
    /// A person is in the room.
    PersonJoined {
        /// Who.
        person: PersonId,
        /// What they are called, for "Ben, what do you think?".
        names: Vec<String>,
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
    /// Words of a voice that is still on, from a transcriber that streams.
    PartialWords {
        /// Whose.
        person: PersonId,
        /// All words of the turn so far.
        text: String,
    },
    /// A transcription asked for by [`super::Output::Transcribe`] is ready; empty when nothing was said.
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
    /// What an audio model makes of the pause that a take was asked for at. It may come late or never.
    EndJudged {
        /// Which take.
        take: TakeId,
        /// Probability that the turn is over, 0.0–1.0.
        probability: f32,
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
    /// Where in a chunk's sound its words lie; without it they are taken to be even.
    ChunkSounding {
        /// Which speech.
        speech: SpeechId,
        /// Which chunk.
        chunk: usize,
        /// Word times from the voice, or what was measured in its sound.
        sounding: Sounding,
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
    /// A speech that is heard has made no sound for longer than it may: it ends where it stands.
    PlayoutStuck {
        /// Which speech.
        speech: SpeechId,
    },
    /// The answer to [`super::Output::Stop`].
    PlayoutStopped {
        /// Which speech.
        speech: SpeechId,
        /// How much of it was heard.
        heard: Duration,
    },
    /// A person's turn of before this conversation began, which was not answered to its end: another driver had the
    /// room, and died.
    TurnOwed {
        /// Whose.
        person: PersonId,
        /// Their words.
        text: String,
        /// Whether they are an entry already.
        is_entered: bool,
        /// Who was about to answer; it does, if it is here.
        to: Option<CharacterId>,
    },
    /// A character is to speak by itself, as soon as the floor is free; an answer that is owed comes first and
    /// counts as that.
    FloorOffered,
    /// The time of [`crate::Conversation::poll_timeout`] has come.
    Wake,
}
