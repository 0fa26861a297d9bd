//! The liveness phase: nothing fails any more, so everything that was promised must happen, in bounded time.

use troupe_dialogue::{Mode, SpeechId};

use super::Driver;
use crate::checker::Violation;
use crate::people::{Segment, backchannel, cough, turn};
use crate::words::unique_of;

/// Silence between the phases in which everything must come to rest, ms: longer than all deadlines together.
const QUIET_MS: u64 = 160_000;
/// Time in which a turn must be answered, ms.
const ANSWER_MS: u64 = 25_000;
/// Time in which a line of a scene must follow the one before, with the making of both, ms.
const LINE_MS: u64 = 45_000;
/// Longest a released speech may make no progress, with all deadlines, ms.
const SPEECH_MS_MAX: u64 = 60_000;
/// Steps in which something is waited for, ms.
const STEP_MS: u64 = 200;

impl Driver {
    /// Everyone falls silent. In the end nothing may be open.
    pub(super) fn come_to_rest(&mut self) -> Result<(), Violation> {
        self.until(self.now_ms + QUIET_MS)?;
        self.checker.rest(&self.conversation);
        let now_ms = self.now_ms;
        for playing in self.playing.values() {
            if playing.has_started && playing.is_held {
                self.checker.fail("a paused speech never goes on");
            }
            let goes_on = playing.is_sounding() || playing.touched_ms + SPEECH_MS_MAX > now_ms;
            if playing.is_released && !goes_on {
                self.checker.fail("a speech never comes to its end");
            }
        }
        if self.is_transcribed {
            for human in &self.humans {
                for word in human.said.iter().flat_map(|(_, word)| unique_of(word)) {
                    self.checker.was_said(&human.id, word);
                }
            }
        }
        let (lines, last_ms) = self.checker.lines();
        let is_over = lines + 1 >= self.scene_length();
        if self.is_scene() && !is_over && last_ms + LINE_MS < now_ms && self.playing.is_empty() {
            self.checker
                .fail(format!("the scene has fallen silent after {lines} lines"));
        }
        self.checker.verdict()
    }

    fn is_scene(&self) -> bool {
        self.options.mode == Mode::Scripted && self.cast.len() > 1
    }

    fn scene_length(&self) -> u32 {
        self.options.tuning.scene_run_max
    }

    /// Everyone asks, every character is asked, and somebody nods, coughs or cuts in; a scene plays to its end.
    pub(super) fn talk_goes_on(&mut self) -> Result<(), Violation> {
        if !self.humans.is_empty() {
            for round in 0..self.humans.len().max(self.cast.len()) {
                let (human, character) = (round % self.humans.len(), round % self.cast.len());
                self.asks_for(human, character)?;
                match self.chance.within(0, 3) {
                    0 => self.cuts_in(human)?,
                    1 => self.makes_a_sound(human, true)?,
                    2 => self.makes_a_sound(human, false)?,
                    _ => {}
                }
            }
        }
        self.scene_to_its_end()
    }

    /// A person asks a character by name.
    fn asks_for(&mut self, human: usize, character: usize) -> Result<(), Violation> {
        let mut segments = turn(&mut self.chance, &mut self.words, &[], 400);
        if let Some(first) = segments.first_mut() {
            first.words.insert(0, format!("{},", Self::name_of(character)));
            first.voice_ms += 300;
        }
        self.says_and_is_answered(human, segments)
    }

    /// A person speaks over whoever is heard.
    fn cuts_in(&mut self, human: usize) -> Result<(), Violation> {
        if self.sounding().is_none() {
            return Ok(());
        }
        let count = self.chance.within(3, 6);
        let segment = Segment {
            words: self.words.several(count),
            voice_ms: count * 300,
            pause_ms: 0,
        };
        self.says_and_is_answered(human, vec![segment])
    }

    fn says_and_is_answered(&mut self, human: usize, segments: Vec<Segment>) -> Result<(), Violation> {
        let words = segments.iter().flat_map(|segment| &segment.words);
        let said: Vec<String> = words
            .flat_map(|word| unique_of(word))
            .map(str::to_owned)
            .collect();
        let person = self.humans[human].id.clone();
        let before = self.checker.answered(&person);
        let ends = self.speak(human, segments);
        let unposted = |driver: &Self| {
            let mut words = said.iter();
            words.find(|word| !driver.checker.was_posted(word)).cloned()
        };
        let deadline = ends + ANSWER_MS;
        // Who pauses for long may be answered too early; what they said then is answered as well.
        while self.now_ms < deadline && (self.checker.answered(&person) == before || unposted(self).is_some())
        {
            self.until((self.now_ms + STEP_MS).min(deadline))?;
        }
        if self.checker.answered(&person) == before {
            self.checker.fail(format!("{person} asked and was not answered"));
        }
        if let Some(word) = unposted(self) {
            self.checker.fail(format!("{word} of {person} was never posted"));
        }
        self.checker.verdict()
    }

    /// A person nods or coughs over whoever is heard, who says their line to its end.
    fn makes_a_sound(&mut self, human: usize, is_sign: bool) -> Result<(), Violation> {
        let Some(speech) = self.sounding() else {
            return Ok(());
        };
        let segment = if is_sign {
            backchannel(&mut self.chance)
        } else {
            cough(&mut self.chance)
        };
        let person = self.humans[human].id.clone();
        self.speak(human, vec![segment]);
        let deadline = self.now_ms + SPEECH_MS_MAX;
        let is_there = |driver: &Self, speech: SpeechId| {
            driver.playing.contains_key(&speech) || driver.over.contains_key(&speech)
        };
        let mut may_answer = false;
        while self.now_ms < deadline && is_there(self, speech) {
            may_answer |= self.asks();
            self.until(self.now_ms + STEP_MS)?;
        }
        self.until(self.humans[human].busy_until_ms.max(self.now_ms))?;
        if self.finished != Some(speech) && !(is_sign && may_answer) {
            self.checker.fail(format!(
                "{person} made a sound, and {speech:?} was not said to its end"
            ));
        }
        self.checker.verdict()
    }

    /// A scene plays on by itself, after whatever cut in, until it is as long as it may be.
    fn scene_to_its_end(&mut self) -> Result<(), Violation> {
        if !self.is_scene() {
            return Ok(());
        }
        let deadline = self.now_ms + LINE_MS * u64::from(self.scene_length());
        // What was cut while a person's turn ended counts for the one line or the other.
        while self.now_ms < deadline && self.checker.lines().0 + 1 < self.scene_length() {
            self.until(self.now_ms + STEP_MS)?;
        }
        let (lines, _) = self.checker.lines();
        if lines + 1 < self.scene_length() {
            self.checker
                .fail(format!("the scene stops after {lines} lines, before its end"));
        }
        self.checker.verdict()
    }
}
