//! The conversation of one room: its state, what comes in and what goes out.

mod clock;
mod offers;
mod people;
mod speeches;

use std::collections::{BTreeMap, VecDeque};

use crate::director::Director;
use crate::endpointing::{Turn, Words};
use crate::event::{AgentState, Input, Line, Output, Speaker, Wake};
use crate::id::{CharacterId, PersonId, SpeechId, TakeId};
use crate::speech::Speech;
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
    Turn,
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
            Input::FloorOffered => self.floor_offered(),
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
