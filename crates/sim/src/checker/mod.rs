//! What must and must not happen, whatever fails.
//!
//! Each part looks at one promise. It is told what the core was told and what it answered, and what the world
//! made of it; it never asks the core what it thinks, except for its counters.

mod floor;
mod overlaps;
mod run;
mod transcript;
mod turns;

use std::collections::BTreeMap;
use std::fmt;

use troupe_dialogue::{CharacterId, Conversation, Input, Output, PersonId, SpeechId};

use crate::options::Options;
use crate::player::Heard;
use floor::Floor;
pub(crate) use floor::NOISE_MS_MIN;
use overlaps::Overlaps;
use run::Run;
use transcript::Transcript;
use turns::Turns;

/// Outputs that one input may bring.
const OUTPUTS_MAX: usize = 200;
/// Chunks of one speech that may be asked for.
const CHUNKS_MAX: usize = 64;

/// Something that should not have happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// When, ms of virtual time.
    pub at_ms: u64,
    /// What.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (s, ms) = (self.at_ms / 1000, self.at_ms % 1000);
        write!(f, "at {s}.{ms:03} s: {}", self.what)
    }
}

/// What one look found.
type Verdict = Result<(), String>;

/// Who is there, as the core was told, and since when, ms.
#[derive(Debug, Default)]
struct Present {
    people: BTreeMap<PersonId, u64>,
    characters: BTreeMap<CharacterId, u64>,
    /// What everyone is called who ever was there.
    names_of_people: BTreeMap<PersonId, Vec<String>>,
    names_of_characters: BTreeMap<CharacterId, Vec<String>>,
}

/// What the world knows at an output.
pub(crate) struct Scene<'s> {
    /// Voices that the core knows of, and since when, ms.
    pub(crate) voices: &'s [(PersonId, u64)],
    /// Whether the speech that is heard asks something as far as it is written.
    pub(crate) asks: bool,
}

/// Looks at everything that goes in and comes out.
#[derive(Debug)]
pub(crate) struct Checker {
    now_ms: u64,
    present: Present,
    floor: Floor,
    overlaps: Overlaps,
    turns: Turns,
    transcript: Transcript,
    run: Run,
    /// Chunks asked for of the latest speech.
    chunks: (Option<SpeechId>, usize),
    violation: Option<Violation>,
}

