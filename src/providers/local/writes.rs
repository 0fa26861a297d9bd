//! Qwen as a language model.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use tokio::sync::mpsc;
use troupe_inference::llm::{Llm, Options, Role as LlmRole, Stats};

use super::Files;
use super::failure::local;
use super::lane::Lane;
use crate::providers::{
    Capacity, ChatRequest, LanguageModel, Message, Piece, ProviderError, Role, TokenStream,
};

/// Names in a spec and in the cache.
pub(super) const MODELS: [&str; 2] = ["qwen", "qwen-general"];

/// Longest answer, tokens, whatever is asked for. As many pieces fit into the queue to the listener, so that a
/// slow one never holds up the model, which others wait for.
const TOKENS_MAX: u32 = 2_048;

/// One loaded model.
pub(super) struct Pen {
    name: &'static str,
    lane: Arc<Lane<Llm>>,
}

impl Pen {
    pub(super) async fn load(name: &'static str, files: Files) -> Result<Self, ProviderError> {
        let models = files.busy.clone();
        let load = move || Llm::load(&files.main_file(name)?).map_err(|error| local(name, error));
        let lane = Arc::new(Lane::start(name, load).await?);
        models.add(lane.busy());
        Ok(Self { name, lane })
    }
}

/// Ends the answer when its stream is dropped.
struct Listener {
    pieces: mpsc::Receiver<Result<String, ProviderError>>,
    is_cancelled: Arc<AtomicBool>,
    /// The thread goes on as long as somebody listens.
    _lane: Arc<Lane<Llm>>,
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
        let name = self.name;
        let tokens_max = request.tokens_max.min(TOKENS_MAX) as usize;
        // One more for the error that may come last.
        let (sender, pieces) = mpsc::channel(tokens_max + 1);
        let is_cancelled = Arc::new(AtomicBool::new(false));
        let options = Options {
            tokens_max,
            temperature: request.temperature,
            seed: rand::random(),
            ..Options::default()
        };
        let stop = Arc::clone(&is_cancelled);
        self.lane.send(move |llm| {
            let messages: Vec<(LlmRole, &str)> = request.messages.iter().map(in_its_words).collect();
            let mut on_text = |piece: &str| match sender.try_send(Ok(piece.to_owned())) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            };
            if stop.load(Ordering::Relaxed) {
                return;
            }
            match llm.generate(&messages, &options, &stop, &mut on_text) {
                Ok(stats) => tell(name, &stats),
                // Whoever is gone needs no reason.
                Err(error) => drop(sender.try_send(Err(local(name, error)))),
            }
        })?;
        let listener = Listener {
            pieces,
            is_cancelled,
            _lane: Arc::clone(&self.lane),
        };
        let pieces = stream::unfold(listener, |mut listener| async {
            let piece = listener.pieces.recv().await?;
            Some((piece.map(Piece::Text), listener))
        });
        Ok(pieces.boxed())
    }
}

/// What an answer took, for whoever wants to know why it is late.
fn tell(model: &str, stats: &Stats) {
    let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(
        model,
        prompt_tokens = stats.prompt_tokens,
        cached_tokens = stats.cached_tokens,
        answer_tokens = stats.answer_tokens,
        prefill_ms = ms(stats.prefill),
        decode_ms = ms(stats.decode),
        "a local model has answered"
    );
}

fn in_its_words(message: &Message) -> (LlmRole, &str) {
    let role = match message.role {
        Role::System => LlmRole::System,
        Role::User => LlmRole::User,
        Role::Assistant => LlmRole::Assistant,
    };
    (role, &message.content)
}
