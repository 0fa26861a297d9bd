//! What happens in the room: comings and goings, and voices as the ears report them.

use std::time::Duration;

use troupe_dialogue::tuning::Overrides;
use troupe_dialogue::{CastMember, CharacterId, Input};

use super::{Driver, Event, Phase};
use troupe_seeded::Chance;

impl Driver {
    pub(super) fn name_of(index: usize) -> &'static str {
        ["Ada", "Boris", "Cleo"].get(index).copied().unwrap_or("Dario")
    }

    pub(super) fn id_of(index: usize) -> CharacterId {
        Self::name_of(index).to_lowercase().as_str().into()
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
        for _ in 0..self.options.offers {
            let at = self.more.within(1000, self.options.safety_s * 1000);
            self.queue.at(at, Event::Offer);
        }
        if self.options.drops == 0 {
            return;
        }
        let drops = self.options.drops * self.options.safety_s / 6000 + 1;
        for _ in 0..drops {
            let at = self.chance.within(3000, self.options.safety_s * 1000);
            let (human, character) = (self.chance.bits(), self.chance.bits());
            let event = if self.chance.percent(60) && !self.humans.is_empty() {
                Event::Leave(index_of(human, self.humans.len()))
            } else {
                Event::Lose(index_of(character, self.cast.len()), self.chance.percent(50))
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
                self.hand_in(input);
            }
            Event::Voice(index, session, input) => self.voice(index, session, input),
            Event::Offer => {
                self.hand_in(Input::FloorOffered);
            }
            Event::Stream(index, session) => self.stream(index, session),
            Event::Think(index) => self.think(index),
            Event::Made(speech, chunk, ready_ms, is_complete) => {
                self.made(speech, chunk, ready_ms, is_complete)
            }
            Event::Release(speech) => {
                self.with(speech, |playing| playing.is_released = true);
            }
            Event::Hold(speech) => self.with(speech, |playing| playing.is_held = true),
            Event::Resume(speech) => self.with(speech, |playing| playing.is_held = false),
            Event::Stop(speech) => self.stopped(speech),
            Event::Discard(speech) => self.discarded(speech),
            Event::Dry(speech, run) => {
                let playing = self.playing.get(&speech);
                if playing.is_some_and(|playing| playing.run == run) {
                    self.update(speech);
                }
            }
            Event::Over(speech, report) => self.is_over(speech, report),
            Event::CheckCut(index, voice, speech, since_ms) => self.check_cut(index, voice, speech, since_ms),
            Event::Leave(index) => self.leave(index),
            Event::Return(index) => self.come(index),
            Event::Lose(index, with_player) => self.lose(index, with_player),
            Event::Regain(index) => self.regain(index),
        }
    }

    fn lose(&mut self, index: usize, with_player: bool) {
        if self.phase != Phase::Safety || !std::mem::replace(&mut self.cast[index], false) {
            return;
        }
        self.hand_in(Input::CharacterLeft(Self::id_of(index)));
        if with_player {
            self.player_dies(index);
        }
        let back = self.chance.within(500, 20_000);
        self.later(back, Event::Regain(index));
    }

    fn regain(&mut self, index: usize) {
        if !std::mem::replace(&mut self.cast[index], true) {
            let names = vec![Self::name_of(index).to_owned()];
            let talkativeness = self.chance.within(0, 10) as f32 / 10.0;
            let mut member = CastMember::new(Self::id_of(index), names, talkativeness);
            if self.options.overrides {
                member.tuning = own_thresholds(&mut self.more);
            }
            self.hand_in(Input::CharacterJoined(member));
            if self.options.overrides {
                let clause = Duration::from_millis(self.more.within(0, 1500));
                self.hand_in(Input::CharacterTuned {
                    character: Self::id_of(index),
                    tuning: Overrides::of_voice(clause),
                });
            }
        }
    }

    fn come(&mut self, index: usize) {
        let human = &mut self.humans[index];
        if !std::mem::replace(&mut human.is_present, true) {
            let (person, names) = (human.id.clone(), vec![human.name.clone()]);
            self.hand_in(Input::PersonJoined { person, names });
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
        // What they were about to say is never said, and who has left is not asked what they said.
        human.said.clear();
        human.taken_until_ms = self.now_ms;
        human.asked_until_ms = self.now_ms;
        let person = human.id.clone();
        self.hand_in(Input::PersonLeft { person });
        let back = self.chance.within(500, 20_000);
        self.later(back, Event::Return(index));
    }

    /// A transcriber that streams tells the words of a voice so far.
    fn stream(&mut self, index: usize, session: u64) {
        let human = &mut self.humans[index];
        let is_heard = human.session == session && human.is_present && human.known_voice_ms.is_some();
        let text = human.words_until(self.now_ms);
        if is_heard && !text.is_empty() {
            let person = human.id.clone();
            self.hand_in(Input::PartialWords { person, text });
        }
    }

    fn voice(&mut self, index: usize, session: u64, input: Input) {
        let now_ms = self.now_ms;
        let human = &mut self.humans[index];
        if human.session != session || !human.is_present {
            return;
        }
        match input {
            Input::VoiceStarted { .. } => {
                human.known_voice_ms = Some(now_ms);
                human.voices += 1;
                if let Some(speech) = self.sounding() {
                    self.watch(index, speech);
                }
            }
            Input::VoicePaused { .. } => {
                if self.phase == Phase::Safety && self.chance.percent(self.options.lost_ends) {
                    // For all that the core knows they speak on.
                    return;
                }
                human.known_voice_ms = None;
                human.asked_until_ms = now_ms;
            }
            _ => {}
        }
        self.hand_in(input);
    }
}

/// Thresholds that a character may have for itself.
fn own_thresholds(chance: &mut Chance) -> Overrides {
    let mut own = Overrides::default();
    for (name, low, high) in [
        ("continuation", 100, 4000),
        ("continuation_when_named", 50, 1000),
        ("end_of_turn_max", 600, 5000),
        ("reopen_after", 3000, 20_000),
        ("answer_lead", 0, 2000),
    ] {
        let value = chance.within(low, high) as f64;
        if chance.percent(50) {
            // Each lies within its bounds.
            let _ = own.set(name, value);
        }
    }
    own
}

fn index_of(bits: u64, count: usize) -> usize {
    let count = u64::try_from(count.max(1)).unwrap_or(1);
    usize::try_from(bits % count).unwrap_or(0)
}
