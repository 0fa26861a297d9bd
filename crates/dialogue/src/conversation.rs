//! The conversation of one room.

use std::collections::{BTreeMap, VecDeque};

use crate::barge_in::interrupts_at;
use crate::director::Director;
use crate::endpointing::{Turn, Words};
use crate::event::{AgentState, Input, Line, Output, Speaker, Trouble, Wake};
use crate::id::{CharacterId, PersonId, SpeechId, TakeId};
use crate::speech::{Phase, Speech};
use crate::time::Time;
use crate::tuning::{Mode, Tuning};

/// Decides who speaks in one room; see the [crate]'s contract.
#[derive(Debug)]
pub struct Conversation {
    mode: Mode,
    tuning: Tuning,
    director: Director,
    people: BTreeMap<PersonId, Turn>,
    speech: Option<Speech>,
    /// Words of people that still want an answer, once the floor is free.
    owed: Option<Owed>,
    /// The last line of a character, if nobody spoke since.
    last: Option<(CharacterId, String)>,
    /// Speeches of characters since a person's turn.
    run: u32,
    continue_at: Option<Time>,
    outputs: VecDeque<Output>,
    ids: u64,
}

#[derive(Debug)]
enum Owed {
    Answer(String),
    Apology,
}

impl Conversation {
    /// A conversation in an empty room.
    pub fn new(mode: Mode, tuning: Tuning) -> Self {
        Self {
            mode,
            tuning,
            director: Director::default(),
            people: BTreeMap::new(),
            speech: None,
            owed: None,
            last: None,
            run: 0,
            continue_at: None,
            outputs: VecDeque::new(),
            ids: 0,
        }
    }

