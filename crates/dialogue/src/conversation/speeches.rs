//! What characters do: speeches from plan to last word.

use std::time::Duration;

use super::Conversation;
use crate::director::CastMember;
use crate::event::{AgentState, Cue, Fate, Line, Output, Speaker, Trouble};
use crate::fault::Fault;
use crate::id::{CharacterId, SpeechId};
use crate::speech::{Phase, Speech};
use crate::time::Time;
use crate::tuning::Mode;

impl Conversation {
    pub(super) fn character_joined(&mut self, now: Time, member: CastMember) {
        let id = member.id.clone();
        self.director.add(member);
        self.show(id, AgentState::Listening);
        // A scene begins, or goes on if it stood still for want of somebody to speak with.
        if self.mode == Mode::Scripted && self.continue_at.is_none() {
            self.quiet_again(now);
        }
    }

    pub(super) fn character_left(&mut self, now: Time, character: &CharacterId) {
        self.director.remove(character);
        self.called.retain(|called| called != character);
        if self
            .speech
            .as_ref()
            .is_some_and(|speech| speech.character == *character)
        {
            self.stop(now);
        }
        self.quiet_again(now);
    }

    pub(super) fn generate(
        &mut self,
        now: Time,
        character: CharacterId,
        cue: Cue,
        pending: Vec<Line>,
    ) -> SpeechId {
        let speech = self.begin(now, character.clone(), cue);
        self.outputs.push_back(Output::Generate {
            speech,
            character,
            cue,
            pending,
        });
        speech
    }

    pub(super) fn apologise(&mut self, now: Time, character: CharacterId, trouble: Trouble) {
        let speech = self.begin(now, character.clone(), Cue::Answer);
        if let Some(current) = self.current(speech) {
            current.is_apology = true;
        }
        self.outputs.push_back(Output::Apologise {
            speech,
            character,
            trouble,
        });
    }

    fn begin(&mut self, now: Time, character: CharacterId, cue: Cue) -> SpeechId {
        let id = SpeechId(self.next_id());
        self.continue_at = None;
        self.reopen_at = None;
        self.show(character.clone(), AgentState::Thinking);
        self.speech = Some(Speech::new(id, character, cue, now));
        id
    }

    /// Lets a planned speech be heard, or one that was paused before it was.
    pub(super) fn release(&mut self, now: Time) {
        let Some(speech) = &mut self.speech else { return };
        match speech.phase {
            Phase::Planned => {
                speech.phase = Phase::Released { since: now };
                self.outputs.push_back(Output::Play { speech: speech.id });
            }
            Phase::Released { .. } if speech.held.is_some() => self.resume(now),
            Phase::Released { .. } | Phase::Heard { .. } | Phase::Stopping { .. } => {}
        }
    }

    pub(super) fn reply_text(&mut self, now: Time, id: SpeechId, delta: &str) {
        let speaker = self.speech.as_ref().map(|speech| &speech.character);
        let tuning = self.tuning_of(speaker);
        let Some(speech) = self.current(id).filter(|speech| !speech.is_stopping()) else {
            return;
        };
        speech.progress = now;
        for (chunk, text) in speech.write(now, delta, &tuning) {
            self.outputs.push_back(Output::Synthesize {
                speech: id,
                chunk,
                text,
            });
        }
    }

    pub(super) fn reply_done(&mut self, now: Time, id: SpeechId) {
        let Some(speech) = self.current(id).filter(|speech| !speech.is_stopping()) else {
            return;
        };
        speech.progress = now;
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
        let Some(speech) = self.current(id).filter(|speech| !speech.is_stopping()) else {
            return;
        };
        if !speech.is_empty() {
            self.outputs.push_back(Output::ChunksDone { speech: id });
            return;
        }
        if speech.phase == Phase::Planned {
            // It is tried again when the turn is over, not before.
            let whose = speech.basis.as_ref().map(|(whose, _)| whose.clone());
            let person = whose.and_then(|whose| self.people.get_mut(&whose));
            if let Some(turn) = person.and_then(|person| person.turn.as_mut()) {
                turn.plans = u32::MAX;
            }
            self.discard(now);
        } else {
            self.fail(now);
        }
    }

    pub(super) fn reply_overdue(&mut self, now: Time) {
        self.counters.overdue += 1;
        self.fail(now);
    }

    /// A released speech that nobody heard comes to nothing: say so once, if somebody waits for it.
    fn fail(&mut self, now: Time) {
        let Some(failed) = self.speech.take() else { return };
        self.counters.plans_dropped += u64::from(failed.was_planned);
        self.outputs.push_back(Output::Discard { speech: failed.id });
        self.show(failed.character.clone(), AgentState::Listening);
        if failed.is_apology {
            self.close_answered_by(failed.id, Fate::AnswerFailed);
        } else if failed.cue == Cue::Answer && self.director.member(&failed.character).is_some() {
            self.apologise(now, failed.character, Trouble::NoAnswer);
            let apology = self.speech.as_ref().map(|speech| speech.id);
            for waiting in self
                .waiting
                .iter_mut()
                .filter(|waiting| waiting.speech == Some(failed.id))
            {
                waiting.speech = apology;
            }
            // It is let loose when the floor is free, like any answer.
            return;
        } else {
            // Characters among themselves just fall silent, sooner if it goes on.
            self.detach(failed.id);
            self.run += 1;
        }
        self.quiet_again(now);
    }

