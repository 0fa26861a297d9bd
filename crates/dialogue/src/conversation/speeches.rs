//! What characters do: speeches from plan to last word.

use super::Conversation;
use crate::event::{AgentState, Line, Output, Speaker, Trouble};
use crate::id::{CharacterId, PersonId, SpeechId};
use crate::speech::{Phase, Speech};
use crate::time::Time;
use crate::tuning::Mode;

impl Conversation {
    pub(super) fn character_left(&mut self, character: &CharacterId) {
        self.director.remove(character);
        if self
            .speech
            .as_ref()
            .is_some_and(|speech| speech.character == *character)
        {
            self.discard_plan();
            self.stop();
        }
    }

    /// Starts to make a speech that answers `text`, heard only when released.
    pub(super) fn plan(&mut self, because: Option<PersonId>, text: &str) {
        let Some(character) = self.director.answers(text) else {
            return;
        };
        let pending = self.pending_lines();
        self.generate(character, because, pending);
    }

    pub(super) fn generate(&mut self, character: CharacterId, because: Option<PersonId>, pending: Vec<Line>) {
        let speech = self.begin(character.clone(), because);
        self.outputs.push_back(Output::Generate {
            speech,
            character,
            pending,
        });
    }

    pub(super) fn apologise(&mut self, character: CharacterId, because: Option<PersonId>, trouble: Trouble) {
        let speech = self.begin(character.clone(), because);
        if let Some(current) = self.current(speech) {
            current.is_apology = true;
        }
        self.outputs.push_back(Output::Apologise {
            speech,
            character,
            trouble,
        });
    }

    pub(super) fn begin(&mut self, character: CharacterId, because: Option<PersonId>) -> SpeechId {
        let id = SpeechId(self.next_id());
        self.show(character.clone(), AgentState::Thinking);
        self.speech = Some(Speech::new(id, character, because));
        id
    }

    pub(super) fn release(&mut self, now: Time) {
        if let Some(speech) = &mut self.speech
            && speech.phase == Phase::Planned
        {
            speech.phase = Phase::Released { since: now };
            self.outputs.push_back(Output::Play { speech: speech.id });
        }
    }

    pub(super) fn reply_text(&mut self, id: SpeechId, delta: &str) {
        let Some(speech) = self.current(id).filter(|speech| speech.phase != Phase::Stopping) else {
            return;
        };
        for (chunk, text) in speech.write(delta) {
            self.outputs.push_back(Output::Synthesize {
                speech: id,
                chunk,
                text,
            });
        }
    }

    pub(super) fn reply_done(&mut self, now: Time, id: SpeechId) {
        let Some(speech) = self.current(id).filter(|speech| speech.phase != Phase::Stopping) else {
            return;
        };
        let last = speech.finish();
        let is_empty = speech.is_empty();
        if let Some((chunk, text)) = last {
            self.outputs.push_back(Output::Synthesize {
                speech: id,
                chunk,
                text,
            });
        }
        if is_empty {
            self.reply_failed(now, id);
        } else {
            self.outputs.push_back(Output::ChunksDone { speech: id });
        }
    }

    pub(super) fn reply_failed(&mut self, now: Time, id: SpeechId) {
        let Some(speech) = self.current(id).filter(|speech| speech.phase != Phase::Stopping) else {
            return;
        };
        if !speech.is_empty() {
            self.outputs.push_back(Output::ChunksDone { speech: id });
            return;
        }
        let (character, because) = (speech.character.clone(), speech.because.clone());
        let (is_apology, was_released) = (speech.is_apology, speech.phase != Phase::Planned);
        self.outputs.push_back(Output::Discard { speech: id });
        self.speech = None;
        if is_apology {
            self.show(character, AgentState::Listening);
            return;
        }
        self.apologise(character, because, Trouble::NoAnswer);
        if was_released {
            self.release(now);
        }
    }

    pub(super) fn playout_started(&mut self, now: Time, id: SpeechId) {
        let Some(speech) = self.current(id) else { return };
        if let Phase::Released { .. } = speech.phase {
            speech.phase = Phase::Heard { since: now };
            let character = speech.character.clone();
            self.show(character, AgentState::Speaking);
        }
    }

    pub(super) fn playout_finished(&mut self, now: Time, id: SpeechId) {
        if let Some(finished) = self.speech.take_if(|current| current.id == id) {
            self.was_heard(&finished, finished.text());
            self.plan_continuation(now);
        }
    }

    pub(super) fn was_heard(&mut self, speech: &Speech, text: String) {
        let character = speech.character.clone();
        self.show(character.clone(), AgentState::Listening);
        if text.is_empty() {
            return;
        }
        self.director.spoke(&character);
        self.run += 1;
        let line = Line {
            speaker: Speaker::Character(character.clone()),
            text: text.clone(),
        };
        self.outputs.push_back(Output::Entry(line));
        self.last = Some((character, text));
    }

    pub(super) fn plan_continuation(&mut self, now: Time) {
        let run_max = match self.mode {
            Mode::Freeform => self.tuning.character_run_max,
            Mode::Scripted => self.tuning.scene_run_max,
        };
        let Some((speaker, words)) = &self.last else {
            return;
        };
        if self.run < run_max && self.director.goes_on(Some(speaker), words).is_some() {
            let is_named = self.director.named(words, Some(speaker)).is_some();
            let delay = if is_named {
                self.tuning.continuation_when_named
            } else {
                self.tuning.continuation
            };
            self.continue_at = Some(now + delay);
        }
    }

    pub(super) fn discard_plan(&mut self) {
        if let Some(speech) = self.speech.take_if(|speech| speech.phase == Phase::Planned) {
            self.outputs.push_back(Output::Discard { speech: speech.id });
            self.show(speech.character, AgentState::Listening);
        }
    }

    pub(super) fn stop(&mut self) {
        if let Some(speech) = &mut self.speech
            && speech.phase != Phase::Stopping
        {
            speech.phase = Phase::Stopping;
            self.outputs.push_back(Output::Stop { speech: speech.id });
        }
    }
}
