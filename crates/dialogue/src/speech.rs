//! One speech, from plan to last word.

use std::time::Duration;

use crate::event::Cue;
use crate::heard::{Sounding, Timeline};
use crate::id::{CharacterId, PersonId, SpeechId};
use crate::length::expected_length;
use crate::sentence::Chunker;
use crate::time::Time;
use crate::tuning::Tuning;

/// Chunks of one speech. Full: the rest is left out, which a reply of two minutes never reaches.
const CHUNKS_MAX: usize = 64;
/// Chunks after which none ends without a stop any more: they are for what comes next.
const HURRIED_CHUNKS_MAX: usize = 32;

/// How far a speech has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Made in advance; may be thrown away.
    Planned,
    /// May be heard; no sound yet, since this moment.
    Released { since: Time },
    /// Is heard, since this moment.
    Heard { since: Time },
    /// Was cut at this moment; the driver tells how much was heard.
    Stopping { since: Time },
}

#[derive(Debug)]
struct Chunk {
    text: String,
    audio: Duration,
    complete: bool,
    sounding: Option<Sounding>,
}

#[derive(Debug)]
pub(crate) struct Speech {
    pub(crate) id: SpeechId,
    pub(crate) character: CharacterId,
    pub(crate) phase: Phase,
    pub(crate) cue: Cue,
    /// The words of a person that a plan answers; a plan for other words is thrown away.
    pub(crate) basis: Option<(PersonId, String)>,
    /// The turns that it answers, from its first sound on.
    pub(crate) answers: Vec<(PersonId, String)>,
    /// Whether it was made before that person's turn was over.
    pub(crate) was_planned: bool,
    /// Since when it is paused.
    pub(crate) held: Option<Time>,
    /// How long it was paused while heard, before that.
    pub(crate) held_for: Duration,
    /// How much was heard of it when it was cut, by the clock.
    pub(crate) heard_when_cut: Duration,
    /// When the last sign of life came from whoever makes it.
    pub(crate) progress: Time,
    /// Whether a person's turn has ended since it began.
    pub(crate) is_past: bool,
    /// It is itself an apology: when it fails too, there is silence.
    pub(crate) is_apology: bool,
    chunker: Chunker,
    /// When its first text came.
    written_since: Option<Time>,
    chunks: Vec<Chunk>,
}

impl Speech {
    pub(crate) fn new(id: SpeechId, character: CharacterId, cue: Cue, now: Time) -> Self {
        Self {
            id,
            character,
            phase: Phase::Planned,
            cue,
            basis: None,
            answers: Vec::new(),
            was_planned: false,
            held: None,
            held_for: Duration::ZERO,
            heard_when_cut: Duration::ZERO,
            progress: now,
            is_past: false,
            is_apology: false,
            chunker: Chunker::default(),
            written_since: None,
            chunks: Vec::new(),
        }
    }

    /// Whether it may be heard and no sound of it was.
    pub(crate) fn is_released(&self) -> bool {
        matches!(self.phase, Phase::Released { .. })
    }

    /// Whether it is heard, or was until it was paused.
    pub(crate) fn is_audible(&self) -> bool {
        matches!(self.phase, Phase::Heard { .. })
    }

    /// Whether anything of it was heard.
    pub(crate) fn was_heard(&self) -> bool {
        matches!(self.phase, Phase::Heard { .. } | Phase::Stopping { .. })
    }

    pub(crate) fn is_stopping(&self) -> bool {
        matches!(self.phase, Phase::Stopping { .. })
    }

