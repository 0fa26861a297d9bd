//! Turns as they come about: told to the collector of traces, and with their entry to the Rooms API.

use troupe_dialogue::{CharacterId, Fate, SpeechId};

use super::Session;
use crate::protocol::{Turn, TurnCue, TurnEnd};
use crate::providers::spec::Spec;
use crate::worker::turn::{spans, told};

impl Session {
    pub(super) fn turn_planned(
        &mut self,
        speech: SpeechId,
        id: &CharacterId,
        cue: TurnCue,
        llm: Option<Spec>,
    ) {
        let now = (self.now(), rand::random());
        self.turns.planned(speech, id.clone(), cue, now, llm);
    }

    pub(super) fn voice_asked(&mut self, speech: SpeechId) {
        let work = self.work.as_ref().filter(|work| work.speech == speech);
        let actor = work.and_then(|work| self.cast.get(&work.character));
        let wanted = actor.and_then(|actor| actor.member.character.models.tts.as_deref());
        let model = self.shared.registry.speaks(wanted);
        self.turns.voice_asked(speech, self.now(), model);
    }

    /// A speech has ended; its turn is told.
    pub(super) fn turn_ended(&mut self, speech: SpeechId, end: TurnEnd) {
        let now = self.now();
        if let Some(turn) = self.turns.ended(speech, now, end)
            && self.shared.traces.is_on()
        {
            for span in spans(turn, &self.place, rand::random) {
                self.shared.traces.send(span);
            }
        }
    }

    /// People's turn is closed; it is told if nobody answered.
    pub(super) fn turn_closed(&mut self, fate: Fate) {
        self.shared.metrics.turn_closed(fate);
        let now = self.now();
        if let Some(turn) = self.turns.closed(fate, now)
            && self.shared.traces.is_on()
        {
            for span in spans(&turn, &self.place, rand::random) {
                self.shared.traces.send(span);
            }
        }
    }

    /// The turn of an entry that this character has just made.
    pub(super) fn turn_of_entry(&mut self, id: &CharacterId) -> Option<Turn> {
        let turn = self.turns.of_entry(id)?;
        told(&turn, self.age_ms)
    }
}
