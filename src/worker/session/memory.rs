//! The older part of a long talk is put in short, in the background: no answer waits for it.

use std::sync::Arc;

use tokio_util::task::AbortOnDropHandle;

use super::Session;
use super::event::Event;
use crate::brain::history::Excerpt;
use crate::brain::prompt::Prompter;
use crate::brain::summary::summarise;
use crate::providers::{Capacity, LanguageModel, Registry, Usage};

/// Lines until the next attempt after one that failed.
const PAUSE_LINES: u32 = 10;

/// The work on it.
#[derive(Default)]
pub(super) struct Shortening {
    under_way: Option<AbortOnDropHandle<()>>,
    /// Lines that pass before it is tried again.
    pause: u32,
}

impl Session {
    /// Has the oldest lines put in short if it is time.
    pub(super) fn shorten_history(&mut self) {
        self.shortening.pause = self.shortening.pause.saturating_sub(1);
        if self.shortening.under_way.is_some() || self.shortening.pause > 0 {
            return;
        }
        let Some(excerpt) = self.history.to_be_shortened() else {
            return;
        };
        let candidates: Vec<_> = self
            .cast
            .iter()
            .map(|(_, actor)| {
                let character = &actor.member.character;
                (character.models.llm.clone(), character.language.clone())
            })
            .collect();
        let (registry, prompter) = (self.shared.registry.clone(), self.shared.prompter.clone());
        let (events, usage) = (self.events.clone(), self.usage.clone());
        let work = self.events.guard("put a talk in short", async move {
            let short = shorten(&registry, &prompter, candidates, &excerpt, &usage).await;
            events.send(Event::Shortened { excerpt, short });
        });
        self.shortening.under_way = Some(work);
    }

    /// Takes in what came of it.
    pub(super) fn shortened(&mut self, excerpt: &Excerpt, short: Option<String>) {
        self.shortening.under_way = None;
        match short {
            Some(short) => self.history.shorten(excerpt, &short),
            None => self.shortening.pause = PAUSE_LINES,
        }
    }
}

async fn shorten(
    registry: &Registry,
    prompter: &Prompter,
    candidates: Vec<(Option<String>, String)>,
    excerpt: &Excerpt,
    usage: &Usage,
) -> Option<String> {
    let (model, language) = able(registry, candidates).await?;
    match summarise(usage.of_writing(model), prompter, excerpt, &language).await {
        Ok(short) => Some(short),
        Err(error) => {
            tracing::warn!(%error, "put the older part of a talk in short");
            None
        }
    }
}

/// The model of the first character whose model can do it: a small one makes things up, and others wait for it.
async fn able(
    registry: &Registry,
    candidates: Vec<(Option<String>, String)>,
) -> Option<(Arc<dyn LanguageModel>, String)> {
    for (wanted, language) in candidates {
        match registry.language_model(wanted.as_deref()).await {
            Ok(model) if model.capacity() == Capacity::Full => return Some((model, language)),
            _ => {}
        }
    }
    None
}