    /// Takes in what happened at `now`; drain [`Self::poll_output`] afterwards.
    pub fn handle_input(&mut self, now: Time, input: Input) {
        match input {
            Input::CharacterJoined(member) => {
                let id = member.id.clone();
                self.director.add(member);
                self.show(id, AgentState::Listening);
                if self.mode == Mode::Scripted && self.last.is_none() && self.speech.is_none() {
                    self.continue_at = Some(now + self.tuning.scene_start);
                }
            }
            Input::CharacterLeft(character) => self.character_left(&character),
            Input::PersonJoined { person } => {
                self.people.entry(person).or_default();
            }
            Input::PersonLeft { person } => self.person_left(now, &person),
            Input::VoiceStarted { person, since } => self.voice_started(person, since),
            Input::VoicePaused { person, last_voice } => self.voice_paused(person, last_voice),
            Input::Transcribed { take, text } => self.transcribed(now, take, text),
            Input::TranscriptionFailed { take } => self.transcription_failed(take),
            Input::Typed { person, text } => self.typed(person, text),
            Input::ReplyText { speech, delta } => self.reply_text(speech, &delta),
            Input::ReplyDone { speech } => self.reply_done(now, speech),
            Input::ReplyFailed { speech } => self.reply_failed(now, speech),
            Input::ChunkAudio {
                speech,
                chunk,
                duration,
                complete,
            } => {
                if let Some(current) = self.current(speech) {
                    current.audio(chunk, duration, complete);
                }
            }
            Input::PlayoutStarted { speech } => self.playout_started(now, speech),
            Input::PlayoutFinished { speech } => self.playout_finished(now, speech),
            Input::PlayoutStopped { speech, heard } => {
                if let Some(stopped) = self.speech.take_if(|current| current.id == speech) {
                    self.was_heard(&stopped, stopped.heard(heard));
                }
            }
            Input::Wake => {}
        }
        self.look_at_the_clock(now);
        self.pay_what_is_owed(now);
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to hand in [`Input::Wake`] unless something happens before, and why.
    pub fn poll_timeout(&self) -> Option<(Time, Wake)> {
        let turns = self
            .people
            .values()
            .filter_map(|turn| turn.ends_at(&self.tuning))
            .map(|at| (at, Wake::EndOfTurn));
        let barge_in = self.interrupted_at().map(|at| (at, Wake::BargeIn));
        let continuation = self.continue_at.map(|at| (at, Wake::Continuation));
        turns
            .chain(barge_in)
            .chain(continuation)
            .min_by_key(|(at, _)| *at)
    }

    // People

    fn voice_started(&mut self, person: PersonId, since: Time) {
        self.people.insert(person, Turn::Voiced { since });
        self.continue_at = None;
        self.discard_plan();
    }

    fn voice_paused(&mut self, person: PersonId, last_voice: Time) {
        let take = TakeId(self.next_id());
        self.people.insert(
            person.clone(),
            Turn::Paused {
                last_voice,
                take,
                words: Words::Awaited,
            },
        );
        self.outputs.push_back(Output::Transcribe { person, take });
    }

    fn transcribed(&mut self, now: Time, take: TakeId, text: String) {
        let Some((person, turn)) = self.paused_with(take) else {
            return;
        };
        if text.trim().is_empty() {
            *turn = Turn::Idle;
            self.outputs.push_back(Output::TurnTaken { person });
            self.plan_continuation(now);
            return;
        }
        if let Turn::Paused { words, .. } = turn {
            *words = Words::Known(text.clone());
        }
        self.outputs.push_back(Output::Caption {
            person: person.clone(),
            text: text.clone(),
        });
        if self.speech.is_none() && self.others_are_quiet(&person) {
            self.plan(Some(person), &text);
        }
    }

    fn transcription_failed(&mut self, take: TakeId) {
        let Some((person, turn)) = self.paused_with(take) else {
            return;
        };
        *turn = Turn::Idle;
        self.outputs.push_back(Output::TurnTaken { person });
        if self.owed.is_none() && self.speech.is_none() {
            self.owed = Some(Owed::Apology);
        }
    }

    fn person_left(&mut self, now: Time, person: &PersonId) {
        if let Some(Turn::Paused {
            words: Words::Known(text),
            ..
        }) = self.people.get(person).cloned()
        {
            self.end_turn(now, person.clone(), text);
        }
        self.people.remove(person);
        if self
            .speech
            .as_ref()
            .is_some_and(|speech| speech.because.as_ref() == Some(person))
        {
            self.discard_plan();
        }
    }

    fn typed(&mut self, person: PersonId, text: String) {
        self.discard_plan();
        self.stop();
        self.people_spoke();
        self.outputs.push_back(Output::Entry(Line {
            speaker: Speaker::Person(person),
            text: text.clone(),
        }));
        self.owed = Some(Owed::Answer(text));
    }

    fn end_turn(&mut self, now: Time, person: PersonId, text: String) {
        self.people.insert(person.clone(), Turn::Idle);
        self.people_spoke();
        self.outputs.push_back(Output::TurnTaken {
            person: person.clone(),
        });
        self.outputs.push_back(Output::Entry(Line {
            speaker: Speaker::Person(person.clone()),
            text: text.clone(),
        }));
        match &mut self.speech {
            Some(speech) if speech.phase == Phase::Planned => {
                speech.phase = Phase::Released { since: now };
                self.outputs.push_back(Output::Play { speech: speech.id });
            }
            // Said over a speech, or while others talk: it is answered when the floor is free.
            _ => self.owed = Some(Owed::Answer(text)),
        }
    }

    fn people_spoke(&mut self) {
        self.run = 0;
        self.last = None;
        self.continue_at = None;
    }

    // Characters

    fn character_left(&mut self, character: &CharacterId) {
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
    fn plan(&mut self, because: Option<PersonId>, text: &str) {
        let Some(character) = self.director.answers(text) else {
            return;
        };
        let pending = self.pending_lines();
        self.generate(character, because, pending);
    }

    fn generate(&mut self, character: CharacterId, because: Option<PersonId>, pending: Vec<Line>) {
        let speech = self.begin(character.clone(), because);
        self.outputs.push_back(Output::Generate {
            speech,
            character,
            pending,
        });
    }

    fn apologise(&mut self, character: CharacterId, because: Option<PersonId>, trouble: Trouble) {
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

    fn begin(&mut self, character: CharacterId, because: Option<PersonId>) -> SpeechId {
        let id = SpeechId(self.next_id());
        self.show(character.clone(), AgentState::Thinking);
        self.speech = Some(Speech::new(id, character, because));
        id
    }

    fn release(&mut self, now: Time) {
        if let Some(speech) = &mut self.speech
            && speech.phase == Phase::Planned
        {
            speech.phase = Phase::Released { since: now };
            self.outputs.push_back(Output::Play { speech: speech.id });
        }
    }

    fn reply_text(&mut self, id: SpeechId, delta: &str) {
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

    fn reply_done(&mut self, now: Time, id: SpeechId) {
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

    fn reply_failed(&mut self, now: Time, id: SpeechId) {
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

    fn playout_started(&mut self, now: Time, id: SpeechId) {
        let Some(speech) = self.current(id) else { return };
        if let Phase::Released { .. } = speech.phase {
            speech.phase = Phase::Heard { since: now };
            let character = speech.character.clone();
            self.show(character, AgentState::Speaking);
        }
    }

    fn playout_finished(&mut self, now: Time, id: SpeechId) {
        if let Some(finished) = self.speech.take_if(|current| current.id == id) {
            self.was_heard(&finished, finished.text());
            self.plan_continuation(now);
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
        let line = Line {
            speaker: Speaker::Character(character.clone()),
            text: text.clone(),
        };
        self.outputs.push_back(Output::Entry(line));
        self.last = Some((character, text));
    }

    fn plan_continuation(&mut self, now: Time) {
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

    fn discard_plan(&mut self) {
        if let Some(speech) = self.speech.take_if(|speech| speech.phase == Phase::Planned) {
            self.outputs.push_back(Output::Discard { speech: speech.id });
            self.show(speech.character, AgentState::Listening);
        }
    }

    fn stop(&mut self) {
        if let Some(speech) = &mut self.speech
            && speech.phase != Phase::Stopping
        {
            speech.phase = Phase::Stopping;
            self.outputs.push_back(Output::Stop { speech: speech.id });
        }
    }

    // Time

    fn look_at_the_clock(&mut self, now: Time) {
        if self.interrupted_at().is_some_and(|at| at <= now) {
            self.stop();
        }
        let ended: Vec<_> = self
            .people
            .iter()
            .filter(|(_, turn)| turn.ends_at(&self.tuning).is_some_and(|at| at <= now))
            .filter_map(|(person, turn)| match turn {
                Turn::Paused {
                    words: Words::Known(text),
                    ..
                } => Some((person.clone(), text.clone())),
                _ => None,
            })
            .collect();
        for (person, text) in ended {
            self.end_turn(now, person, text);
        }
        if self.continue_at.is_some_and(|at| at <= now) {
            self.continue_at = None;
            if self.speech.is_none() && self.owed.is_none() && self.floor_is_free() {
                let (speaker, words) = self.last.clone().unzip();
                let next = self
                    .director
                    .goes_on(speaker.as_ref(), words.as_deref().unwrap_or_default());
                if let Some(character) = next {
                    self.generate(character, None, Vec::new());
                    self.release(now);
                }
            }
        }
    }

    fn pay_what_is_owed(&mut self, now: Time) {
        if self.speech.is_some() || !self.floor_is_free() {
            return;
        }
        match self.owed.take() {
            Some(Owed::Answer(text)) => self.plan(None, &text),
            Some(Owed::Apology) => {
                if let Some(character) = self.director.answers("") {
                    self.apologise(character, None, Trouble::NotUnderstood);
                }
            }
            None => return,
        }
        self.release(now);
    }

    /// When a voice that is heard now becomes an interruption.
    fn interrupted_at(&self) -> Option<Time> {
        let speaking = match self.speech.as_ref()?.phase {
            Phase::Released { since } | Phase::Heard { since } => since,
            Phase::Planned | Phase::Stopping => return None,
        };
        let voices = self.people.values().filter_map(|turn| match turn {
            Turn::Voiced { since } => Some(interrupts_at(*since, speaking, &self.tuning)),
            _ => None,
        });
        voices.min()
    }

    // Looking things up

    fn current(&mut self, id: SpeechId) -> Option<&mut Speech> {
        self.speech.as_mut().filter(|speech| speech.id == id)
    }

    fn paused_with(&mut self, wanted: TakeId) -> Option<(PersonId, &mut Turn)> {
        self.people
            .iter_mut()
            .find(|(_, turn)| matches!(turn, Turn::Paused { take, words: Words::Awaited, .. } if *take == wanted))
            .map(|(person, turn)| (person.clone(), turn))
    }

    fn floor_is_free(&self) -> bool {
        !self.people.values().any(Turn::is_open)
    }

    fn others_are_quiet(&self, person: &PersonId) -> bool {
        self.people
            .iter()
            .all(|(other, turn)| other == person || !turn.is_open())
    }

    fn pending_lines(&self) -> Vec<Line> {
        self.people
            .iter()
            .filter_map(|(person, turn)| match turn {
                Turn::Paused {
                    words: Words::Known(text),
                    ..
                } => Some(Line {
                    speaker: Speaker::Person(person.clone()),
                    text: text.clone(),
                }),
                _ => None,
            })
            .collect()
    }

    fn show(&mut self, character: CharacterId, state: AgentState) {
        // Whoever left has nothing to show.
        if self.director.members().any(|member| member.id == character) {
            self.outputs.push_back(Output::State { character, state });
        }
    }

    fn next_id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }
}
