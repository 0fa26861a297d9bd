//! One character's answer: which model, what it is asked, and what its failure means.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;

use super::Chat;
use super::event::Trouble;
use crate::brain::brief::Moment;
use crate::brain::history::History;
use crate::brain::prompt::Situation;
use crate::brain::reply;
use crate::character::Character;
use crate::protocol::Mode;
use crate::providers::registry::ResolveError;
use crate::providers::{LanguageModel, ProviderError};
use crate::rooms::room::agent_identity;

/// Longest time for one answer, its model's loading included. A model that has to be fetched first goes on
/// loading, so that a later message finds it.
const REPLY_WITHIN: Duration = Duration::from_secs(30);

/// What an answer is made from.
pub(super) struct Question<'a> {
    pub(super) character: &'a Character,
    pub(super) others: &'a [&'a Character],
    pub(super) people: &'a [&'a str],
    pub(super) scene: Option<&'a str>,
    pub(super) history: &'a History,
    pub(super) seed: u64,
}

impl Chat {
    /// Writes an answer; `on_text` gets its pieces as they form.
    pub(super) async fn write(
        &self,
        question: &Question<'_>,
        on_text: impl FnMut(String) + Send,
    ) -> Result<String, Trouble> {
        tokio::select! {
            written = tokio::time::timeout(REPLY_WITHIN, self.write_at_leisure(question, on_text)) => {
                written.unwrap_or(Err(Trouble::TimedOut))
            }
            () = self.shutdown.cancelled() => Err(Trouble::Stopping),
        }
    }

    async fn write_at_leisure(
        &self,
        question: &Question<'_>,
        mut on_text: impl FnMut(String) + Send,
    ) -> Result<String, Trouble> {
        let character = question.character;
        let model = self.model(character.models.llm.clone()).await?;
        let prompter = self.prompter.as_ref().map_err(|error| {
            tracing::error!(%error, "compile the prompts");
            Trouble::Failed
        })?;
        let situation = Situation {
            identity: &agent_identity(&character.id),
            character,
            cast: question.others,
            people: question.people,
            mode: Mode::Freeform,
            scene: question.scene,
            asked_if_ai: false,
            has_tools: false,
            assignment: None,
            moment: Moment::Running,
        };
        let line = reply::prepare_for(&*model, prompter, &situation, question.history, question.seed)
            .map_err(|error| {
                tracing::error!(%error, "prepare a reply");
                Trouble::Failed
            })?;
        let mut pieces = reply::speak(model, line.without_apology());
        let mut text = String::new();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| {
                tracing::warn!(%error, character_id = character.id, "write a reply");
                trouble_of(&error)
            })?;
            text.push_str(&piece);
            on_text(piece);
        }
        match text.trim() {
            "" => Err(Trouble::Failed),
            text => Ok(text.to_owned()),
        }
    }

    async fn model(&self, wanted: Option<String>) -> Result<Arc<dyn LanguageModel>, Trouble> {
        let models = Arc::clone(&self.models);
        let loading = tokio::spawn(async move { models.language_model(wanted.as_deref()).await });
        match loading.await {
            Ok(Ok(model)) => Ok(model),
            Ok(Err(error)) => {
                tracing::warn!(%error, "find a language model");
                Err(match &error {
                    ResolveError::Provider { error, .. } if error.is_transient() => trouble_of(error),
                    _ => Trouble::Unavailable,
                })
            }
            Err(error) => {
                tracing::error!(%error, "load a language model");
                Err(Trouble::Failed)
            }
        }
    }
}

fn trouble_of(error: &ProviderError) -> Trouble {
    match error {
        ProviderError::Unauthorized { .. } => Trouble::Unavailable,
        ProviderError::RateLimited { .. } => Trouble::RateLimited,
        ProviderError::Timeout { .. } => Trouble::TimedOut,
        _ => Trouble::Failed,
    }
}
