//! What a room is like, drawn from its seed.

use std::fmt;

use troupe_dialogue::Mode;

use crate::chance::Chance;

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
    /// Hardly says anything.
    Silent,
    /// Types, now and then a lot.
    Typing,
}

/// How a provider behaves; shares are percent of requests.
#[derive(Debug, Clone, Copy)]
pub struct Provider {
    /// Shortest time to an answer, ms.
    pub latency_ms_min: u64,
    /// Longest time to an answer, ms.
    pub latency_ms_max: u64,
    /// Requests that fail.
    pub fails: u64,
    /// Requests that are never answered.
    pub hangs: u64,
    /// Answers that are wrong: no words, words for noise, sound without end.
    pub lies: u64,
}

/// What a room is like.
#[derive(Debug, Clone)]
pub struct Options {
    /// The seed that all follows from.
    pub seed: u64,
    /// How the room plays.
    pub mode: Mode,
    /// People and their habits.
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
    /// Time until an order to a player has its effect, longest, ms.
    pub player_ms_max: u64,
    /// Connections of people and characters that drop, per minute and hundred.
    pub drops: u64,
    /// Length of the safety phase, s.
    pub safety_s: u64,
}

impl Options {
    /// Draws the options of a seed.
    pub fn draw(seed: u64) -> Self {
        let mut chance = Chance::from_seed(seed);
        let habits = [
            Habit::Polite,
            Habit::Hesitant,
            Habit::Overlapping,
            Habit::Backchannelling,
            Habit::Noisy,
            Habit::Silent,
            Habit::Typing,
        ];
        let count = chance.within(1, 4);
        let people = (0..count).filter_map(|_| chance.pick(&habits)).collect();
        let mode = if chance.percent(25) {
            Mode::Scripted
        } else {
            Mode::Freeform
        };
        Self {
            seed,
            mode,
            people,
            characters: usize::try_from(chance.within(1, 3)).unwrap_or(1),
            stt: provider(&mut chance, 300),
            llm: provider(&mut chance, 900),
            tts: provider(&mut chance, 400),
            judged: chance.within(0, 100),
            word_times: chance.percent(50),
            player_ms_max: chance.within(0, 60),
            drops: if chance.percent(40) {
                chance.within(1, 60)
            } else {
                0
            },
            safety_s: chance.within(30, 120),
        }
    }
}

fn provider(chance: &mut Chance, latency_ms: u64) -> Provider {
    let is_fast = chance.percent(25);
    let latency_ms_min = if is_fast { 0 } else { chance.within(10, latency_ms) };
    let is_slow = chance.percent(10);
    let spread = if is_fast {
        5
    } else {
        latency_ms * if is_slow { 20 } else { 2 }
    };
    let is_bad = chance.percent(40);
    let mut share = |max| if is_bad { chance.within(0, max) } else { 0 };
    Provider {
        latency_ms_min,
        latency_ms_max: latency_ms_min + spread,
        fails: share(25),
        hangs: share(8),
        lies: share(10),
    }
}

impl Provider {
    /// The same without any fault.
    pub(crate) fn healed(self) -> Self {
        Self {
            latency_ms_max: self.latency_ms_max.min(self.latency_ms_min + 500),
            fails: 0,
            hangs: 0,
            lies: 0,
            ..self
        }
    }
}

impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "seed {}: {:?}, {} characters, people {:?}",
            self.seed, self.mode, self.characters, self.people
        )?;
        for (name, provider) in [("stt", self.stt), ("llm", self.llm), ("tts", self.tts)] {
            writeln!(
                f,
                "  {name}: {}-{} ms, fails {} %, hangs {} %, lies {} %",
                provider.latency_ms_min,
                provider.latency_ms_max,
                provider.fails,
                provider.hangs,
                provider.lies
            )?;
        }
        write!(
            f,
            "  judged {} %, word times {}, player within {} ms, drops {}, {} s of faults",
            self.judged, self.word_times, self.player_ms_max, self.drops, self.safety_s
        )
    }
}
