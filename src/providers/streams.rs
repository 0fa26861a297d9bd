//! What providers do piece by piece: hear somebody who is still speaking, speak a text that is still being written.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::BoxFuture;
use tokio::sync::watch;

use super::{ProviderError, SpeechStream};

/// What a model that hears can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HearingAbilities {
    /// It listens while somebody speaks: [`super::SpeechToText::listen`].
    pub streams: bool,
    /// Words come before the sound is over.
    pub partials: bool,
    /// It knows when each word sounds.
    pub word_times: bool,
    /// It transcribes in a small part of the sound's time and costs nothing, so that whoever still speaks may be transcribed
    /// again and again.
    pub is_quick: bool,
}

/// What a model that speaks can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpeakingAbilities {
    /// It takes a speech text by text: [`super::TextToSpeech::begin`].
    pub streams: bool,
    /// A text goes on as the one before it ended.
    pub keeps_context: bool,
    /// It knows when each word sounds.
    pub word_times: bool,
    /// Time that it works on four or five words before any of them sounds, by what was measured so far; zero where
    /// that is unknown or not worth minding.
    pub clause: Duration,
}

/// A word of a speech.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpokenWord {
    /// As the model writes it.
    pub text: String,
    /// Where it ends in the sound of its text.
    pub end: Duration,
}

/// Words of one text whose times a model has told so far, in order; clones see the same.
#[derive(Debug, Clone, Default)]
pub struct SpokenWords(Arc<Mutex<Vec<SpokenWord>>>);

impl SpokenWords {
    /// Words that one text may have. Full: further ones are not kept, and whoever wants them does without.
    const MAX: usize = 4_096;

    /// More of them.
    pub fn add(&self, words: impl IntoIterator<Item = SpokenWord>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = Self::MAX.saturating_sub(known.len());
        known.extend(words.into_iter().take(room));
    }

    /// Those that are known.
    pub fn so_far(&self) -> Vec<SpokenWord> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// One person who is listened to while they speak; dropping it ends that. Deadlines are the provider's own.
pub trait Listening: Send + Sync {
    /// Hands sound over, mono PCM at [`super::SPEECH_RATE_HZ`]; never waits.
    fn hear(&self, pcm: Arc<[i16]>);
    /// Everything that was said since [`Self::forget`], as far as it is known.
    fn partials(&self) -> watch::Receiver<Arc<str>>;
    /// The same once it is known for good; a later question ends an earlier one. Empty: nothing was said. After an
    /// error this turn is lost here, and whoever kept its sound can have it transcribed.
    fn words(&self) -> BoxFuture<'static, Result<String, ProviderError>>;
    /// What was last answered is settled; the next words are those that follow.
    fn forget(&self);
}

/// One speech in one voice, whose texts belong together; dropping it says that no text follows.
#[async_trait]
pub trait SpeechContext: Send + Sync {
    /// Streams the speech of a text, behind those before it.
    async fn say(&self, text: &str) -> Result<SpeechStream, ProviderError>;
}
