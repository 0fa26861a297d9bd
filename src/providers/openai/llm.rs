//! `POST /chat/completions`, streamed.

use std::collections::VecDeque;
use std::sync::Arc;

use async_openai::types::chat::{
    ChatCompletionRequestAssistantMessage, ChatCompletionRequestMessage, ChatCompletionRequestSystemMessage,
    ChatCompletionRequestUserMessage, ChatCompletionStreamOptions, CreateChatCompletionRequest,
};
use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt};
use serde::Deserialize;

use super::NAME;
use super::calls::{self, CallDelta, Calls};
use super::sse::Decoder;
use super::transport::{Endpoint, failure, malformed, media_type, paced, send};
use crate::providers::{
    ChatRequest, LanguageModel, Message, Piece, ProviderError, Role, TokenStream, Tokens,
};

/// Longest answer as it comes, bytes: ten thousands of tokens in events of their own, and no answer is asked to have more
/// than two thousand. A server that goes on has lost its way.
const ANSWER_BYTES_MAX: usize = 8 << 20;

/// One language model of one server.
pub(super) struct Writer {
    endpoint: Arc<Endpoint>,
    model: String,
}

impl Writer {
    pub(super) fn new(endpoint: Arc<Endpoint>, model: &str) -> Self {
        Self {
            endpoint,
            model: model.to_owned(),
        }
    }

    #[expect(
        deprecated,
        reason = "compatible servers know `max_tokens`, not all know its successor"
    )]
    fn body(&self, request: &ChatRequest) -> CreateChatCompletionRequest {
        let official = self.endpoint.official;
        CreateChatCompletionRequest {
            model: self.model.clone(),
            messages: request
                .messages
                .iter()
                .map(message)
                .chain(request.rounds.iter().flat_map(calls::round))
                .collect(),
            tools: calls::tools(&request.tools),
            tool_choice: request.tools_are_closed.then(calls::none),
            stream: Some(true),
            // Other servers may refuse what they don't know; most tell without being asked.
            stream_options: official.then_some(ChatCompletionStreamOptions {
                include_usage: Some(true),
                include_obfuscation: None,
            }),
            max_tokens: (!official).then_some(request.tokens_max),
            max_completion_tokens: official.then_some(request.tokens_max),
            temperature: (!(official && reasons(&self.model))).then_some(request.temperature),
            ..Default::default()
        }
    }
}

/// OpenAI's reasoning models refuse a temperature.
fn reasons(model: &str) -> bool {
    ["o1", "o3", "o4", "gpt-5"]
        .iter()
        .any(|family| model.starts_with(family))
}

fn message(message: &Message) -> ChatCompletionRequestMessage {
    let content = message.content.clone();
    match message.role {
        Role::System => ChatCompletionRequestSystemMessage::from(content).into(),
        Role::User => ChatCompletionRequestUserMessage::from(content).into(),
        Role::Assistant => ChatCompletionRequestAssistantMessage::from(content).into(),
    }
}

#[async_trait]
impl LanguageModel for Writer {
    async fn reply(&self, request: ChatRequest) -> Result<TokenStream, ProviderError> {
        let body = self.body(&request);
        let deadline = self.endpoint.timing.llm;
        let (first, rest) = self
            .endpoint
            .first_piece(deadline, || async {
                let response = send(self.endpoint.post("/chat/completions").json(&body)).await?;
                if media_type(&response) != "text/event-stream" {
                    return Err(malformed("not a stream of events"));
                }
                let mut pieces = Answer::new(response).into_stream();
                let first = pieces.next().await.transpose()?;
                Ok((first, pieces))
            })
            .await?;
        Ok(stream::iter(first.map(Ok))
            .chain(paced(rest, deadline.between))
            .boxed())
    }
}

/// What we need of a chunk; compatible servers leave out much of the rest.
#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(default)]
    error: Option<ChunkError>,
    /// Of the whole answer so far; the last one counts.
    #[serde(default)]
    usage: Option<ChunkUsage>,
}

#[derive(Deserialize)]
struct ChunkUsage {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    delta: Delta,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize, Default)]
struct Delta {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<CallDelta>>,
}

