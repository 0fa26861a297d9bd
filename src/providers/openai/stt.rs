//! `POST /audio/transcriptions`.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use reqwest::Response;
use reqwest::multipart::{Form, Part};
use serde::Deserialize;

use super::transport::{Endpoint, failure, malformed, send};
use super::wav;
use crate::providers::{ProviderError, SPEECH_RATE_HZ, SpeechToText};

/// Shorter audio is refused by OpenAI, and holds no word.
const SPEECH_MIN_MS: usize = 100;
/// Longest transcript with all that stands beside it, bytes: that of hours.
const TRANSCRIPT_BYTES_MAX: usize = 1 << 20;

/// One transcription model of one server.
pub(super) struct Transcriber {
    endpoint: Arc<Endpoint>,
    model: String,
}

impl Transcriber {
    pub(super) fn new(endpoint: Arc<Endpoint>, model: &str) -> Self {
        Self {
            endpoint,
            model: model.to_owned(),
        }
    }

    fn form(&self, file: Bytes, language: &str) -> Result<Form, ProviderError> {
        let length = file.len() as u64;
        let file = Part::stream_with_length(file, length)
            .file_name("speech.wav")
            .mime_str("audio/wav")
            .map_err(|error| failure(&error))?;
        let form = Form::new()
            .part("file", file)
            .text("model", self.model.clone())
            .text("response_format", "json");
        Ok(match primary_subtag(language) {
            Some(language) => form.text("language", language),
            None => form,
        })
    }
}

/// The API wants `en`, not `en-GB`.
fn primary_subtag(tag: &str) -> Option<String> {
    let subtag = tag.split(['-', '_']).next()?.to_ascii_lowercase();
    (2..=3).contains(&subtag.len()).then_some(subtag)
}

/// The body, if it has an end.
async fn whole(response: Response) -> Result<Vec<u8>, ProviderError> {
    let (mut pieces, mut body) = (response.bytes_stream(), Vec::new());
    while let Some(piece) = pieces.next().await {
        body.extend_from_slice(&piece.map_err(|error| failure(&error))?);
        if body.len() > TRANSCRIPT_BYTES_MAX {
            return Err(malformed("a transcript without end"));
        }
    }
    Ok(body)
}

#[derive(Deserialize)]
struct Transcript {
    text: String,
}

#[async_trait]
impl SpeechToText for Transcriber {
    async fn transcribe(&self, pcm: &[i16], language: &str) -> Result<String, ProviderError> {
        if pcm.len() < SPEECH_RATE_HZ as usize * SPEECH_MIN_MS / 1000 {
            return Ok(String::new());
        }
        let file = Bytes::from(wav::mono(pcm, SPEECH_RATE_HZ));
        self.endpoint
            .first_piece(self.endpoint.timing.stt, || async {
                let form = self.form(file.clone(), language)?;
                let response = send(self.endpoint.post("/audio/transcriptions").multipart(form)).await?;
                let body = whole(response).await?;
                let transcript: Transcript =
                    serde_json::from_slice(&body).map_err(|_| malformed("no JSON object with a `text`"))?;
                Ok(transcript.text.trim().to_owned())
            })
            .await
    }
}
