//! Makes the sound of a speech, chunk by chunk.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use troupe_dialogue::SpeechId;

use super::level::Level;
use super::lexicon::Lexicon;
use super::pace::Pace;
use super::sounding::Loudness;
use super::{Sound, VOICE_RATE_HZ, Voiced, told};
use crate::dsp::Resampler;
use crate::providers::{ProviderError, SpeechContext, SpeechStream, SpokenWords, TextToSpeech, Voices};

/// Chunks made at the same time: the next one is asked for while one is spoken.
const CHUNKS_AHEAD: usize = 2;

/// A chunk of text to speak.
#[derive(Debug, Clone)]
pub struct ChunkText {
    /// Counted from 0.
    pub chunk: usize,
    /// The text.
    pub text: String,
}

/// Times that the rest of one chunk is asked for after its voice broke off.
const RESUMED_MAX: u32 = 2;

/// Who speaks a chunk.
#[derive(Clone)]
pub struct Speaker {
    /// The model.
    pub tts: Arc<dyn TextToSpeech>,
    /// What the models call the character's voice.
    pub voices: Voices,
    /// BCP 47 tag of the language.
    pub language: String,
    /// How fast the character has spoken so far.
    pub pace: Pace,
    /// How loud its voice has been so far.
    pub level: Level,
    /// How its words are spelled for a voice. Everything else here counts in the text as people read it.
    pub lexicon: Lexicon,
}

/// Speaks the chunks of one speech until the channel closes, then ends it at the player.
///
/// Where a voice breaks off within a chunk, the rest of it is asked for behind the last whole word, so that no word is
/// said twice. A chunk that fails for good is reported as complete with the length it reached, so that the rest does
/// not count as heard; `failed` gets every error.
pub async fn synthesize(
    speech: SpeechId,
    chunks: mpsc::Receiver<ChunkText>,
    speaker: Speaker,
    player: mpsc::Sender<Sound>,
    report: impl Fn(Voiced),
    failed: impl Fn(ProviderError),
) {
    let context = speaker.tts.begin(&speaker.voices, &speaker.language);
    let mouth = Mouth {
        speaker: &speaker,
        context: context.as_deref(),
    };
    let mut made = ReceiverStream::new(chunks)
        .map(|ChunkText { chunk, text }| async move {
            let speech = mouth.speak(&text).await;
            (chunk, text, speech)
        })
        .buffered(CHUNKS_AHEAD);
    while let Some((chunk, text, stream)) = made.next().await {
        let mut sound = ChunkSound {
            speech,
            chunk,
            player: &player,
            report: &report,
            samples: 0,
            loudness: Loudness::default(),
            level: &speaker.level,
        };
        speaker.level.begin();
        sound.make(mouth, &text, stream, &failed).await;
        let ChunkSound {
            samples, loudness, ..
        } = sound;
        report(Voiced::Made {
            speech,
            chunk,
            duration: length(samples),
            complete: true,
        });
        report(Voiced::Sounding {
            speech,
            chunk,
            stretches: loudness.stretches(),
        });
    }
    // The player is gone only when the character is.
    let _ = player.send(Sound::End(speech)).await;
}

/// Who speaks, and the speech that its texts belong to, where the model keeps one in mind.
#[derive(Clone, Copy)]
struct Mouth<'a> {
    speaker: &'a Speaker,
    context: Option<&'a dyn SpeechContext>,
}

impl Mouth<'_> {
    async fn speak(&self, text: &str) -> Result<SpeechStream, ProviderError> {
        let Speaker {
            tts,
            voices,
            language,
            lexicon,
            ..
        } = self.speaker;
        let spelled = lexicon.respelled(text);
        match self.context {
            Some(context) => context.say(&spelled).await,
            None => tts.synthesize(&spelled, voices, language).await,
        }
    }
}

/// The sound of one chunk as it is made.
struct ChunkSound<'a, R> {
    speech: SpeechId,
    chunk: usize,
    player: &'a mpsc::Sender<Sound>,
    report: &'a R,
    samples: usize,
    loudness: Loudness,
    level: &'a Level,
}

