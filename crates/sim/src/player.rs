//! A character's player: what of a speech is to be heard when.

use std::time::Duration;

use troupe_dialogue::SpeechId;

/// The sound of one chunk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chunk {
    pub(crate) text: String,
    /// How much there is of it, ms.
    pub(crate) ready_ms: u64,
    /// When each word has been said, ms from the chunk's start.
    pub(crate) word_ends_ms: Vec<u64>,
}

/// One speech at its player.
#[derive(Debug)]
pub(crate) struct Playing {
    pub(crate) speech: SpeechId,
    pub(crate) chunks: Vec<Chunk>,
    /// No more sound comes.
    pub(crate) is_ended: bool,
    pub(crate) is_released: bool,
    /// When it was let loose first.
    pub(crate) released_ms: u64,
    pub(crate) is_held: bool,
    /// Its first sound was reported.
    pub(crate) has_started: bool,
    /// How much was heard before the current run, ms.
    heard_before_ms: u64,
    running_since_ms: Option<u64>,
    /// Counts changes: what was scheduled for a former run is void.
    pub(crate) run: u64,
    /// Text to speech works its chunks off one after the other, until then.
    pub(crate) tts_free_ms: u64,
    /// Chunks whose sound is complete.
    pub(crate) complete: usize,
    pub(crate) is_all_asked: bool,
}

impl Playing {
    pub(crate) fn new(speech: SpeechId) -> Self {
        Self {
            speech,
            chunks: Vec::new(),
            is_ended: false,
            is_released: false,
            released_ms: u64::MAX,
            is_held: false,
            has_started: false,
            heard_before_ms: 0,
            running_since_ms: None,
            run: 0,
            tts_free_ms: 0,
            complete: 0,
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

    /// Since when it is to be heard.
    pub(crate) fn audible_since_ms(&self) -> Option<u64> {
        self.running_since_ms
    }

    /// Starts or stops the sound as things stand; answers when it will run dry, if it runs.
    pub(crate) fn update(&mut self, now_ms: u64) -> Option<u64> {
        self.heard_before_ms = self.heard_ms(now_ms);
        self.run += 1;
        let left = self.made_ms() - self.heard_before_ms;
        let runs = self.is_released && !self.is_held && left > 0;
        self.running_since_ms = runs.then_some(now_ms);
        runs.then_some(now_ms + left)
    }

    pub(crate) fn is_finished(&self, now_ms: u64) -> bool {
        self.is_released && !self.is_held && self.is_ended && self.heard_ms(now_ms) >= self.made_ms()
    }

    /// The words that were heard whole, by the word times of the sound.
    pub(crate) fn words_heard(&self, heard: Duration) -> Vec<String> {
        let mut left = u64::try_from(heard.as_millis()).unwrap_or(u64::MAX);
        let mut words = Vec::new();
        for chunk in &self.chunks {
            let ends = chunk.text.split_whitespace().zip(&chunk.word_ends_ms);
            words.extend(
                ends.filter(|(_, end)| **end <= left && chunk.ready_ms > 0)
                    .map(|(word, _)| word.to_owned()),
            );
            if left < chunk.ready_ms {
                break;
            }
            left -= chunk.ready_ms;
        }
        words
    }
}
