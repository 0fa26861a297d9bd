//! A character's player: what of a speech is to be heard when.

use std::time::Duration;

use troupe_dialogue::CharacterId;

/// The sound of one chunk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chunk {
    pub(crate) text: String,
    /// How much there is of it, ms.
    pub(crate) ready_ms: u64,
    /// Whether that is all.
    pub(crate) is_complete: bool,
    /// When each word has been said, ms from the chunk's start.
    pub(crate) word_ends_ms: Vec<u64>,
}

/// What was heard of a speech.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) words: Vec<String>,
    /// How far the core may be off, words: it knows the length of a sound only when it is complete.
    pub(crate) slack: usize,
}

/// One speech at its player.
#[derive(Debug)]
pub(crate) struct Playing {
    pub(crate) character: CharacterId,
    pub(crate) chunks: Vec<Chunk>,
    /// No more sound comes.
    pub(crate) is_ended: bool,
    pub(crate) is_released: bool,
    /// When something last happened to it.
    pub(crate) touched_ms: u64,
    pub(crate) is_held: bool,
    /// Its first sound was reported.
    pub(crate) has_started: bool,
    /// How much was heard before the current run, ms.
    heard_before_ms: u64,
    running_since_ms: Option<u64>,
    /// Since when it is to be heard without a break.
    pub(crate) sounding_since_ms: Option<u64>,
    /// Counts changes: what was scheduled for a former run is void.
    pub(crate) run: u64,
    /// Text to speech works its chunks off one after the other, until then.
    pub(crate) tts_free_ms: u64,
    pub(crate) is_all_asked: bool,
}

impl Playing {
    pub(crate) fn new(character: CharacterId) -> Self {
        Self {
            character,
            chunks: Vec::new(),
            is_ended: false,
            is_released: false,
            touched_ms: 0,
            is_held: false,
            has_started: false,
            heard_before_ms: 0,
            running_since_ms: None,
            sounding_since_ms: None,
            run: 0,
            tts_free_ms: 0,
            is_all_asked: false,
        }
    }

    pub(crate) fn made_ms(&self) -> u64 {
        self.chunks.iter().map(|chunk| chunk.ready_ms).sum()
    }

    pub(crate) fn heard_ms(&self, now_ms: u64) -> u64 {
        let run = self
            .running_since_ms
            .map_or(0, |since| now_ms.saturating_sub(since));
        (self.heard_before_ms + run).min(self.made_ms())
    }

    pub(crate) fn heard(&self, now_ms: u64) -> Duration {
        Duration::from_millis(self.heard_ms(now_ms))
    }

    pub(crate) fn is_sounding(&self) -> bool {
        self.sounding_since_ms.is_some()
    }

    /// Starts or stops the sound as things stand; answers when it will run dry, if it runs.
    pub(crate) fn update(&mut self, now_ms: u64) -> Option<u64> {
        self.heard_before_ms = self.heard_ms(now_ms);
        self.run += 1;
        self.touched_ms = now_ms;
        let left = self.made_ms() - self.heard_before_ms;
        let runs = self.is_released && !self.is_held && left > 0;
        self.running_since_ms = runs.then_some(now_ms);
        self.sounding_since_ms = runs.then_some(self.sounding_since_ms.unwrap_or(now_ms));
        runs.then_some(now_ms + left)
    }

    pub(crate) fn is_finished(&self, now_ms: u64) -> bool {
        self.is_released && !self.is_held && self.is_ended && self.heard_ms(now_ms) >= self.made_ms()
    }

    /// Whether every chunk that was asked for has all of its sound.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_all_asked && self.chunks.iter().all(|chunk| chunk.is_complete)
    }

    /// The words that were heard whole after `heard`, by the word times of the sound.
    pub(crate) fn words_heard(&self, heard: Duration, word_times: bool) -> Heard {
        let mut left = u64::try_from(heard.as_millis()).unwrap_or(u64::MAX);
        let (mut words, mut slack) = (Vec::new(), 0);
        for chunk in &self.chunks {
            let ends = chunk.text.split_whitespace().zip(&chunk.word_ends_ms);
            let before = words.len();
            words.extend(
                ends.filter(|(_, end)| **end <= left.min(chunk.ready_ms) && chunk.ready_ms > 0)
                    .map(|(word, _)| word.to_owned()),
            );
            if !chunk.is_complete {
                // What the whole chunk will take is a guess by its letters.
                slack = 4.max(words.len() - before);
                break;
            }
            if left < chunk.ready_ms {
                // Evenly spoken letters may differ by a rounded millisecond.
                slack = usize::from(!word_times);
                break;
            }
            left -= chunk.ready_ms;
        }
        Heard { words, slack }
    }
}
