//! What a room is like, drawn from its seed.

use std::fmt;
use std::time::Duration;

use troupe_dialogue::{Mode, Tuning};

use crate::providers::Provider;
use troupe_seeded::Chance;

/// How a person behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Speaks in short turns when nobody else does.
    Polite,
    /// Pauses for long within a turn.
    Hesitant,
    /// Begins while others speak.
    Overlapping,
    /// Says "mhm" while a character speaks.
    Backchannelling,
    /// Coughs, and has noise around.
    Noisy,
    /// Their microphone hears the characters.
    Echoing,
    /// Hardly says anything.
    Silent,
    /// Types, now and then a lot.
    Typing,
}

impl Habit {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Polite,
        Self::Hesitant,
        Self::Overlapping,
        Self::Backchannelling,
        Self::Noisy,
        Self::Echoing,
        Self::Silent,
        Self::Typing,
    ];
}

/// What a room is like.
#[derive(Debug, Clone)]
pub struct Options {
    /// The seed that all follows from.
    pub seed: u64,
    /// How the room plays.
    pub mode: Mode,
    /// The room's thresholds.
    pub tuning: Tuning,
    /// People and their habits; a scene may play without any.
    pub people: Vec<Habit>,
    /// Number of characters.
    pub characters: usize,
    /// Speech to text.
    pub stt: Provider,
    /// Language model.
    pub llm: Provider,
    /// Text to speech.
    pub tts: Provider,
    /// Pauses that the audio model judges, percent; the others it is too late for.
    pub judged: u64,
    /// Whether text to speech tells word times.
    pub word_times: bool,
    /// Time until an order to a player has its effect, ms.
    pub order_ms: u64,
    /// Time until a player's report is known, ms.
    pub report_ms: u64,
    /// Connections of people and characters that drop, per minute and hundred.
    pub drops: u64,
    /// Ends of voices that get lost on the way, percent.
    pub lost_ends: u64,
    /// Length of the safety phase, s.
    pub safety_s: u64,
    /// Times that the floor is offered in it.
    pub offers: u64,
    /// Words of a voice that is still on are told so often, ms; 0 where the transcriber does not stream.
    pub streams_every_ms: u64,
    /// Whether characters have thresholds of their own.
    pub overrides: bool,
}

impl Options {
    /// Draws the options of a seed.
    pub fn draw(seed: u64) -> Self {
        let mut chance = Chance::from_seed(seed);
        // Drawn apart, so that a seed stands for the same room as before there were such things.
        let mut more = Chance::from_seed(seed.wrapping_mul(3).wrapping_add(2));
        let mode = if chance.percent(30) {
            Mode::Scripted
        } else {
            Mode::Freeform
        };
        let people_min = u64::from(mode == Mode::Freeform);
        let count = chance.within(people_min, 4);
        let is_networked = chance.percent(40);
        Self {
            seed,
            mode,
            tuning: tuning(mode, &mut chance),
            people: (0..count).filter_map(|_| chance.pick(&Habit::ALL)).collect(),
            characters: usize::try_from(chance.within(1, 3)).unwrap_or(1),
            stt: Provider::draw(&mut chance, 300),
            llm: Provider::draw(&mut chance, 900),
            tts: Provider::draw(&mut chance, 400),
            judged: chance.within(0, 100),
            word_times: chance.percent(50),
            order_ms: chance.within(0, 60),
            report_ms: chance.within(0, 40),
            drops: if is_networked { chance.within(1, 60) } else { 0 },
            lost_ends: if is_networked { chance.within(0, 8) } else { 0 },
            safety_s: chance.within(30, 120),
            offers: if more.percent(40) { more.within(1, 6) } else { 0 },
            streams_every_ms: if more.percent(35) {
                more.within(200, 900)
            } else {
                0
            },
            overrides: more.percent(30),
        }
    }
}

/// The usual thresholds, or others that a room may have.
fn tuning(mode: Mode, chance: &mut Chance) -> Tuning {
    let mut tuning = Tuning::default();
    if mode == Mode::Scripted {
        // Of a length that a run can hold.
        tuning.scene_run_max = u32::try_from(chance.within(4, 14)).unwrap_or(4);
    }
    if chance.percent(50) {
        return tuning;
    }
    let mut ms = |low, high| Duration::from_millis(chance.within(low, high));
    tuning.end_of_turn_min = ms(0, 600);
    tuning.end_of_turn_max = ms(600, 5000);
    tuning.doubt = ms(20, 1000);
    tuning.plan_doubt = ms(0, 800);
    tuning.take_later = ms(0, 1500);
    tuning.merge_window = ms(0, 4000);
    tuning.overlap_pause = ms(0, 300);
    tuning.overlap_pause_step = ms(0, 150);
    tuning.false_interruption = ms(500, 4000);
    tuning.answer_lead = ms(0, 2000);
    tuning.continuation = ms(100, 4000);
    tuning.continuation_when_named = ms(50, 1000);
    tuning.reopen_after = ms(3000, 20_000);
    tuning.side_talk = ms(0, 10_000);
    let mut count =
        |low, high| u32::try_from(chance.within(low, high)).unwrap_or(low.try_into().unwrap_or(0));
    tuning.plans_max = count(0, 6);
    tuning.takes_eager_max = count(1, 12);
    tuning.character_run_max = count(0, 8);
    tuning.first_clause = Duration::from_millis(chance.within(0, 600));
    tuning.running_dry = tuning.first_clause;
    tuning.first_sound = tuning.first_clause;
    tuning
}

impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "seed {}: {:?}, {} characters, people {:?}",
            self.seed, self.mode, self.characters, self.people
        )?;
        for (name, provider) in [("stt", self.stt), ("llm", self.llm), ("tts", self.tts)] {
            writeln!(f, "  {name}: {provider}")?;
        }
        writeln!(
            f,
            "  judged {} %, word times {}, orders {} ms, reports {} ms, drops {}, lost ends {} %, {} s of faults, \
             {} offers, words streamed every {} ms, overrides {}",
            self.judged,
            self.word_times,
            self.order_ms,
            self.report_ms,
            self.drops,
            self.lost_ends,
            self.safety_s,
            self.offers,
            self.streams_every_ms,
            self.overrides
        )?;
        write!(f, "  thresholds:")?;
        let usual = Tuning::default();
        for threshold in Tuning::TABLE {
            if let Some(value) = self.tuning.get(threshold.name)
                && usual.get(threshold.name) != Some(value)
            {
                write!(f, " {} {value}", threshold.name)?;
            }
        }
        Ok(())
    }
}
