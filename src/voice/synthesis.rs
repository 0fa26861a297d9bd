//! Makes the sound of a speech, chunk by chunk.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use troupe_dialogue::SpeechId;

use super::sounding::Loudness;
use super::{Sound, VOICE_RATE_HZ, Voiced};
use crate::dsp::Resampler;
use crate::providers::{ProviderError, SpeechStream, TextToSpeech};

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

/// Who speaks a chunk.
pub struct Speaker {
    /// The model.
    pub tts: Arc<dyn TextToSpeech>,
    /// That model's name of the character's voice, if it has one.
    pub voice: Option<String>,
    /// BCP 47 tag of the language.
    pub language: String,
}

/// Speaks the chunks of one speech until the channel closes, then ends it at the player.
///
/// A chunk that fails is left out and reported as complete with the length it reached, so that it
/// does not count as heard; `failed` gets the error.
pub async fn synthesize(
    speech: SpeechId,
    chunks: mpsc::Receiver<ChunkText>,
    speaker: Speaker,
    player: mpsc::Sender<Sound>,
    report: impl Fn(Voiced),
    failed: impl Fn(ProviderError),
) {
    let Speaker { tts, voice, language } = speaker;
    let mut made = ReceiverStream::new(chunks)
        .map(|ChunkText { chunk, text }| {
            let (tts, voice, language) = (tts.clone(), voice.clone(), language.clone());
            async move { (chunk, tts.synthesize(&text, voice.as_deref(), &language).await) }
        })
        .buffered(CHUNKS_AHEAD);
    while let Some((chunk, stream)) = made.next().await {
        let (mut samples, mut loudness) = (0, Loudness::default());
        let result = match stream {
            Ok(stream) => {
                forward(stream, |pcm| {
                    samples += pcm.len();
                    loudness.push(&pcm);
                    report(Voiced::Made {
                        speech,
                        chunk,
                        duration: length(samples),
                        complete: false,
                    });
                    let player = player.clone();
                    async move { player.send(Sound::Audio { speech, chunk, pcm }).await.is_ok() }
                })
                .await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            failed(error);
        }
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

async fn forward<F: Future<Output = bool>>(
    mut stream: SpeechStream,
    mut send: impl FnMut(Vec<i16>) -> F,
) -> Result<(), ProviderError> {
    let mut resampler =
        Resampler::new(stream.rate_hz, VOICE_RATE_HZ).map_err(|error| ProviderError::Malformed {
            provider: "text to speech",
            detail: format!("sample rate {}: {error}", stream.rate_hz),
        })?;
    while let Some(pcm) = stream.chunks.next().await {
        let mut out = Vec::new();
        resampler.push(&pcm?, &mut out);
        if !out.is_empty() && !send(out).await {
            return Ok(());
        }
    }
    let mut out = Vec::new();
    resampler.finish(&mut out);
    if !out.is_empty() {
        send(out).await;
    }
    Ok(())
}

fn length(samples: usize) -> Duration {
    Duration::from_micros(samples as u64 * 1_000_000 / u64::from(VOICE_RATE_HZ))
}
