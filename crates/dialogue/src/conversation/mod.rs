//! The conversation of one room: its state, what comes in and what goes out.

mod counters;
mod floor;
mod overlaps;
mod people;
mod person;
mod speeches;
mod takes;
mod timers;
mod turns;

use std::collections::{BTreeMap, VecDeque};

pub use counters::Counters;

use crate::director::Director;
use crate::event::{AgentState, Input, Output, Wake};
use crate::fault::Planted;
use crate::id::{CharacterId, PersonId, SpeechId};
use crate::speech::Speech;
use crate::time::Time;
use crate::tuning::{Mode, Tuning};
use floor::Waiting;
use person::Person;

/// Things that one moment may bring about before something must be wrong; a bound, never reached.
const STEPS_MAX: usize = 256;

/// A person's turn that was not answered to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// Whose.
    pub person: PersonId,
    /// Their words.
    pub text: String,
    /// Whether they are an entry already.
    pub is_entered: bool,
    /// Who answers, or is about to.
    pub by: Option<CharacterId>,
}

/// Decides who speaks in one room; see the [crate]'s contract.
#[derive(Debug)]
pub struct Conversation {
    mode: Mode,
    tuning: Tuning,
    director: Director,
    people: BTreeMap<PersonId, Person>,
    speech: Option<Speech>,
    /// Turns that ended and want an answer, oldest first.
    waiting: VecDeque<Waiting>,
    /// A person's words could not be made out, and they should be told.
    owes_apology: bool,
    /// The floor was offered, and nobody has taken it since.
    owes_turn: bool,
    /// Characters that were called to answer after the one that speaks.
    called: VecDeque<CharacterId>,
    /// The last line of a character.
    last: Option<(CharacterId, String)>,
    /// The last speech that was heard, and when it was over.
    ended: Option<(SpeechId, Time)>,
    /// Whether a person has spoken since that line.
    people_spoke: bool,
    /// Speeches of characters since a person's turn.
    run: u32,
    /// Whether a character has re-opened the talk since a person's turn.
    has_reopened: bool,
    continue_at: Option<Time>,
    reopen_at: Option<Time>,
    outputs: VecDeque<Output>,
    ids: u64,
    counters: Counters,
    planted: Planted,
}

impl Conversation {
    /// A conversation in an empty room. Whatever is left to chance follows from `seed`.
    pub fn new(mode: Mode, tuning: Tuning, seed: u64) -> Self {
        Self {
            mode,
            tuning,
            director: Director::new(seed),
            people: BTreeMap::new(),
            speech: None,
            waiting: VecDeque::new(),
            owes_apology: false,
            owes_turn: false,
            called: VecDeque::new(),
            last: None,
            ended: None,
            people_spoke: false,
            run: 0,
            has_reopened: false,
            continue_at: None,
            reopen_at: None,
            outputs: VecDeque::new(),
            ids: 0,
            counters: Counters::default(),
            planted: Planted::default(),
        }
    }

    /// The same with a fault planted, for tests of whoever looks for faults.
    #[cfg(feature = "faults")]
    #[must_use]
    pub fn with_fault(mut self, fault: crate::fault::Fault) -> Self {
        self.planted = Planted(Some(fault));
        self
    }

    /// Takes in what happened at `now`; drain [`Self::poll_output`] afterwards.
    pub fn handle_input(&mut self, now: Time, input: Input) {
        self.take_in(now, input);
        for _ in 0..STEPS_MAX {
            self.take_the_floor(now);
            if !self.ring_next(now) {
                break;
            }
        }
    }

