//! What a conversation did, for metrics.

use crate::event::{Fate, Overlap};

/// Counts since the beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Transcriptions asked for.
    pub takes: u64,
    /// Answers made in advance.
    pub plans: u64,
    /// Of these, answers that were heard.
    pub plans_kept: u64,
    /// Of these, answers that were thrown away.
    pub plans_dropped: u64,
    /// Turns that ended.
    pub turns: u64,
    /// Turns that had ended and were continued.
    pub turns_continued: u64,
    /// Turns that were answered.
    pub turns_answered: u64,
    /// Sounds over a speech that were signs of listening.
    pub backchannels: u64,
    /// Sounds over a speech that were noise, echo or words to others.
    pub false_interruptions: u64,
    /// Words over a speech that stopped it.
    pub interruptions: u64,
    /// Times a provider missed its deadline.
    pub overdue: u64,
}

impl Counters {
    pub(super) fn overlap(&mut self, overlap: Overlap) {
        match overlap {
            Overlap::Backchannel => self.backchannels += 1,
            Overlap::Noise | Overlap::Echo | Overlap::SideTalk => self.false_interruptions += 1,
            Overlap::Interruption => self.interruptions += 1,
        }
    }

    pub(super) fn closed(&mut self, fate: Fate) {
        if matches!(fate, Fate::Answered(_)) {
            self.turns_answered += 1;
        }
    }
}
