//! Qwen as a language model.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use tokio::sync::mpsc;
use troupe_inference::llm::{Finish, Llm, Options, Role as LlmRole, Stats};

use super::Files;
use super::ahead::Ahead;
use super::failure::local;
use super::lane::Lane;
use crate::providers::{Capacity, ChatRequest, LanguageModel, Piece, ProviderError, Role, TokenStream};

/// Names in a spec and in the cache.
pub(super) const MODELS: [&str; 2] = ["qwen", "qwen-general"];

/// Longest answer, tokens, whatever is asked for. As many pieces fit into the queue to the listener, so that a
/// slow one never holds up the model, which others wait for.
const TOKENS_MAX: u32 = 2_048;

/// One loaded model.
pub(super) struct Pen {
    name: &'static str,
    lane: Arc<Lane<Llm>>,
    ahead: Arc<Ahead<ChatRequest>>,
}

impl Pen {
    pub(super) async fn load(name: &'static str, files: Files) -> Result<Self, ProviderError> {
        let models = files.busy.clone();
        let load = move || Llm::load(&files.main_file(name)?).map_err(|error| local(name, error));
        let lane = Arc::new(Lane::start(name, load).await?);
        models.add(lane.busy());
        Ok(Self {
            name,
            lane,
            ahead: Arc::default(),
        })
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
        let asked = self.ahead.ask();
        self.lane.send(move |llm| {
            drop(asked);
            let messages = in_its_words(&request);
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

    /// The model keeps what it has read of several prompts, and an answer begins once the rest is read.
    fn read_ahead(&self, beginning: ChatRequest) {
        self.ahead.add(&self.lane, beginning, read);
    }
}

/// Reads a prompt and answers nothing; whether there is nothing left to do.
fn read(llm: &mut Llm, beginning: &ChatRequest, hurry: &AtomicBool) -> bool {
    let nothing = Options {
        tokens_max: 0,
        ..Options::default()
    };
    let read = llm.generate(&in_its_words(beginning), &nothing, hurry, &mut |_| {
        ControlFlow::Break(())
    });
    match read {
        Ok(stats) => {
            tracing::debug!(
                prompt_tokens = stats.prompt_tokens,
                cached_tokens = stats.cached_tokens,
                prefill_ms = ms(stats.prefill),
                finish = ?stats.finish,
                "a local model has read ahead"
            );
            stats.finish != Finish::Cancelled
        }
        // Whoever asks is told why it can't be read.
        Err(_) => true,
    }
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// What an answer took, for whoever wants to know why it is late.
fn tell(model: &str, stats: &Stats) {
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
