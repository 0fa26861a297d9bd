//! Moves sound between a device and the room, and measures on the way.

use std::time::Instant;

use troupe_dialogue::AgentState;

use super::guard::Guard;
use super::turns::{Answer, Turns};
use crate::evaluation::caller::RATE_HZ;
use crate::evaluation::caller::ear::Ear;
use crate::link::console::{Ends, Shown};

/// Samples that are moved at once: 10 ms.
pub(super) const BLOCK: usize = RATE_HZ as usize / 100;
/// Longest talk that is kept, samples of one side: 30 minutes. What comes later is not kept.
const KEPT_MAX: usize = RATE_HZ as usize * 60 * 30;
/// Ticks between two looks at the meter.
const METER_TICKS: u32 = 10;
/// Characters of the meter, and what the leftmost stands for, dB of full scale.
const METER_WIDTH: usize = 20;
const METER_DB: f64 = -60.0;

/// Where sound comes from and goes to, mono at 48 kHz; nothing here may wait.
pub(super) trait Device: Send {
    /// Adds what the microphone took up since the last time.
    fn captured(&mut self, pcm: &mut Vec<i16>);
    /// Blocks of [`BLOCK`] samples that the loudspeaker wants now.
    fn wanted(&self) -> usize;
    /// Plays a block.
    fn play(&mut self, pcm: &[i16]);
    /// Time from `play` until what was played could come back by the microphone, s.
    fn delay_s(&self) -> f64 {
        0.0
    }
    /// Why there is no sound any more, if there is none.
    fn fault(&mut self, _now_s: f64) -> Option<String> {
        None
    }
    /// What was lost on the way, a sentence each.
    fn losses(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What a tick brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing to tell.
    On,
    /// An answer began so long after the person's last sound or line.
    Reply { first_audio_ms: u64 },
    /// The talk is over.
    Over,
    /// There is no sound any more, for this reason.
    Failed(String),
}

/// See the module.
pub(super) struct Pump {
    device: Box<dyn Device>,
    turns: Turns,
    guard: Guard,
    began: Instant,
    person: Ear,
    characters: Ear,
    /// When the person was last done, by sound or by line.
    asked_s: Option<f64>,
    has_told: bool,
    is_kept: bool,
    sides: (Vec<i16>, Vec<i16>),
    captured: Vec<i16>,
    level_db: f64,
    ticks: u32,
    state: String,
}

impl Pump {
    pub(super) fn new(device: Box<dyn Device>, turns: Turns, is_guarded: bool, is_kept: bool) -> Self {
        Self {
            device,
            turns,
            guard: Guard::new(is_guarded),
            began: Instant::now(),
            person: Ear::default(),
            characters: Ear::default(),
            asked_s: None,
            has_told: false,
            is_kept,
            sides: (Vec::new(), Vec::new()),
            captured: Vec::with_capacity(4 * BLOCK),
            level_db: METER_DB,
            ticks: 0,
            state: String::new(),
        }
    }

    fn now_s(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// Whether lines are read.
    pub(super) fn is_typed(&self) -> bool {
        self.turns.is_typed()
    }

    /// Whether the next line may be read.
    pub(super) fn takes_line(&self) -> bool {
        self.turns.takes_line()
    }

    /// A line was typed.
    pub(super) fn typed(&mut self) {
        let now = self.now_s();
        self.turns.typed_at(now);
        self.ask(now);
    }

    /// No line follows.
    pub(super) fn no_more_lines(&mut self) {
        self.turns.no_more_lines();
    }

    /// Shows what a character does.
    pub(super) fn show(&mut self, shown: Shown) {
        if let Shown::State { name, state } = shown {
            let does = match state {
                AgentState::Listening => "listens",
                AgentState::Thinking => "thinks",
                AgentState::Speaking => "speaks",
            };
            self.state = format!("{name} {does}");
        }
    }

    /// The person is done at this time; the next answer is to this.
    fn ask(&mut self, at_s: f64) {
        self.asked_s = Some(at_s);
        self.has_told = false;
        self.characters.reset();
    }

    /// Moves what is due.
    pub(super) fn step(&mut self, ends: &Ends) -> Step {
        self.ticks += 1;
        let now = self.now_s();
        if let Some(fault) = self.device.fault(now) {
            return Step::Failed(fault);
        }
        let mut pcm = std::mem::take(&mut self.captured);
        pcm.clear();
        self.device.captured(&mut pcm);
        let was_speaking = self.turns.speak(&mut pcm, now);
        self.hear_person(&mut pcm, now);
        if !pcm.is_empty() {
            // Full: the ear is behind, and what is new is lost to it.
            let _ = ends.microphone.try_send(pcm.clone());
        }
        self.captured = pcm;
        for _ in 0..self.device.wanted() {
            let mut block = [0; BLOCK];
            ends.speaker.pull(&mut block);
            self.characters.hear(&block, now);
            if block.iter().any(|sample| *sample != 0) {
                self.guard.sounds(now + self.device.delay_s());
            }
            keep(&mut self.sides.1, &block, self.is_kept);
            self.device.play(&block);
        }
        if !was_speaking && self.turns.step(now, self.answer(now)) {
            return Step::Over;
        }
        self.reply()
    }

    fn hear_person(&mut self, pcm: &mut [i16], now: f64) {
        let sum: f64 = pcm.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        let mean = sum / pcm.len().max(1) as f64;
        self.level_db = (10.0 * (mean.max(1e-9) / 32_768.0_f64.powi(2)).log10()).max(METER_DB);
        self.guard.pass(pcm, now);
        let before = self.person.last;
        self.person.hear(pcm, now);
        if let Some(last) = self.person.last.filter(|_| self.person.last != before) {
            self.ask(last);
        }
        keep(&mut self.sides.0, pcm, self.is_kept);
    }

    fn answer(&self, now: f64) -> Answer {
        Answer {
            over_for_s: self.characters.last.map(|last| now - last),
        }
    }

    fn reply(&mut self) -> Step {
        let (Some(asked), Some(onset), false) = (self.asked_s, self.characters.onset, self.has_told) else {
            return Step::On;
        };
        self.has_told = true;
        Step::Reply {
            first_audio_ms: ((onset - asked + self.device.delay_s()).max(0.0) * 1000.0) as u64,
        }
    }

    /// The level of the microphone and what the characters do, now and then.
    pub(super) fn meter(&self) -> Option<String> {
        if !self.ticks.is_multiple_of(METER_TICKS) {
            return None;
        }
        let share = (self.level_db - METER_DB) / -METER_DB;
        let full = (share * METER_WIDTH as f64).round() as usize;
        let shut = if self.guard.is_shut(self.now_s()) {
            " (microphone off while they speak)"
        } else {
            ""
        };
        Some(format!(
            "[{:<METER_WIDTH$}] {:>4.0} dB  {}{shut}",
            "#".repeat(full.min(METER_WIDTH)),
            self.level_db,
            self.state
        ))
    }

    /// What of the sound was lost, a sentence each.
    pub(super) fn losses(&self) -> Vec<String> {
        self.device.losses()
    }

    /// What was kept: the person, then the characters.
    pub(super) fn sides(&self) -> (&[i16], &[i16]) {
        (&self.sides.0, &self.sides.1)
    }
}

fn keep(side: &mut Vec<i16>, pcm: &[i16], is_kept: bool) {
    if is_kept {
        let room = KEPT_MAX.saturating_sub(side.len());
        side.extend(pcm.iter().take(room));
    }
}
