//! Why things happen: every wake-up, speech, silence and cut has a name.

use crate::id::SpeechId;

/// Why the conversation wants to be woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wake {
    /// A person's silence becomes the end of their turn.
    EndOfTurn,
    /// A voice over a speech has lasted long enough to pause it.
    OverlapPause,
    /// A voice that goes on is to be looked at for words.
    Probe,
    /// Nobody went on after a paused speech: it resumes.
    FalseInterruption,
    /// A voice after a pause has lasted long enough to give up the answer made in advance.
    PlanDoubt,
    /// A turn with many takes is transcribed after all.
    TakeLater,
    /// An ended turn can no longer be continued.
    Settle,
    /// A character goes on after a quiet moment.
    Continuation,
    /// A character re-opens the talk.
    Reopen,
    /// A transcription is overdue.
    WordsOverdue,
    /// A reply is overdue.
    ReplyOverdue,
    /// A speech that was heard does not go on.
    PlayoutStalled,
    /// A cut was not confirmed.
    StopOverdue,
}

/// Why a character speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cue {
    /// To answer people.
    Answer,
    /// To go on after another character.
    GoOn,
    /// To open a scene.
    OpenScene,
    /// To re-open a talk that fell silent.
    Reopen,
}

/// What became of a person's turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was answered by this speech, whose first sound was just heard.
    Answered(SpeechId),
    /// It was said to another person.
    BetweenPeople,
    /// No character is there to answer.
    NoCharacter,
    /// The answer failed, and so did the apology.
    AnswerFailed,
    /// Too many turns waited for an answer; a later one is answered in its place.
    Crowded,
    /// Its words could not be made out.
    NotUnderstood,
    /// Nobody was left to hear the answer.
    Left,
}

/// What a sound over a speech was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Overlap {
    /// A sign of listening: the character goes on.
    Backchannel,
    /// A sound without words.
    Noise,
    /// The character's own words coming back.
    Echo,
    /// Words to another person.
    SideTalk,
    /// Words to the character: it stops and listens.
    Interruption,
}

/// What went wrong when a character has to say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// A person's words could not be made out.
    NotUnderstood,
    /// The answer could not be made.
    NoAnswer,
}
