//! What happens in the room: voices, thoughts, comings and goings, and what is checked of them.

use std::time::Duration;

use troupe_dialogue::{CastMember, Input, SpeechId, Time};

use super::{ANSWER_MS, Driver, Event, Phase};
use crate::checker::{CUT_MS_MAX, Violation, turns_over};
use crate::options::Habit;
use crate::people::{Segment, turn};
use crate::words::{is_unique, words_of};

/// Longest a speech of these rooms may take with all deadlines, ms.
const SPEECH_MS_MAX: u64 = 60_000;
/// Silence between stretches that the ears do not even notice, ms.
const NOTICED_PAUSE_MS: u64 = 100;

impl Driver {
    pub(super) fn name_of(index: usize) -> &'static str {
        ["Ada", "Boris", "Cleo"].get(index).copied().unwrap_or("Dario")
    }

    pub(super) fn everyone_comes(&mut self) {
        for index in 0..self.cast.len() {
            let at = self.chance.within(0, 2000);
            self.queue.at(at, Event::Regain(index));
        }
        for index in 0..self.humans.len() {
            let at = self.chance.within(0, 4000);
            self.queue.at(at, Event::Return(index));
            self.queue.at(at + 500, Event::Think(index));
        }
        if self.options.drops == 0 {
            return;
        }
        let drops = self.options.drops * self.options.safety_s / 6000 + 1;
        for _ in 0..drops {
            let at = self.chance.within(3000, self.options.safety_s * 1000);
            let (human, character) = (self.chance.bits(), self.chance.bits());
            let event = if self.chance.percent(60) {
                Event::Leave(index_of(human, self.humans.len()))
            } else {
                Event::Lose(index_of(character, self.cast.len()))
            };
            self.queue.at(at, event);
        }
    }

    /// From now on nothing fails and everyone is there.
    pub(super) fn heal(&mut self) {
        self.options.stt = self.options.stt.healed();
        self.options.llm = self.options.llm.healed();
        self.options.tts = self.options.tts.healed();
        for index in 0..self.cast.len() {
            self.later(100, Event::Regain(index));
        }
        for index in 0..self.humans.len() {
            self.later(100, Event::Return(index));
        }
    }

    pub(super) fn happen(&mut self, event: Event) {
        match event {
            Event::In(input) => {
                self.hand_in(input, None);
            }
            Event::Transcribed(person, input) => {
                self.hand_in(input, Some(&person));
            }
            Event::Voice(index, session, input) => self.voice(index, session, input),
            Event::Think(index) => self.think(index),
            Event::Made(speech, chunk, ready_ms, is_complete) => {
                self.made(speech, chunk, ready_ms, is_complete)
            }
            Event::Release(speech) => {
                let now_ms = self.now_ms;
                self.with(speech, |playing| {
                    playing.is_released = true;
                    playing.released_ms = now_ms;
                });
            }
            Event::Hold(speech) => self.with(speech, |playing| playing.is_held = true),
            Event::Resume(speech) => self.with(speech, |playing| playing.is_held = false),
            Event::Stop(speech) => self.stopped(speech),
            Event::Discard(speech) => {
                self.playing.remove(&speech);
                self.checker.is_silent(speech);
            }
            Event::Dry(speech, run) => {
                if self
                    .playing
                    .get(&speech)
                    .is_some_and(|playing| playing.run == run)
                {
                    self.update(speech);
                }
            }
            Event::CheckCut(index, voice, speech) => self.check_cut(index, voice, speech),
            Event::Leave(index) => self.leave(index),
            Event::Return(index) => self.come(index),
            Event::Lose(index) => {
                if self.phase == Phase::Safety && std::mem::replace(&mut self.cast[index], false) {
                    let id = Self::name_of(index).to_lowercase();
                    self.hand_in(Input::CharacterLeft(id.as_str().into()), None);
                    let back = self.chance.within(500, 20_000);
                    self.later(back, Event::Regain(index));
                }
            }
            Event::Regain(index) => {
                if !std::mem::replace(&mut self.cast[index], true) {
                    let name = Self::name_of(index);
                    let talkativeness = self.chance.within(0, 10) as f32 / 10.0;
                    let id = name.to_lowercase().as_str().into();
                    let member = CastMember::new(id, vec![name.to_owned()], talkativeness);
                    self.hand_in(Input::CharacterJoined(member), None);
                }
            }
        }
    }

    fn with(&mut self, speech: SpeechId, change: impl FnOnce(&mut crate::player::Playing)) {
        if let Some(playing) = self.playing.get_mut(&speech) {
            // What was heard so far counts as things stood.
            playing.update(self.now_ms);
            change(playing);
        }
        self.update(speech);
    }

    fn come(&mut self, index: usize) {
        let human = &mut self.humans[index];
        if !std::mem::replace(&mut human.is_present, true) {
            let (person, names) = (human.id.clone(), vec![human.name.clone()]);
            self.hand_in(Input::PersonJoined { person, names }, None);
        }
    }

    fn leave(&mut self, index: usize) {
        if self.phase != Phase::Safety || !std::mem::replace(&mut self.humans[index].is_present, false) {
            return;
        }
        let human = &mut self.humans[index];
        human.session += 1;
        human.known_voice_ms = None;
        human.busy_until_ms = 0;
        // What they were about to say is never said.
        human.said.retain(|(end, _)| *end <= self.now_ms);
        human.taken_until_ms = self.now_ms;
        let person = human.id.clone();
        self.hand_in(Input::PersonLeft { person }, None);
        let back = self.chance.within(500, 20_000);
        self.later(back, Event::Return(index));
    }

    fn voice(&mut self, index: usize, session: u64, input: Input) {
        let now_ms = self.now_ms;
        let human = &mut self.humans[index];
        if human.session != session || !human.is_present {
            return;
        }
        let person = human.id.clone();
        if matches!(input, Input::VoiceStarted { .. }) {
            human.known_voice_ms = Some(now_ms);
            human.voices += 1;
            let voice = human.voices;
            let audible = self
                .playing
                .values()
                .find(|playing| playing.audible_since_ms().is_some());
            if let Some(speech) = audible.map(|playing| playing.speech) {
                self.later(CUT_MS_MAX, Event::CheckCut(index, voice, speech));
            }
        } else {
            human.known_voice_ms = None;
        }
        self.hand_in(input, Some(&person));
    }

    /// A cut is bounded: who speaks over a speech for so long has silenced it.
    fn check_cut(&mut self, index: usize, voice: u64, speech: SpeechId) {
        let human = &self.humans[index];
        let goes_on = human.voices == voice && human.known_voice_ms.is_some();
        let is_audible = self
            .playing
            .get(&speech)
            .is_some_and(|playing| playing.audible_since_ms().is_some());
        if goes_on && is_audible {
            self.checker
                .fail(format!("{} speaks over {speech:?} and is not heeded", human.id));
        }
    }

    fn think(&mut self, index: usize) {
        let next = self.humans[index].next_thought_ms(&mut self.chance);
        self.later(next, Event::Think(index));
        let human = &self.humans[index];
        if self.phase != Phase::Safety || !human.is_present || human.busy_until_ms > self.now_ms {
            return;
        }
        let room_speaks = self
            .playing
            .values()
            .any(|playing| playing.audible_since_ms().is_some())
            || self.humans.iter().any(|other| other.busy_until_ms > self.now_ms);
        if human.habit == Habit::Typing {
            self.type_something(index, room_speaks);
            return;
        }
        let names = self.all_names(index);
        if let Some(segments) =
            self.humans[index].says(room_speaks, &mut self.chance, &mut self.words, &names)
        {
            self.speak(index, segments);
        }
    }

    fn type_something(&mut self, index: usize, room_speaks: bool) {
        let is_flood = room_speaks && self.chance.percent(30);
        let count = if is_flood {
            self.chance.within(5, 15)
        } else {
            u64::from(self.chance.percent(40))
        };
        for _ in 0..count {
            let text = self.words.several(3).join(" ");
            let person = self.humans[index].id.clone();
            self.later(0, Event::In(Input::Typed { person, text }));
        }
    }

    fn all_names(&self, but: usize) -> Vec<String> {
        let characters = (0..self.cast.len()).map(|index| Self::name_of(index).to_owned());
        let people = self.humans.iter().enumerate().filter(|(index, _)| *index != but);
        characters
            .chain(people.map(|(_, human)| human.name.clone()))
            .collect()
    }

    /// Schedules what a person says, as their ear will report it; answers when they end.
    fn speak(&mut self, index: usize, segments: Vec<Segment>) -> u64 {
        let mut at = self.now_ms;
        let (person, session) = (self.humans[index].id.clone(), self.humans[index].session);
        let mut is_on = false;
        let time = |ms| Time::after_start(Duration::from_millis(ms));
        let last = segments.len().saturating_sub(1);
        for (number, segment) in segments.into_iter().enumerate() {
            let noticed = self.chance.within(60, 100);
            if !is_on && segment.voice_ms > noticed {
                let input = Input::VoiceStarted {
                    person: person.clone(),
                    since: time(at),
                };
                self.queue.at(at + noticed, Event::Voice(index, session, input));
                is_on = true;
            }
            let count = segment.words.len() as u64;
            for (word_index, word) in segment.words.into_iter().enumerate() {
                let end = at + segment.voice_ms * (word_index as u64 + 1) / count.max(1);
                self.humans[index].said.push((end, word));
            }
            at += segment.voice_ms;
            if is_on && (segment.pause_ms > NOTICED_PAUSE_MS || number == last) {
                let input = Input::VoicePaused {
                    person: person.clone(),
                    last_voice: time(at),
                };
                self.queue
                    .at(at + NOTICED_PAUSE_MS, Event::Voice(index, session, input));
                is_on = false;
            }
            at += segment.pause_ms;
        }
        self.humans[index].busy_until_ms = at + NOTICED_PAUSE_MS;
        at
    }

    /// After a long quiet nothing may be open.
    pub(super) fn check_rest(&mut self) {
        if self.conversation.turns_waiting() > 0 {
            self.checker.fail("a turn waits for an answer without end");
        }
        if self.conversation.turns_open() > 0 {
            self.checker.fail("a turn never ends");
        }
        if self.checker.turns_closed() != turns_over(&self.conversation) {
            self.checker.fail("a turn ended and was never closed");
        }
        if self
            .playing
            .values()
            .any(|playing| playing.has_started && playing.is_held)
        {
            self.checker.fail("a paused speech never goes on");
        }
        let now_ms = self.now_ms;
        if self
            .playing
            .values()
            .any(|playing| playing.released_ms.saturating_add(SPEECH_MS_MAX) < now_ms)
        {
            self.checker.fail("a speech never comes to its end");
        }
    }

    /// A person asks in a room without faults: they are answered in time, and their words are posted.
    pub(super) fn ask_and_await(&mut self, index: usize) -> Result<(), Violation> {
        let name = Self::name_of(0);
        let mut segments = turn(&mut self.chance, &mut self.words, &[], 400);
        if let Some(first) = segments.first_mut() {
            first.words.insert(0, format!("{name},"));
            first.voice_ms += 300;
        }
        let asked: Vec<String> = segments
            .iter()
            .flat_map(|segment| segment.words.clone())
            .collect();
        let person = self.humans[index].id.clone();
        let answered = |driver: &Self| driver.checker.answered.get(&person).copied().unwrap_or(0);
        let before = answered(self);
        let unposted = |driver: &Self| {
            let words = asked.iter().flat_map(|word| words_of(word));
            let mut unposted = words.filter(|word| is_unique(word) && !driver.checker.was_posted(word));
            unposted.next().map(str::to_owned)
        };
        let ends = self.speak(index, segments);
        let deadline = ends + ANSWER_MS;
        // Who pauses for long may be answered too early; what they said then is answered as well.
        while self.now_ms < deadline && (answered(self) == before || unposted(self).is_some()) {
            let next = (self.now_ms + 200).min(deadline);
            self.until(next)?;
        }
        if answered(self) == before {
            self.checker.fail(format!("{person} asked and was not answered"));
        }
        if let Some(word) = unposted(self) {
            self.checker.fail(format!("{word} of {person} was never posted"));
        }
        self.verdict()
    }
}

fn index_of(bits: u64, count: usize) -> usize {
    let count = u64::try_from(count.max(1)).unwrap_or(1);
    usize::try_from(bits % count).unwrap_or(0)
}
