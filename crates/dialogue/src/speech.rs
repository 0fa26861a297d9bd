//! One speech, from plan to last word.

use std::time::Duration;

use crate::heard::heard_text;
use crate::id::{CharacterId, PersonId, SpeechId};
use crate::sentence::Chunker;
use crate::time::Time;

/// Speaking rate taken for a chunk whose length is not known yet, ms a character.
const CHARACTER_MS: u64 = 60;

/// How far a speech has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Made in advance; may be thrown away.
    Planned,
    /// May be heard; no sound yet, since this moment.
    Released { since: Time },
    /// Is heard, since this moment.
    Heard { since: Time },
    /// Was cut; the driver tells how much was heard.
    Stopping,
}

#[derive(Debug)]
struct Chunk {
    text: String,
    audio: Duration,
    complete: bool,
}

#[derive(Debug)]
pub(crate) struct Speech {
    pub(crate) id: SpeechId,
    pub(crate) character: CharacterId,
    pub(crate) phase: Phase,
    /// Whose turn it answers.
    pub(crate) because: Option<PersonId>,
    /// It is itself an apology: when it fails too, there is silence.
    pub(crate) is_apology: bool,
    chunker: Chunker,
    chunks: Vec<Chunk>,
}

impl Speech {
    pub(crate) fn new(id: SpeechId, character: CharacterId, because: Option<PersonId>) -> Self {
        Self {
            id,
            character,
            phase: Phase::Planned,
            because,
            is_apology: false,
            chunker: Chunker::default(),
            chunks: Vec::new(),
        }
    }

    /// Takes text; answers chunks that are now complete, with their numbers.
    pub(crate) fn write(&mut self, delta: &str) -> Vec<(usize, String)> {
        self.chunker.push(delta);
        std::iter::from_fn(|| self.chunker.next_chunk())
            .collect::<Vec<_>>()
            .into_iter()
            .map(|text| self.add(text))
            .collect()
    }

    /// No more text comes; answers the last chunk.
    pub(crate) fn finish(&mut self) -> Option<(usize, String)> {
        let text = self.chunker.finish()?;
        Some(self.add(text))
    }

    fn add(&mut self, text: String) -> (usize, String) {
        self.chunks.push(Chunk {
            text: text.clone(),
            audio: Duration::ZERO,
            complete: false,
        });
        (self.chunks.len() - 1, text)
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

    /// All of it, as one line.
    pub(crate) fn text(&self) -> String {
        self.chunks
            .iter()
            .map(|chunk| chunk.text.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// What of it was heard.
    pub(crate) fn heard(&self, mut heard: Duration) -> String {
        let mut parts = Vec::new();
        for chunk in &self.chunks {
            let total = chunk.total();
            let part = heard_text(&chunk.text, heard, total);
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
        let characters = u64::try_from(self.text.chars().count()).unwrap_or(u64::MAX);
        self.audio
            .max(Duration::from_millis(characters.saturating_mul(CHARACTER_MS)))
    }
}
