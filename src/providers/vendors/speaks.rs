//! A service that speaks.

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use troupe_vendors::speaking::{Piece, RATE_HZ, Sound, Speaker, Speech};

use super::Vendor;
use super::failure::failure;
use crate::providers::{
    ProviderError, SpeakingAbilities, SpeechContext, SpeechStream, SpokenWord, SpokenWords, TextToSpeech,
    Voices,
};

/// One model of one service.
pub(super) struct Mouth {
    vendor: Vendor,
    speaker: Speaker,
}

impl Mouth {
    pub(super) fn new(vendor: Vendor, speaker: Speaker) -> Self {
        Self { vendor, speaker }
    }

    fn speech(&self, voices: &Voices, language: &str) -> Speech {
        self.speaker.begin(voices.get(self.vendor.name()), language)
    }
}

#[async_trait]
impl TextToSpeech for Mouth {
    /// A speech of one text. Answers once something is heard, so that a chain can ask somebody else.
    async fn synthesize(
        &self,
        text: &str,
        voices: &Voices,
        language: &str,
    ) -> Result<SpeechStream, ProviderError> {
        if text.trim().is_empty() {
            return Ok(SpeechStream::silence(RATE_HZ));
        }
        let sound = self.speech(voices, language).say(text);
        let mut speech = pieces(self.vendor, sound);
        let first = speech.chunks.next().await.transpose()?;
        speech.chunks = stream::iter(first.map(Ok)).chain(speech.chunks).boxed();
        Ok(speech)
    }

    fn abilities(&self) -> SpeakingAbilities {
        let abilities = self.speaker.abilities();
        SpeakingAbilities {
            streams: true,
            keeps_context: abilities.keeps_context,
            word_times: abilities.word_times,
            ..SpeakingAbilities::default()
        }
    }

    fn begin(&self, voices: &Voices, language: &str) -> Option<Box<dyn SpeechContext>> {
        Some(Box::new(Context {
            vendor: self.vendor,
            speech: self.speech(voices, language),
        }))
    }
}

/// One speech.
struct Context {
    vendor: Vendor,
    speech: Speech,
}

#[async_trait]
impl SpeechContext for Context {
    async fn say(&self, text: &str) -> Result<SpeechStream, ProviderError> {
        if text.trim().is_empty() {
            return Ok(SpeechStream::silence(RATE_HZ));
        }
        Ok(pieces(self.vendor, self.speech.say(text)))
    }
}

/// The sound, and words beside it.
fn pieces(vendor: Vendor, sound: Sound) -> SpeechStream {
    let words = SpokenWords::default();
    let known = words.clone();
    let chunks = stream::unfold((sound, known), move |(mut sound, known)| async move {
        loop {
            match sound.next().await? {
                Ok(Piece::Pcm(pcm)) => return Some((Ok(pcm), (sound, known))),
                Ok(Piece::Words(words)) => known.add(words.into_iter().map(|word| SpokenWord {
                    text: word.text,
                    end: word.end,
                })),
                Err(fault) => return Some((Err(failure(vendor, fault)), (sound, known))),
            }
        }
    });
    SpeechStream {
        rate_hz: RATE_HZ,
        chunks: chunks.boxed(),
        words,
    }
}