    pub(super) fn playout_started(&mut self, now: Time, id: SpeechId) {
        let Some(speech) = self.current(id) else { return };
        let Phase::Released { .. } = speech.phase else {
            return;
        };
        speech.phase = Phase::Heard { since: now };
        speech.progress = now;
        if let Some(held) = &mut speech.held {
            *held = now;
        }
        let (character, was_plan) = (speech.character.clone(), speech.was_planned);
        self.counters.plans_kept += u64::from(was_plan);
        self.show(character, AgentState::Speaking);
        self.close_answered_by(id, Fate::Answered(id));
    }

    fn close_answered_by(&mut self, id: SpeechId, fate: Fate) {
        let answered = self.waiting.iter().filter(|waiting| waiting.speech == Some(id));
        let turns: Vec<_> = answered
            .map(|waiting| (waiting.person.clone(), waiting.text.clone()))
            .collect();
        let people: Vec<_> = turns.iter().map(|(person, _)| person.clone()).collect();
        if let (Some(speech), Fate::Answered(_)) = (self.current(id), fate) {
            speech.answers = turns;
        }
        for person in &people {
            self.settle(person);
        }
        self.waiting.retain(|waiting| waiting.speech != Some(id));
        for person in people {
            self.close(person, fate);
        }
    }

    fn detach(&mut self, id: SpeechId) {
        for waiting in self
            .waiting
            .iter_mut()
            .filter(|waiting| waiting.speech == Some(id))
        {
            waiting.speech = None;
        }
    }

    pub(super) fn playout_finished(&mut self, now: Time, id: SpeechId) {
        if self.current(id).is_some_and(|speech| speech.is_released()) {
            // Not one sound of it could be made.
            self.fail(now);
            return;
        }
        if let Some(finished) = self
            .speech
            .take_if(|current| current.id == id && current.phase != Phase::Planned)
        {
            self.ended = Some((id, now));
            self.was_heard(&finished, finished.heard(Duration::MAX));
            self.quiet_again(now);
        }
    }

    pub(super) fn playout_stuck(&mut self, now: Time, id: SpeechId) {
        if self.current(id).is_some_and(|speech| speech.is_audible()) {
            self.counters.overdue += 1;
            self.stop(now);
        }
    }

    pub(super) fn playout_stopped(&mut self, now: Time, id: SpeechId, heard: Duration) {
        if let Some(stopped) = self
            .speech
            .take_if(|current| current.id == id && current.is_stopping())
        {
            self.ended = Some((id, now));
            let heard = if self.planted.is(Fault::HeardWhole) {
                Duration::MAX
            } else {
                heard
            };
            self.was_heard(&stopped, stopped.heard(heard));
            self.quiet_again(now);
        }
    }

    /// A cut that is not confirmed counts as done, with what the clock says was heard.
    pub(super) fn stop_overdue(&mut self, now: Time) {
        self.counters.overdue += 1;
        if let Some(speech) = self.speech.as_ref().filter(|speech| speech.is_stopping()) {
            let (id, heard) = (speech.id, speech.heard_when_cut);
            self.playout_stopped(now, id, heard);
        }
    }

    fn was_heard(&mut self, speech: &Speech, text: String) {
        let character = speech.character.clone();
        self.show(character.clone(), AgentState::Listening);
        if text.is_empty() {
            return;
        }
        self.director.spoke(&character);
        self.run += 1;
        self.outputs.push_back(Output::Entry(Line {
            speaker: Speaker::Character(character.clone()),
            text: text.clone(),
        }));
        self.last = Some((character, text));
        self.people_spoke &= speech.is_past;
    }

    /// Throws a speech away that nobody heard.
    pub(super) fn discard(&mut self, _now: Time) {
        let unheard = self
            .speech
            .take_if(|speech| speech.phase == Phase::Planned || speech.is_released());
        if let Some(speech) = unheard {
            self.outputs.push_back(Output::Discard { speech: speech.id });
            self.counters.plans_dropped += u64::from(speech.was_planned);
            self.detach(speech.id);
            self.show(speech.character, AgentState::Listening);
        }
    }

    /// Ends a speech where it stands.
    pub(super) fn stop(&mut self, now: Time) {
        let Some(speech) = &mut self.speech else { return };
        match speech.phase {
            Phase::Planned | Phase::Released { .. } => self.discard(now),
            Phase::Heard { .. } => {
                speech.heard_when_cut = speech.heard_by(now);
                speech.phase = Phase::Stopping { since: now };
                let (id, heard) = (speech.id, speech.heard_when_cut);
                self.outputs.push_back(Output::Stop { speech: id });
                if self.planted.is(Fault::TwoAtOnce) {
                    self.playout_stopped(now, id, heard);
                }
            }
            Phase::Stopping { .. } => {}
        }
    }
}