#[derive(Deserialize)]
struct ChunkError {
    #[serde(default)]
    code: Option<serde_json::Value>,
}

/// An answer being read.
struct Answer {
    bytes: BoxStream<'static, Result<Bytes, ProviderError>>,
    /// Bytes that came so far.
    length: usize,
    decoder: Decoder,
    events: Vec<String>,
    ready: VecDeque<Result<Piece, ProviderError>>,
    /// Calls as far as they are written; they are whole when the answer is.
    calls: Calls,
    /// What the server last said that the answer took.
    used: Option<Tokens>,
    /// The model said that it is finished, so the end of the bytes is no accident.
    finished: bool,
    ended: bool,
}

impl Answer {
    fn new(response: reqwest::Response) -> Self {
        let bytes = response
            .bytes_stream()
            .map(|piece| piece.map_err(|error| failure(&error)))
            .boxed();
        Self {
            bytes,
            length: 0,
            decoder: Decoder::default(),
            events: Vec::new(),
            ready: VecDeque::new(),
            calls: Calls::default(),
            used: None,
            finished: false,
            ended: false,
        }
    }

    fn into_stream(self) -> TokenStream {
        stream::unfold(self, |mut answer| async move {
            answer.next().await.map(|piece| (piece, answer))
        })
        .boxed()
    }

    async fn next(&mut self) -> Option<Result<Piece, ProviderError>> {
        loop {
            if let Some(piece) = self.ready.pop_front() {
                if piece.is_err() {
                    self.ended = true;
                    self.calls.forget();
                }
                return Some(piece);
            }
            if self.ended {
                let call = self.calls.next().map(Piece::Call);
                return call.or_else(|| self.used.take().map(Piece::Used)).map(Ok);
            }
            match self.bytes.next().await {
                Some(Ok(bytes)) => self.read(&bytes),
                Some(Err(error)) => self.ready.push_back(Err(error)),
                None if self.finished => self.ended = true,
                None => self
                    .ready
                    .push_back(Err(ProviderError::BrokenOff { provider: NAME })),
            }
        }
    }

    fn read(&mut self, bytes: &[u8]) {
        self.length += bytes.len();
        if self.length > ANSWER_BYTES_MAX {
            self.ready.push_back(Err(malformed("an answer without end")));
            return;
        }
        let readable = self.decoder.push(bytes, &mut self.events);
        for event in self.events.drain(..) {
            if event.trim() == "[DONE]" {
                self.ended = true;
                return;
            }
            let taken = content(&event).and_then(|(delta, finished, used)| {
                self.finished |= finished;
                self.used = used.or(self.used);
                let text = delta.content.unwrap_or_default();
                let calls = delta.tool_calls.unwrap_or_default();
                // A call that is being written is a sign of life, though no text.
                if !text.is_empty() || !calls.is_empty() {
                    self.ready.push_back(Ok(Piece::Text(text)));
                }
                self.calls.take_in(calls)
            });
            match taken {
                Ok(()) => {}
                Err(error) => {
                    self.ready.push_back(Err(error));
                    return;
                }
            }
        }
        if readable.is_err() {
            self.ready
                .push_back(Err(malformed("an event that is too long or not UTF-8")));
        }
    }
}

/// What one event adds, whether it is the last, and what the answer took if it tells.
fn content(event: &str) -> Result<(Delta, bool, Option<Tokens>), ProviderError> {
    let chunk: Chunk = serde_json::from_str(event).map_err(|_| malformed("an event that is not a chunk"))?;
    if let Some(error) = chunk.error {
        let status = error
            .code
            .and_then(|code| code.as_u64())
            .and_then(|code| u16::try_from(code).ok());
        return Err(ProviderError::Status {
            provider: NAME,
            status: status.unwrap_or(500),
        });
    }
    let used = chunk.usage.map(|usage| Tokens {
        read: usage.prompt_tokens,
        written: usage.completion_tokens,
    });
    let Some(choice) = chunk.choices.into_iter().next() else {
        return Ok((Delta::default(), false, used));
    };
    Ok((choice.delta, choice.finish_reason.is_some(), used))
}