impl<R: Fn(Voiced)> ChunkSound<'_, R> {
    /// Makes all of `text`, whose first sound is asked for already.
    async fn make(
        &mut self,
        mouth: Mouth<'_>,
        text: &str,
        mut stream: Result<SpeechStream, ProviderError>,
        failed: &impl Fn(ProviderError),
    ) {
        let (mut rest, mut begun, mut resumed) = (text, 0, 0);
        loop {
            let words = stream
                .as_ref()
                .map_or_else(|_| SpokenWords::default(), |stream| stream.words.clone());
            let error = match stream {
                Ok(stream) => match self.take(stream).await {
                    Ok(()) => break,
                    Err(error) => error,
                },
                Err(error) => error,
            };
            failed(error);
            if self.samples == 0 || resumed == RESUMED_MAX {
                return;
            }
            resumed += 1;
            let made = length(self.samples - begun);
            let seam = told::seam(&words.so_far(), rest, made, &mouth.speaker.pace);
            rest = rest.get(seam.text..).unwrap_or_default().trim_start();
            if rest.is_empty() {
                return;
            }
            self.go_back(begun + samples(seam.sound)).await;
            begun = self.samples;
            stream = mouth.speak(rest).await;
        }
        if resumed == 0 {
            mouth.speaker.pace.spoke(text, length(self.samples));
        }
    }

    /// Hands a stream on to its end.
    async fn take(&mut self, mut stream: SpeechStream) -> Result<(), ProviderError> {
        let mut resampler =
            Resampler::new(stream.rate_hz, VOICE_RATE_HZ).map_err(|error| ProviderError::Malformed {
                provider: "text to speech",
                detail: format!("sample rate {}: {error}", stream.rate_hz),
            })?;
        let mut is_begun = false;
        while let Some(pcm) = stream.chunks.next().await {
            let mut out = Vec::new();
            let pcm = match pcm {
                Ok(pcm) => pcm,
                Err(error) => {
                    // What is left in the resampler was said too; in an unused one is only its delay.
                    if is_begun {
                        resampler.finish(&mut out);
                    }
                    self.hand_on(out).await;
                    return Err(error);
                }
            };
            is_begun |= !pcm.is_empty();
            resampler.push(&pcm, &mut out);
            if !self.hand_on(out).await {
                return Ok(());
            }
        }
        let mut out = Vec::new();
        resampler.finish(&mut out);
        self.hand_on(out).await;
        Ok(())
    }

    /// Answers whether there is still a player.
    async fn hand_on(&mut self, mut pcm: Vec<i16>) -> bool {
        if pcm.is_empty() {
            return true;
        }
        self.level.apply(&mut pcm);
        self.samples += pcm.len();
        self.loudness.push(&pcm);
        self.tell();
        let (speech, chunk) = (self.speech, self.chunk);
        self.player
            .send(Sound::Audio { speech, chunk, pcm })
            .await
            .is_ok()
    }

    /// Takes back what was made after this many samples, as far as it was not sent.
    async fn go_back(&mut self, samples: usize) {
        self.samples = self.samples.min(samples);
        self.loudness.truncate(self.samples);
        self.tell();
        let back = Sound::Back {
            speech: self.speech,
            chunk: self.chunk,
            samples: self.samples,
        };
        // The player is gone only when the character is.
        let _ = self.player.send(back).await;
    }

    fn tell(&self) {
        (self.report)(Voiced::Made {
            speech: self.speech,
            chunk: self.chunk,
            duration: length(self.samples),
            complete: false,
        });
    }
}

fn samples(length: Duration) -> usize {
    usize::try_from(length.as_micros() * u128::from(VOICE_RATE_HZ) / 1_000_000).unwrap_or(usize::MAX)
}

fn length(samples: usize) -> Duration {
    Duration::from_micros(samples as u64 * 1_000_000 / u64::from(VOICE_RATE_HZ))
}

#[cfg(test)]
mod tests;
