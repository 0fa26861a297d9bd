//! What must and must not happen.

use std::collections::BTreeMap;
use std::fmt;

use troupe_dialogue::{Conversation, Fate, Input, Line, Output, Overlap, PersonId, Speaker, SpeechId};

use crate::player::Playing;
use crate::words::{is_unique, words_of};

/// Outputs that one input may bring.
const OUTPUTS_MAX: usize = 200;
/// Voice over a speech after which it must be silent, ms: the pause of a person who often says "mhm", and slack.
pub(crate) const CUT_MS_MAX: u64 = 900;
/// Voice that is known for longer may have been found to be noise, ms.
const NOISE_MS_MIN: u64 = 2_400;

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
        write!(
            f,
            "at {}.{:03} s: {}",
            self.at_ms / 1000,
            self.at_ms % 1000,
            self.what
        )
    }
}

/// Looks at everything that goes in and comes out.
#[derive(Debug, Default)]
pub(crate) struct Checker {
    now_ms: u64,
    /// Whose sound is heard.
    audible: Option<SpeechId>,
    /// A cut that was ordered, when, and not confirmed.
    unconfirmed: Option<(SpeechId, u64)>,
    /// The latest words that the core was told of a person's turn.
    told: BTreeMap<PersonId, String>,
    /// Words posted, and who said them.
    posted: BTreeMap<String, Speaker>,
    /// The latest entry of each person, and how many there were.
    last_entry: BTreeMap<PersonId, (String, u64)>,
    /// What each speech answers, and each person's number of entries when it was begun.
    pending: BTreeMap<SpeechId, Vec<(Line, u64)>>,
    pub(crate) answered: BTreeMap<PersonId, u64>,
    closed: u64,
    /// Whether a character may be asking, so that a sign of listening may be an answer.
    pub(crate) may_answer: bool,
    violation: Option<Violation>,
}

impl Checker {
    pub(crate) fn at(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
    }

    pub(crate) fn fail(&mut self, what: impl Into<String>) {
        let (at_ms, what) = (self.now_ms, what.into());
        self.violation.get_or_insert(Violation { at_ms, what });
    }

    pub(crate) fn violation(&self) -> Option<Violation> {
        self.violation.clone()
    }

    pub(crate) fn input(&mut self, input: &Input, whose: Option<&PersonId>) {
        match input {
            Input::Transcribed { text, .. } if !text.trim().is_empty() => {
                if let Some(person) = whose {
                    self.told.insert(person.clone(), text.clone());
                }
            }
            Input::PlayoutStopped { speech, .. } | Input::PlayoutFinished { speech }
                if self.unconfirmed.is_some_and(|(stopped, _)| stopped == *speech) =>
            {
                self.unconfirmed = None;
            }
            _ => {}
        }
    }

    /// After an input: its outputs are counted, the core's queues are within their caps, and time goes on.
    pub(crate) fn drained(&mut self, conversation: &Conversation, outputs: usize) {
        if outputs > OUTPUTS_MAX {
            self.fail(format!("one input brought {outputs} outputs"));
        }
        if conversation.turns_waiting() > Conversation::WAITING_MAX {
            self.fail("more turns wait than may");
        }
        if let Some((at, wake)) = conversation.poll_timeout()
            && at.since_start().as_millis() <= u128::from(self.now_ms)
        {
            // Timers finer than a millisecond ring with the next one.
            let now = std::time::Duration::from_millis(self.now_ms);
            if at.since_start() <= now {
                self.fail(format!("the timer {wake:?} rings without end"));
            }
        }
        if self.closed > turns_over(conversation) {
            self.fail("more turns were closed than ended");
        }
    }