    fn take_in(&mut self, now: Time, input: Input) {
        match input {
            Input::CharacterJoined(member) => self.character_joined(now, member),
            Input::CharacterTuned { character, tuning } => self.director.tune(&character, tuning),
            Input::CharacterLeft(character) => self.character_left(now, &character),
            Input::PersonJoined { person, names } => {
                self.people.entry(person.clone()).or_default();
                self.director.add_person(person, names);
            }
            Input::PersonLeft { person } => self.person_left(now, &person),
            Input::VoiceStarted { person, since } => self.voice_started(now, person, since.min(now)),
            Input::VoicePaused { person, last_voice } => {
                self.voice_paused(now, person, last_voice.min(now));
            }
            Input::PartialWords { person, text } => self.partial_words(now, &person, text),
            Input::Transcribed { take, text } => self.transcribed(now, take, text),
            Input::TranscriptionFailed { take } => self.transcription_failed(now, take),
            Input::EndJudged { take, probability } => self.end_judged(take, probability),
            Input::Typed { person, text } => self.typed(now, person, text),
            Input::ReplyText { speech, delta } => self.reply_text(now, speech, &delta),
            Input::ReplyDone { speech } => self.reply_done(now, speech),
            Input::ReplyFailed { speech } => self.reply_failed(now, speech),
            Input::ChunkAudio {
                speech,
                chunk,
                duration,
                complete,
            } => {
                if let Some(current) = self.current(speech) {
                    current.progress = now;
                    current.audio(chunk, duration, complete);
                }
            }
            Input::ChunkSounding {
                speech,
                chunk,
                sounding,
            } => {
                if let Some(current) = self.current(speech) {
                    current.sounding(chunk, sounding);
                }
            }
            Input::PlayoutStarted { speech } => self.playout_started(now, speech),
            Input::PlayoutFinished { speech } => self.playout_finished(now, speech),
            Input::PlayoutStuck { speech } => self.playout_stuck(now, speech),
            Input::PlayoutStopped { speech, heard } => self.playout_stopped(now, speech, heard),
            Input::TurnOwed {
                person,
                text,
                is_entered,
                to,
            } => self.turn_owed(now, person, text, is_entered, to),
            Input::FloorOffered => self.floor_offered(now),
            Input::Wake => {}
        }
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to hand in [`Input::Wake`] unless something happens before, and why.
    pub fn poll_timeout(&self) -> Option<(Time, Wake)> {
        self.next_timer().map(|timer| (timer.at, timer.wake))
    }

    /// What was done so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Turns that ended and wait for an answer; at most [`Self::WAITING_MAX`].
    pub fn turns_waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Turns of people that were not answered to their end, oldest first: what whoever takes over the room has to
    /// know, as [`Input::TurnOwed`].
    pub fn turns_owed(&self) -> Vec<Owed> {
        let begun = self.speech.iter().flat_map(|speech| {
            speech.answers.iter().map(|(person, text)| Owed {
                person: person.clone(),
                text: text.clone(),
                is_entered: true,
                by: Some(speech.character.clone()),
            })
        });
        let waiting = self.waiting.iter().map(|waiting| Owed {
            person: waiting.person.clone(),
            text: waiting.text.clone(),
            is_entered: waiting.is_settled,
            by: waiting.to.first().cloned(),
        });
        begun.chain(waiting).collect()
    }

    /// Whether nobody speaks, and nobody waits for an answer.
    pub fn is_between_turns(&self) -> bool {
        self.speech.is_none() && self.waiting.is_empty() && !self.owes_apology && self.floor_is_free()
    }

    /// Turns of people that have not ended.
    pub fn turns_open(&self) -> usize {
        let turns = self.people.values().filter_map(|person| person.turn.as_ref());
        turns.filter(|turn| turn.ended.is_none()).count()
    }

    /// Turns of people whose words are not all there yet, although a transcription was or will be asked for.
    pub fn words_awaited(&self) -> usize {
        let turns = self.people.values().filter_map(|person| person.turn.as_ref());
        turns
            .filter(|turn| turn.ended.is_none() && (turn.take.is_some() || turn.take_at.is_some()))
            .count()
    }

    fn current(&mut self, id: SpeechId) -> Option<&mut Speech> {
        self.speech.as_mut().filter(|speech| speech.id == id)
    }

    /// The thresholds of a character, or the room's.
    fn tuning_of(&self, character: Option<&CharacterId>) -> Tuning {
        match character.and_then(|character| self.director.member(character)) {
            Some(member) => self.tuning.with(&member.tuning),
            None => self.tuning,
        }
    }

    /// The thresholds of whoever listens: the character that speaks or spoke last.
    fn tuning_of_listener(&self) -> Tuning {
        let speaking = self.speech.as_ref().map(|speech| &speech.character);
        self.tuning_of(speaking.or_else(|| self.last.as_ref().map(|(character, _)| character)))
    }

    fn show(&mut self, character: CharacterId, state: AgentState) {
        // Whoever left has nothing to show.
        if self.director.member(&character).is_some() {
            self.outputs.push_back(Output::State { character, state });
        }
    }

    fn next_id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }
}
