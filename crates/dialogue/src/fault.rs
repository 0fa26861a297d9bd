//! Faults that tests plant into the core, to show that the simulator finds them.
//!
//! Without the feature `faults` none can be planted, and every question here is answered at compile time.

/// A fault, named by what goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// "Mhm" stops a character for good.
    BackchannelYields,
    /// A speech paused for a cough never goes on.
    NeverResumes,
    /// A voice over a speech is noticed only after seconds.
    PausesLate,
    /// A cut speech is remembered whole.
    HeardWhole,
    /// What a person said is posted twice when nobody answered in time.
    EntryTwice,
    /// A turn that ends while another one waits is forgotten.
    TurnForgotten,
    /// An answer begins although somebody is speaking.
    SpeaksOver,
    /// The next speech begins before the last one is known to be silent.
    TwoAtOnce,
    /// A provider that never answers is waited for without end.
    NoReplyDeadline,
    /// A continued turn is answered as it stood before.
    StaleAnswer,
    /// Turns wait for an answer without bound.
    EndlessQueue,
    /// A transcription that never comes is waited for without end.
    NoWordsDeadline,
    /// Characters answer each other without bound.
    RunsOn,
    /// A scene does not go on after a person spoke.
    SceneStops,
    /// Whoever was called is passed over.
    WrongCharacter,
    /// What a microphone hears of a character counts as a person's words.
    EchoSpeaks,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::BackchannelYields,
        Self::NeverResumes,
        Self::PausesLate,
        Self::HeardWhole,
        Self::EntryTwice,
        Self::TurnForgotten,
        Self::SpeaksOver,
        Self::TwoAtOnce,
        Self::NoReplyDeadline,
        Self::StaleAnswer,
        Self::EndlessQueue,
        Self::NoWordsDeadline,
        Self::RunsOn,
        Self::SceneStops,
        Self::WrongCharacter,
        Self::EchoSpeaks,
    ];
}

/// The fault that a conversation was built with, if any.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Planted(#[cfg(feature = "faults")] pub(crate) Option<Fault>);

impl Planted {
    #[cfg(feature = "faults")]
    pub(crate) fn is(self, fault: Fault) -> bool {
        self.0 == Some(fault)
    }

    #[cfg(not(feature = "faults"))]
    pub(crate) const fn is(self, _: Fault) -> bool {
        false
    }
}
