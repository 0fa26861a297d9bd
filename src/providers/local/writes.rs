//! Qwen as a language model.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use tokio::sync::mpsc;
use troupe_inference::llm::{Llm, LlmError, Options, Role as LlmRole, Stats, Step, WRITINGS_MAX, Writing};

use super::Files;
use super::desk::{Author, Desk, Question};
use super::failure::local;
use crate::providers::{Capacity, ChatRequest, LanguageModel, Piece, ProviderError, Role, TokenStream};

/// Names in a spec and in the cache.
pub(super) const MODELS: [&str; 2] = ["qwen", "qwen-general"];

/// Longest answer, tokens, whatever is asked for. As many pieces fit into the queue to the listener, so that a
/// slow one never holds up the model, which others wait for.
const TOKENS_MAX: u32 = 2_048;

/// Own lines that an answer begins unlike.
const UNLIKE_LAST: usize = 4;

impl Author for Llm {
    type Draft = Writing;
    const DRAFTS_MAX: usize = WRITINGS_MAX;

    fn begin(&mut self, request: &ChatRequest, options: &Options) -> Result<Writing, String> {
        let begun = Self::begin(self, &in_its_words(request), options);
        begun
            .and_then(|draft| draft.ok_or(LlmError::Busy))
            .map_err(|error| error.to_string())
    }

    fn step(&mut self, draft: &mut Writing, stop: &AtomicBool) -> Result<Step, String> {
        Self::step(self, draft, stop).map_err(|error| error.to_string())
    }

    fn stats(draft: &Writing) -> Stats {
        draft.stats().clone()
    }
}

/// One loaded model.
pub(super) struct Pen {
    desk: Desk,
}

impl Pen {
    pub(super) async fn load(name: &'static str, files: Files) -> Result<Self, ProviderError> {
        let models = files.busy.clone();
        let load = move || Llm::load(&files.main_file(name)?).map_err(|error| local(name, error));
        let desk = Desk::start(name, load, models).await?;
        Ok(Self { desk })
    }
}

/// Ends the answer when its stream is dropped.
struct Listener {
    pieces: mpsc::Receiver<Result<String, ProviderError>>,
    is_cancelled: Arc<AtomicBool>,
    /// The thread goes on as long as somebody listens.
    _desk: Desk,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl LanguageModel for Pen {
    fn capacity(&self) -> Capacity {
        Capacity::Small
    }

    async fn reply(&self, request: ChatRequest) -> Result<TokenStream, ProviderError> {
        let tokens_max = request.tokens_max.min(TOKENS_MAX) as usize;
        // One more for the error that may come last.
        let (sender, pieces) = mpsc::channel(tokens_max + 1);
        let is_cancelled = Arc::new(AtomicBool::new(false));
        let options = Options {
            tokens_max,
            temperature: request.temperature,
            seed: rand::random(),
            unlike_last: UNLIKE_LAST,
            ..Options::default()
        };
        self.desk.ask(Question {
            request,
            options,
            is_cancelled: Arc::clone(&is_cancelled),
            pieces: sender,
        })?;
        let listener = Listener {
            pieces,
            is_cancelled,
            _desk: self.desk.clone(),
        };
        let pieces = stream::unfold(listener, |mut listener| async {
            let piece = listener.pieces.recv().await?;
            Some((piece.map(Piece::Text), listener))
        });
        Ok(pieces.boxed())
    }

    /// The model keeps what it has read of several prompts, and an answer begins once the rest is read.
    fn read_ahead(&self, beginning: ChatRequest) {
        self.desk.read_ahead(beginning);
    }
}

fn in_its_words(request: &ChatRequest) -> Vec<(LlmRole, &str)> {
    let role = |role| match role {
        Role::System => LlmRole::System,
        Role::User => LlmRole::User,
        Role::Assistant => LlmRole::Assistant,
    };
    let messages = request.messages.iter();
    messages
        .map(|message| (role(message.role), message.content.as_str()))
        .collect()
}