impl Checker {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            now_ms: 0,
            present: Present::default(),
            floor: Floor::new(options),
            overlaps: Overlaps::default(),
            turns: Turns::new(options),
            transcript: Transcript::default(),
            run: Run::new(options),
            chunks: (None, 0),
            violation: None,
        }
    }

    /// Time has come to here.
    pub(crate) fn at(&mut self, now_ms: u64, voices: &[(PersonId, u64)]) {
        self.now_ms = now_ms;
        let verdict = self.floor.time(now_ms, voices);
        self.note(verdict);
    }

    pub(crate) fn fail(&mut self, what: impl Into<String>) {
        let (at_ms, what) = (self.now_ms, what.into());
        self.violation.get_or_insert(Violation { at_ms, what });
    }

    fn note(&mut self, verdict: Verdict) {
        if let Err(what) = verdict {
            self.fail(what);
        }
    }

    pub(crate) fn verdict(&self) -> Result<(), Violation> {
        self.violation.clone().map_or(Ok(()), Err)
    }

    /// Before an input is handed in.
    pub(crate) fn input(&mut self, input: &Input) {
        let now_ms = self.now_ms;
        self.present.input(input, now_ms);
        self.floor.input(input, now_ms);
        self.run.input(input);
        let told = self.transcript.input(input);
        self.overlaps.input(input, told);
    }

    /// After an input: its outputs are counted, the core's queues are within their caps, and time goes on.
    pub(crate) fn drained(&mut self, conversation: &Conversation, outputs: usize) {
        if outputs > OUTPUTS_MAX {
            self.fail(format!("one input brought {outputs} outputs"));
        }
        if conversation.turns_waiting() > Conversation::WAITING_MAX {
            self.fail("more turns wait than may");
        }
        let now = std::time::Duration::from_millis(self.now_ms);
        if let Some((at, wake)) = conversation.poll_timeout()
            && at.since_start() <= now
        {
            self.fail(format!("the timer {wake:?} rings without end"));
        }
        self.overlaps.drained(conversation.counters().overdue);
    }

    pub(crate) fn output(&mut self, output: &Output, scene: &Scene<'_>) {
        let now_ms = self.now_ms;
        let asks = scene.asks || self.run.asks();
        let verdicts = [
            self.floor.output(output, now_ms, scene.voices),
            self.overlaps
                .output(output, asks, &self.present, &mut self.transcript),
            self.turns.output(output, now_ms, &self.present),
            self.run.output(output),
            self.transcript.output(output),
            self.chunk(output),
        ];
        verdicts.into_iter().for_each(|verdict| self.note(verdict));
    }

    /// After all outputs of an input.
    pub(crate) fn acted(&mut self, conversation: &Conversation) {
        self.run.counted(conversation.counters().turns);
    }

    fn chunk(&mut self, output: &Output) -> Verdict {
        let Output::Synthesize { speech, chunk, .. } = output else {
            return Ok(());
        };
        let expected = if self.chunks.0 == Some(*speech) {
            self.chunks.1
        } else {
            0
        };
        if *chunk != expected {
            return Err(format!("chunk {chunk} of {speech:?} follows {expected} others"));
        }
        self.chunks = (Some(*speech), expected + 1);
        if expected >= CHUNKS_MAX {
            return Err(format!("{speech:?} has too many chunks"));
        }
        Ok(())
    }

    /// Sound of a speech begins.
    pub(crate) fn sounds(&mut self, speech: SpeechId) {
        let verdict = self.floor.sounds(speech);
        self.note(verdict);
    }

    /// Sound of a speech ends.
    pub(crate) fn is_silent(&mut self, speech: SpeechId) {
        self.floor.is_silent(speech);
    }

    /// A cut or finished speech: what is posted of it must be what was heard of it.
    pub(crate) fn was_heard(&mut self, speech: SpeechId, heard: &Heard, entry: Option<&str>) {
        let verdict = self.transcript.was_heard(speech, heard, entry);
        self.note(verdict);
    }

    /// A speech was thrown away: nothing of it may have been heard.
    pub(crate) fn was_discarded(&mut self, speech: SpeechId, heard: &Heard) {
        if !heard.words.is_empty() {
            self.fail(format!(
                "{:?} of {speech:?} was heard and is thrown away",
                heard.words
            ));
        }
    }

    /// After a long quiet: every turn is closed, and every word that the core knew is posted.
    pub(crate) fn rest(&mut self, conversation: &Conversation) {
        let verdict = self.turns.rest(conversation);
        self.note(verdict);
        let verdict = self.transcript.rest();
        self.note(verdict);
    }

    /// Words said by a person are posted, or there is a reason; for rooms whose transcriber does not fail.
    pub(crate) fn was_said(&mut self, person: &PersonId, word: &str) {
        if !self.transcript.is_settled(word) {
            self.fail(format!("{person} said {word}, and it is nowhere"));
        }
    }

    pub(crate) fn was_posted(&self, word: &str) -> bool {
        self.transcript.was_posted(word)
    }

    /// Turns of a person that were answered.
    pub(crate) fn answered(&self, person: &PersonId) -> u64 {
        self.turns.answered(person)
    }

    /// Lines of characters since a person's turn, and when the last one was begun or over, ms.
    pub(crate) fn lines(&self) -> (u32, u64) {
        (self.run.lines(), self.floor.last_ms())
    }
}

impl Present {
    fn input(&mut self, input: &Input, now_ms: u64) {
        match input {
            Input::PersonJoined { person, names } => {
                self.people.insert(person.clone(), now_ms);
                self.names_of_people.insert(person.clone(), names.clone());
            }
            Input::PersonLeft { person } => {
                self.people.remove(person);
            }
            Input::CharacterJoined(member) => {
                self.characters.insert(member.id.clone(), now_ms);
                self.names_of_characters
                    .insert(member.id.clone(), member.names.clone());
            }
            Input::CharacterLeft(character) => {
                self.characters.remove(character);
            }
            _ => {}
        }
    }
}
