//! A provider that does what a script says, when it says so: for tests, on tokio's clock, paused or not.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};

use super::registry::Backend;
use super::{
    ChatRequest, LanguageModel, Piece, ProviderError, SPEECH_RATE_HZ, SpeechStream, SpeechToText,
    TextToSpeech, TokenStream, Voices,
};

/// One thing that happens in an answer.
#[derive(Debug, Clone)]
pub enum Step<T> {
    /// Time passes, ms.
    Wait(u64),
    /// A piece of the answer arrives.
    Piece(T),
    /// The answer fails and ends.
    Fail(ProviderError),
    /// Nothing ever comes again.
    Hang,
    /// The provider has a fault and panics, as no provider should.
    Panic,
}

/// Answers in order; after the last one, the last one again.
type Answers<T> = Arc<Mutex<(Vec<Vec<Step<T>>>, usize)>>;

/// The provider. Without a script it hears nothing, says nothing and is silent, at once.
#[derive(Clone)]
pub struct Scripted {
    name: &'static str,
    heard: Answers<String>,
    lines: Answers<Piece>,
    speech: Answers<Vec<i16>>,
    requests: Arc<Mutex<Vec<ChatRequest>>>,
}

impl Scripted {
    /// A provider without scripts. `name` is its name in specs and voices.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            heard: Arc::default(),
            lines: Arc::default(),
            speech: Arc::default(),
            requests: Arc::default(),
        }
    }

    /// Adds a transcript; its pieces are joined.
    #[must_use]
    pub fn hears(self, steps: Vec<Step<String>>) -> Self {
        add(&self.heard, steps);
        self
    }

    /// Adds an answer of the language model.
    #[must_use]
    pub fn says(self, steps: Vec<Step<String>>) -> Self {
        let steps = steps.into_iter().map(|step| match step {
            Step::Wait(wait_ms) => Step::Wait(wait_ms),
            Step::Piece(text) => Step::Piece(Piece::Text(text)),
            Step::Fail(error) => Step::Fail(error),
            Step::Hang => Step::Hang,
            Step::Panic => Step::Panic,
        });
        self.answers(steps.collect())
    }

    /// Adds an answer of the language model that may call tools.
    #[must_use]
    pub fn answers(self, steps: Vec<Step<Piece>>) -> Self {
        add(&self.lines, steps);
        self
    }

    /// Adds speech, mono PCM at [`SPEECH_RATE_HZ`].
    #[must_use]
    pub fn speaks(self, steps: Vec<Step<Vec<i16>>>) -> Self {
        add(&self.speech, steps);
        self
    }

    /// Forgets what the language model was asked so far.
    pub fn forget(&self) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests = Vec::new();
    }

    /// What the language model was asked so far.
    pub fn requests(&self) -> Vec<ChatRequest> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn add<T>(answers: &Answers<T>, steps: Vec<Step<T>>) {
    answers
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .0
        .push(steps);
}

fn next<T: Clone + Send + 'static>(answers: &Answers<T>) -> BoxStream<'static, Result<T, ProviderError>> {
    let steps = {
        let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
        let index = answers.1.min(answers.0.len().saturating_sub(1));
        answers.1 += 1;
        answers.0.get(index).cloned().unwrap_or_default()
    };
    let played = stream::unfold(steps.into_iter(), |mut steps| async move {
        loop {
            match steps.next()? {
                Step::Wait(wait_ms) => tokio::time::sleep(Duration::from_millis(wait_ms)).await,
                Step::Piece(piece) => return Some((Ok(piece), steps)),
                Step::Fail(error) => return Some((Err(error), Vec::new().into_iter())),
                Step::Hang => std::future::pending().await,
                Step::Panic => std::panic::resume_unwind(Box::new("planted")),
            }
        }
    });
    played.boxed()
}

#[async_trait]
impl SpeechToText for Scripted {
    async fn transcribe(&self, _: &[i16], _: &str) -> Result<String, ProviderError> {
        let mut text = String::new();
        let mut pieces = next(&self.heard);
        while let Some(piece) = pieces.next().await {
            text.push_str(&piece?);
        }
        Ok(text)
    }
}

#[async_trait]
impl LanguageModel for Scripted {
    async fn reply(&self, request: ChatRequest) -> Result<TokenStream, ProviderError> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request);
        Ok(next(&self.lines))
    }
}

#[async_trait]
impl TextToSpeech for Scripted {
    async fn synthesize(&self, _: &str, _: &Voices, _: &str) -> Result<SpeechStream, ProviderError> {
        Ok(SpeechStream::new(SPEECH_RATE_HZ, next(&self.speech)))
    }
}

#[async_trait]
impl Backend for Scripted {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn speech_to_text(&self, _: Option<&str>) -> Result<Arc<dyn SpeechToText>, ProviderError> {
        Ok(Arc::new(self.clone()))
    }

    async fn language_model(&self, _: Option<&str>) -> Result<Arc<dyn LanguageModel>, ProviderError> {
        Ok(Arc::new(self.clone()))
    }

    async fn text_to_speech(&self, _: Option<&str>) -> Result<Arc<dyn TextToSpeech>, ProviderError> {
        Ok(Arc::new(self.clone()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pieces_come_when_the_script_says() {
        let error = ProviderError::BrokenOff { provider: "scripted" };
        let model = Scripted::new("scripted").says(vec![
            Step::Wait(30),
            Step::Piece("a".into()),
            Step::Wait(5),
            Step::Fail(error),
        ]);
        let start = Instant::now();
        let mut seen = Vec::new();
        let mut pieces = next(&model.lines);
        while let Some(piece) = pieces.next().await {
            seen.push((start.elapsed().as_millis(), piece.ok()));
        }
        assert_eq!(seen, [(30, Some(Piece::Text("a".into()))), (35, None)]);
    }
}