    /// Takes text; answers chunks that are now complete, with their numbers. A first clause that takes longer than
    /// [`Tuning::first_clause`] is not waited for, and later no stop is when what sounds will be over within
    /// [`Tuning::running_dry`].
    pub(crate) fn write(&mut self, now: Time, delta: &str, tuning: &Tuning) -> Vec<(usize, String)> {
        let since = *self.written_since.get_or_insert(now);
        self.chunker.push(delta);
        let mut made = Vec::new();
        while let Some(text) = self.chunker.next_chunk(tuning.first_sound) {
            made.extend(self.add(text));
        }
        let is_late = match self.is_empty() {
            true => now.since(since) >= tuning.first_clause,
            false => self.runs_dry(now, tuning.running_dry) && self.chunks.len() < HURRIED_CHUNKS_MAX,
        };
        if is_late && let Some(text) = self.chunker.hurried_chunk() {
            made.extend(self.add(text));
        }
        made
    }

    /// Whether the voice has nothing to do, and all that it has made will be over `within` this time.
    fn runs_dry(&self, now: Time, within: Duration) -> bool {
        let is_idle = self.chunks.iter().all(|chunk| chunk.complete);
        let left = self.audio_made().saturating_sub(self.heard_by(now));
        self.is_audible() && self.held.is_none() && is_idle && left <= within
    }

    /// No more text comes; answers the last chunk.
    pub(crate) fn finish(&mut self) -> Option<(usize, String)> {
        let text = self.chunker.finish()?;
        self.add(text)
    }

    fn add(&mut self, text: String) -> Option<(usize, String)> {
        if self.chunks.len() >= CHUNKS_MAX {
            return None;
        }
        self.chunks.push(Chunk {
            text: text.clone(),
            audio: Duration::ZERO,
            complete: false,
            sounding: None,
        });
        Some((self.chunks.len() - 1, text))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    pub(crate) fn audio(&mut self, chunk: usize, duration: Duration, complete: bool) {
        if let Some(chunk) = self.chunks.get_mut(chunk) {
            chunk.audio = duration;
            chunk.complete = complete;
        }
    }

    pub(crate) fn sounding(&mut self, chunk: usize, sounding: Sounding) {
        if let Some(chunk) = self.chunks.get_mut(chunk) {
            chunk.sounding = Some(sounding);
        }
    }

    /// How much sound there is of it, as far as is known.
    pub(crate) fn audio_made(&self) -> Duration {
        self.chunks.iter().map(|chunk| chunk.audio).sum()
    }

    /// How much of it should have been heard by now, if all went well.
    pub(crate) fn heard_by(&self, now: Time) -> Duration {
        let since = match self.phase {
            Phase::Heard { since } => since,
            Phase::Stopping { .. } => return self.heard_when_cut,
            Phase::Planned | Phase::Released { .. } => return Duration::ZERO,
        };
        let paused = self.held.map_or(Duration::ZERO, |held| now.since(held));
        now.since(since)
            .saturating_sub(self.held_for)
            .saturating_sub(paused)
    }

    /// How much of what is written has not been heard by now; longer while it is still being written.
    pub(crate) fn left(&self, now: Time) -> Duration {
        let total: Duration = self.chunks.iter().map(Chunk::total).sum();
        total.saturating_sub(self.heard_by(now))
    }

    /// Whether it ends in a question, as far as it is written.
    pub(crate) fn asks(&self) -> bool {
        self.chunks
            .last()
            .is_some_and(|chunk| chunk.text.trim_end().ends_with(['?', '？']))
    }

    /// What of it was heard.
    pub(crate) fn heard(&self, mut heard: Duration) -> String {
        let mut parts = Vec::new();
        for chunk in &self.chunks {
            let total = chunk.total();
            if total.is_zero() {
                // Its sound could not be made.
                continue;
            }
            let part = if heard >= total {
                chunk.text.as_str()
            } else {
                Timeline::new(&chunk.text, total, chunk.sounding.as_ref()).heard(&chunk.text, heard)
            };
            if !part.is_empty() {
                parts.push(part);
            }
            if heard < total {
                break;
            }
            heard = heard.saturating_sub(total);
        }
        parts.join(" ")
    }
}

impl Chunk {
    fn total(&self) -> Duration {
        if self.complete {
            return self.audio;
        }
        self.audio.max(expected_length(&self.text))
    }
}