    pub(crate) fn output(&mut self, output: &Output, voices: &[(PersonId, u64)]) {
        match output {
            Output::Generate { speech, pending, .. } => {
                let lines = pending.iter().map(|line| {
                    let entries = match &line.speaker {
                        Speaker::Person(person) => self.entries_of(person),
                        Speaker::Character(_) => 0,
                    };
                    (line.clone(), entries)
                });
                let lines = lines.collect();
                self.pending.insert(*speech, lines);
            }
            Output::Play { speech } | Output::Resume { speech } => {
                if let Some((person, _)) = voices
                    .iter()
                    .find(|(_, since)| self.now_ms.saturating_sub(*since) < NOISE_MS_MIN)
                {
                    self.fail(format!("{speech:?} is let loose while {person} speaks"));
                }
                if let Some((stopped, since)) = self.unconfirmed.filter(|(stopped, _)| stopped != speech)
                    && self.now_ms < since + 1000
                {
                    self.fail(format!(
                        "{speech:?} is let loose before {stopped:?} is known to be silent"
                    ));
                }
            }
            Output::Stop { speech } => self.unconfirmed = Some((*speech, self.now_ms)),
            Output::OverlapResolved { person, overlap } => {
                let told = self.told.get(person).map(String::as_str).unwrap_or_default();
                let is_sign = !told.is_empty() && words_of(told).all(|word| SIGNS.contains(&word));
                if *overlap == Overlap::Interruption && is_sign && !self.may_answer {
                    self.fail(format!("{person} said {told:?} and took the floor"));
                }
            }
            Output::TurnTaken { person } => {
                self.told.remove(person);
            }
            Output::TurnClosed { person, fate } => self.closed(person, *fate),
            Output::Entry(line) => self.entry(line),
            _ => {}
        }
    }

    fn closed(&mut self, person: &PersonId, fate: Fate) {
        self.closed += 1;
        let Fate::Answered(speech) = fate else { return };
        *self.answered.entry(person.clone()).or_default() += 1;
        let pending = self.pending.get(&speech).cloned().unwrap_or_default();
        let of_person = pending
            .iter()
            .find(|(line, _)| line.speaker == Speaker::Person(person.clone()));
        // A turn that was continued meanwhile has not been posted; it will be answered anew.
        if let (Some((line, entries)), Some((entry, number))) = (of_person, self.last_entry.get(person))
            && number > entries
            && line.text != *entry
        {
            self.fail(format!(
                "{speech:?} answers other words of {person} than were posted"
            ));
        }
    }

    fn entries_of(&self, person: &PersonId) -> u64 {
        self.last_entry.get(person).map_or(0, |(_, number)| *number)
    }

    fn entry(&mut self, line: &Line) {
        if line.text.trim().is_empty() {
            self.fail("an empty line is posted");
        }
        if let Speaker::Person(person) = &line.speaker {
            let number = self.entries_of(person) + 1;
            self.last_entry
                .insert(person.clone(), (line.text.clone(), number));
        }
        for word in words_of(&line.text).filter(|word| is_unique(word)) {
            if self
                .posted
                .insert(word.to_owned(), line.speaker.clone())
                .is_some()
            {
                let at_ms = self.now_ms;
                let what = format!("{word} is posted twice");
                self.violation.get_or_insert(Violation { at_ms, what });
            }
        }
    }

    /// A cut or finished speech: what is posted of it must be what was heard of it.
    pub(crate) fn heard(
        &mut self,
        playing: &Playing,
        heard: std::time::Duration,
        entry: Option<&str>,
        is_exact: bool,
    ) {
        let words = playing.words_heard(heard);
        let posted: Vec<&str> = entry.unwrap_or_default().split_whitespace().collect();
        let slack = if is_exact { 0 } else { 3 };
        if posted.len().abs_diff(words.len()) > slack
            || posted.iter().zip(&words).any(|(a, b)| *a != b.as_str())
        {
            self.fail(format!(
                "of {:?} was heard {words:?} and posted {posted:?}",
                playing.speech
            ));
        }
    }

    /// Sound of a speech begins.
    pub(crate) fn sounds(&mut self, speech: SpeechId) {
        if let Some(other) = self.audible.filter(|other| *other != speech) {
            self.fail(format!("{other:?} and {speech:?} sound at once"));
        }
        self.audible = Some(speech);
    }

    /// Sound of a speech ends.
    pub(crate) fn is_silent(&mut self, speech: SpeechId) {
        self.audible.take_if(|audible| *audible == speech);
    }

    pub(crate) fn was_posted(&self, word: &str) -> bool {
        self.posted.contains_key(word)
    }

    pub(crate) fn turns_closed(&self) -> u64 {
        self.closed
    }
}

/// Turns that ended for good: one that was continued ends again.
pub(crate) fn turns_over(conversation: &Conversation) -> u64 {
    let counters = conversation.counters();
    counters.turns - counters.turns_continued
}

/// Signs of listening that people use here.
const SIGNS: [&str; 4] = ["Mhm", "Yeah", "Okay", "Uh-huh"];
