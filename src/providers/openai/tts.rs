//! `POST /audio/speech`, handed on as it arrives.

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use serde::Serialize;

use super::NAME;
use super::transport::{Endpoint, failure, malformed, media_type, paced, send};
use crate::providers::{ProviderError, SpeechStream, TextToSpeech, Voices};

/// `response_format: pcm` is 16-bit little-endian mono at this rate.
const PCM_RATE_HZ: u32 = 24_000;
/// Longest sound of one text, bytes: ten minutes. More has no end.
const SOUND_BYTES_MAX: usize = 10 * 60 * 2 * PCM_RATE_HZ as usize;
/// For characters without a voice of this provider.
const VOICE: &str = "alloy";

/// One voice model of one server.
pub(super) struct Speaker {
    endpoint: Arc<Endpoint>,
    model: String,
}

impl Speaker {
    pub(super) fn new(endpoint: Arc<Endpoint>, model: &str) -> Self {
        Self {
            endpoint,
            model: model.to_owned(),
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    input: &'a str,
    voice: &'a str,
    response_format: &'static str,
}

#[async_trait]
impl TextToSpeech for Speaker {
    async fn synthesize(&self, text: &str, voices: &Voices, _: &str) -> Result<SpeechStream, ProviderError> {
        if text.trim().is_empty() {
            return Ok(SpeechStream::silence(PCM_RATE_HZ));
        }
        let body = Body {
            model: &self.model,
            input: text,
            voice: voices.get(NAME).unwrap_or(VOICE),
            response_format: "pcm",
        };
        let deadline = self.endpoint.timing.tts;
        let (first, rest) = self
            .endpoint
            .first_piece(deadline, || async {
                let response = send(self.endpoint.post("/audio/speech").json(&body)).await?;
                refuse_other_formats(&media_type(&response))?;
                let mut pieces = samples(response);
                let first = pieces.next().await.transpose()?;
                Ok((first, pieces))
            })
            .await?;
        let chunks = stream::iter(first.map(Ok))
            .chain(paced(rest, deadline.between))
            .boxed();
        Ok(SpeechStream::new(PCM_RATE_HZ, chunks))
    }
}

/// Played as PCM, anything else is a loud hiss.
fn refuse_other_formats(media_type: &str) -> Result<(), ProviderError> {
    let compressed = ["mpeg", "mp3", "ogg", "opus", "aac", "flac", "webm"];
    if media_type.starts_with("text/") || media_type.ends_with("json") {
        return Err(malformed("text where speech was asked for"));
    }
    if compressed.iter().any(|format| media_type.ends_with(format)) || media_type.contains("wav") {
        return Err(malformed("another audio format than the PCM that was asked for"));
    }
    Ok(())
}

/// Whole samples of each piece, as soon as it is here; a network cuts samples in half.
fn samples(response: reqwest::Response) -> BoxStream<'static, Result<Vec<i16>, ProviderError>> {
    let mut half: Option<u8> = None;
    let mut length = 0;
    let pieces = response.bytes_stream().map(move |piece| {
        let piece = piece.map_err(|error| failure(&error))?;
        length += piece.len();
        if length > SOUND_BYTES_MAX {
            return Err(malformed("sound without end"));
        }
        let mut pcm = Vec::with_capacity(piece.len() / 2 + 1);
        for &byte in piece.iter() {
            match half.take() {
                Some(low) => pcm.push(i16::from_le_bytes([low, byte])),
                None => half = Some(byte),
            }
        }
        Ok(pcm)
    });
    pieces
        .filter(|piece| std::future::ready(!matches!(piece, Ok(pcm) if pcm.is_empty())))
        .boxed()
}
