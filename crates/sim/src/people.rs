//! People: what they say when, by habit.

use troupe_dialogue::PersonId;

use crate::options::Habit;
use crate::words::Words;
use troupe_seeded::Chance;

/// A stretch of voice and the silence after it.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    pub(crate) words: Vec<String>,
    pub(crate) voice_ms: u64,
    pub(crate) pause_ms: u64,
}

/// One person.
#[derive(Debug)]
pub(crate) struct Human {
    pub(crate) id: PersonId,
    pub(crate) name: String,
    pub(crate) habit: Habit,
    pub(crate) is_present: bool,
    /// Counts arrivals: what was scheduled for a former one is void.
    pub(crate) session: u64,
    /// Until when they are busy with what they say.
    pub(crate) busy_until_ms: u64,
    /// Words with the time at which each has been said.
    pub(crate) said: Vec<(u64, String)>,
    /// Words up to here are settled.
    pub(crate) taken_until_ms: u64,
    /// Sound up to here is what a transcription would be of: the last pause, or the last look into a voice.
    pub(crate) asked_until_ms: u64,
    /// Since when the core knows of their voice.
    pub(crate) known_voice_ms: Option<u64>,
    /// Counts voices that the core was told of.
    pub(crate) voices: u64,
}

impl Human {
    pub(crate) fn new(index: usize, habit: Habit) -> Self {
        const NAMES: [&str; 4] = ["Ann", "Ben", "Cem", "Dora"];
        let name = NAMES.get(index).copied().unwrap_or("Eve").to_owned();
        Self {
            id: name.to_lowercase().as_str().into(),
            name,
            habit,
            is_present: false,
            session: 0,
            busy_until_ms: 0,
            said: Vec::new(),
            taken_until_ms: 0,
            asked_until_ms: 0,
            known_voice_ms: None,
            voices: 0,
        }
    }

    /// What a transcriber makes of the turn up to `now_ms`.
    pub(crate) fn words_until(&self, now_ms: u64) -> String {
        let words = self
            .said
            .iter()
            .filter(|(end, _)| *end > self.taken_until_ms && *end <= now_ms);
        words.map(|(_, word)| word.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Time until they think of speaking again.
    pub(crate) fn next_thought_ms(&self, chance: &mut Chance) -> u64 {
        match self.habit {
            Habit::Silent => chance.within(10_000, 40_000),
            Habit::Backchannelling | Habit::Noisy | Habit::Echoing => chance.within(400, 3_000),
            Habit::Polite | Habit::Hesitant | Habit::Overlapping | Habit::Typing => chance.within(500, 6_000),
        }
    }

    /// What they say now, if anything. `room_speaks` tells whether anybody else is heard.
    pub(crate) fn says(
        &self,
        room_speaks: bool,
        chance: &mut Chance,
        words: &mut Words,
        names: &[String],
    ) -> Option<Vec<Segment>> {
        match self.habit {
            Habit::Backchannelling if room_speaks => Some(vec![backchannel(chance)]),
            Habit::Noisy if chance.percent(60) => Some(vec![noise(chance)]),
            // Speech that rises out of a noise, without a pause in between.
            Habit::Noisy if chance.percent(20) => {
                let mut segments = vec![noise(chance)];
                segments.extend(turn(chance, words, names, 600));
                Some(segments)
            }
            Habit::Overlapping => Some(turn(chance, words, names, 700)),
            Habit::Hesitant if !room_speaks => Some(turn(chance, words, names, 2500)),
            _ if room_speaks && !chance.percent(4) => None,
            Habit::Typing => None,
            _ => Some(turn(chance, words, names, 600)),
        }
    }
}

pub(crate) fn backchannel(chance: &mut Chance) -> Segment {
    let word = chance
        .pick(&["Mhm.", "Yeah.", "Okay.", "Uh-huh."])
        .unwrap_or("Mhm.");
    Segment {
        words: vec![word.to_owned()],
        voice_ms: chance.within(150, 450),
        pause_ms: 0,
    }
}

fn noise(chance: &mut Chance) -> Segment {
    if chance.percent(15) {
        let voice_ms = chance.within(2_000, 20_000);
        Segment {
            voice_ms,
            ..cough(chance)
        }
    } else {
        cough(chance)
    }
}

pub(crate) fn cough(chance: &mut Chance) -> Segment {
    Segment {
        words: Vec::new(),
        voice_ms: chance.within(80, 600),
        pause_ms: 0,
    }
}

/// The last words that were heard of a character, if there are enough, as a microphone far from it hears them.
pub(crate) fn echo(heard: &[String], chance: &mut Chance) -> Option<Segment> {
    let count = usize::try_from(chance.within(3, 6)).unwrap_or(3);
    let first = heard.len().checked_sub(count)?;
    let words = heard.get(first..)?.to_vec();
    Some(Segment {
        words,
        voice_ms: count as u64 * chance.within(150, 300),
        pause_ms: 0,
    })
}

/// A turn of up to three stretches.
pub(crate) fn turn(
    chance: &mut Chance,
    words: &mut Words,
    names: &[String],
    pause_ms_max: u64,
) -> Vec<Segment> {
    let count = chance.within(1, 3);
    let mut segments: Vec<Segment> = (0..count)
        .map(|_| {
            let count = chance.within(1, 7);
            Segment {
                words: words.several(count),
                voice_ms: count * chance.within(180, 400),
                pause_ms: chance.within(120, pause_ms_max),
            }
        })
        .collect();
    if chance.percent(40)
        && let (Some(first), Some(name)) = (segments.first_mut(), pick_name(chance, names))
    {
        first.words.insert(0, format!("{name},"));
        first.voice_ms += 300;
    }
    if let Some(last) = segments.last_mut() {
        last.pause_ms = 0;
        let mark = chance.pick(&["?", ".", ".", ""]).unwrap_or("");
        if let Some(word) = last.words.last_mut() {
            word.push_str(mark);
        }
    }
    segments
}

fn pick_name<'n>(chance: &mut Chance, names: &'n [String]) -> Option<&'n String> {
    let last = u64::try_from(names.len()).ok()?.checked_sub(1)?;
    names.get(usize::try_from(chance.within(0, last)).ok()?)
}
