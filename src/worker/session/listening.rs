//! People are listened to while they speak, where the model that hears can.
//!
//! ```text
//! ear ─ sound ─▶ Live ─▶ model ─ partial words ─▶ captions
//!                            └── words of a take ─▶ transcribing
//! ```

use std::sync::{Arc, OnceLock};

use futures::future::BoxFuture;
use tokio_util::task::AbortOnDropHandle;
use troupe_dialogue::PersonId;

use super::Session;
use super::event::Event;
use super::people::Person;
use crate::ear::Heard;
use crate::providers::{Listening, ProviderError};

/// Whoever listens to one person, once they are there; clones are the same.
#[derive(Clone, Default)]
pub(super) struct Live(Arc<OnceLock<Arc<dyn Listening>>>);

impl Live {
    /// Takes sound, and answers whatever else an ear told.
    pub(super) fn take(&self, heard: Heard) -> Option<Heard> {
        let Heard::Sound { pcm } = heard else {
            return Some(heard);
        };
        if let Some(listening) = self.get() {
            listening.hear(pcm);
        }
        None
    }

    /// Who listens, if somebody does by now.
    pub(super) fn get(&self) -> Option<&Arc<dyn Listening>> {
        self.0.get()
    }
}

impl Session {
    /// Has a person listened to, if the listener's model can; their ear passes sound on from then on.
    pub(super) fn listen_to(&mut self, id: &PersonId, live: &Live) {
        let Some(actor) = self.cast.listener() else { return };
        let character = &actor.member.character;
        let (wanted, language) = (character.models.stt.clone(), character.language.clone());
        let (registry, events) = (self.shared.registry.clone(), self.events.clone());
        let (live, person, usage) = (live.clone(), id.clone(), self.usage.clone());
        let task = self.events.guard("listen to a person", async move {
            // Why there is no model is told when words are wanted.
            let Ok(model) = registry.speech_to_text(wanted.as_deref()).await else {
                return;
            };
            let Some(listening) = usage.of_hearing(model).listen(&language) else {
                return;
            };
            let mut partials = listening.partials();
            if live.0.set(listening).is_err() {
                return;
            }
            events.send(Event::Listening {
                person: person.clone(),
            });
            while partials.changed().await.is_ok() {
                let text = partials.borrow_and_update().to_string();
                events.send(Event::Partial {
                    person: person.clone(),
                    text,
                });
            }
        });
        self.keep(id, task);
    }

    fn keep(&mut self, id: &PersonId, task: AbortOnDropHandle<()>) {
        let person = self.people.get_mut(id);
        if let Some(hearing) = person.and_then(|person| person.hearing.as_mut()) {
            hearing.listening = Some(task);
        }
    }

    /// Somebody listens: from now on there is sound for them.
    pub(super) fn listening(&self, id: &PersonId) {
        let person = self.people.get(id);
        if let Some(hearing) = person.and_then(|person| person.hearing.as_ref()) {
            hearing.ear.pass_on();
        }
    }

    /// Words of a person as they stand.
    pub(super) fn partial(&mut self, id: &PersonId, text: &str) {
        // What was settled is no news, and what is empty is nothing.
        if !text.is_empty() {
            let text = troupe_dialogue::spelled(text, &self.names());
            self.caption(id, text, false);
        }
    }
}

impl Person {
    /// The words of their turn, if somebody listens to them. In the middle of speech these are the words that are known
    /// by then: asking for all of them would cut one in half.
    pub(super) fn live_words(&self) -> Option<BoxFuture<'static, Result<String, ProviderError>>> {
        let listening = self.hears_voice()?.live.get()?;
        if !self.is_voiced {
            return Some(listening.words());
        }
        let so_far = listening.partials().borrow().to_string();
        let known = (!so_far.is_empty()).then_some(so_far)?;
        Some(Box::pin(std::future::ready(Ok(known))))
    }
}
