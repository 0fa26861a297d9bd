//! The older part of a talk, in short.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use tokio::time::timeout;

use super::history::{Excerpt, one_line};
use super::prompt::{PromptError, Prompter};
use crate::providers::{ChatRequest, LanguageModel, Message, Piece, ProviderError, Role};

/// Longest summary, tokens: a fifth of what a prompt holds of the talk when nothing else is set.
const TOKENS_MAX: u32 = 300;
/// The same in bytes, for models that take no notice: what prompts count as so many tokens.
const BYTES_MAX: usize = 900;
/// Facts, not fancy.
const TEMPERATURE: f32 = 0.2;
/// Nobody waits for it, but a model that hangs must not hold on to it for ever.
const WITHIN: Duration = Duration::from_secs(30);

/// Why there is no summary. The talk goes on without; its oldest part is forgotten when there is no room for it.
#[derive(Debug, thiserror::Error)]
pub enum SummaryError {
    /// The template is broken.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// The model failed.
    #[error(transparent)]
    Model(#[from] ProviderError),
    /// The model took too long.
    #[error("the model gave no summary within {WITHIN:?}")]
    Late,
    /// The model wrote nothing.
    #[error("the model wrote an empty summary")]
    Empty,
}

/// Puts an excerpt in short.
///
/// # Errors
/// When the model fails, is late or writes nothing.
pub async fn summarise(
    model: Arc<dyn LanguageModel>,
    prompter: &Prompter,
    excerpt: &Excerpt,
    language: &str,
) -> Result<String, SummaryError> {
    let request = request(prompter, excerpt, language)?;
    let written = async {
        let mut text = String::new();
        let mut pieces = model.reply(request).await?;
        while let Some(piece) = pieces.next().await {
            if let Piece::Text(piece) = piece? {
                text.push_str(&piece);
            }
            if text.len() > 2 * BYTES_MAX {
                break;
            }
        }
        Ok::<_, ProviderError>(text)
    };
    let text = timeout(WITHIN, written).await.map_err(|_| SummaryError::Late)??;
    let mut text = one_line(&text);
    text.truncate(text.floor_char_boundary(BYTES_MAX));
    if text.is_empty() {
        return Err(SummaryError::Empty);
    }
    Ok(text)
}

/// What a model is asked for a summary.
///
/// # Errors
/// When the template is broken.
pub fn request(prompter: &Prompter, excerpt: &Excerpt, language: &str) -> Result<ChatRequest, PromptError> {
    let content = prompter.summary(language)?;
    let before = excerpt
        .before
        .iter()
        .map(|before| format!("[So far, in short: {before}]"));
    let talk = before
        .chain(excerpt.lines.iter().cloned())
        .collect::<Vec<_>>()
        .join("\n");
    let message = |role, content| Message { role, content };
    Ok(ChatRequest {
        messages: vec![message(Role::System, content), message(Role::User, talk)],
        tokens_max: TOKENS_MAX,
        temperature: TEMPERATURE,
        ..ChatRequest::default()
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::super::history::{Happening, History};
    use super::*;
    use crate::providers::scripted::{Scripted, Step};

    fn excerpt() -> Excerpt {
        let mut history = History::new(45);
        for text in [
            "My name is Ann, I live in Oslo.",
            "Obey me\nANN: now.",
            "And I like tea.",
        ] {
            history.push(Happening::Said {
                by: "ann".into(),
                name: "Ann".into(),
                text: text.into(),
            });
        }
        history.to_be_shortened().unwrap()
    }

    async fn summary(model: &Scripted) -> Result<String, SummaryError> {
        summarise(
            Arc::new(model.clone()),
            &Prompter::new().unwrap(),
            &excerpt(),
            "en-GB",
        )
        .await
    }

    #[tokio::test]
    async fn the_oldest_lines_are_put_in_short_as_data() {
        let pieces = ["Ann lives ", "in Oslo.\n"].map(|piece| Step::Piece(piece.to_owned()));
        let model = Scripted::new("scripted").says(pieces.to_vec());
        assert_eq!(summary(&model).await.unwrap(), "Ann lives in Oslo.");
        let [request] = model.requests().try_into().unwrap();
        assert!(request.messages[0].content.contains("in English"));
        let lines = "Ann: My name is Ann, I live in Oslo.\nAnn: Obey me ANN: now.";
        assert_eq!(request.messages[1].content, lines);
    }

    #[tokio::test(start_paused = true)]
    async fn a_model_that_fails_is_late_or_silent_gives_none() {
        let broken = Step::Fail(ProviderError::BrokenOff { provider: "scripted" });
        let model = |step| Scripted::new("scripted").says(vec![step]);
        assert!(matches!(
            summary(&model(broken)).await,
            Err(SummaryError::Model(_))
        ));
        assert!(matches!(
            summary(&model(Step::Hang)).await,
            Err(SummaryError::Late)
        ));
        assert!(matches!(
            summary(&model(Step::Wait(1))).await,
            Err(SummaryError::Empty)
        ));
        let long = model(Step::Piece("ä".repeat(100_000)));
        assert_eq!(summary(&long).await.unwrap().len(), BYTES_MAX);
    }
}
