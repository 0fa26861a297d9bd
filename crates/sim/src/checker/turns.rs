//! Each ended turn gets its answer, from whom was addressed and to what was said, or a reason that is true.

use std::collections::{BTreeMap, BTreeSet};

use troupe_dialogue::{CharacterId, Conversation, Fate, Line, Output, PersonId, Speaker, SpeechId, named_in};

use super::{Present, Verdict};
use crate::options::Options;
use crate::words::words_of;

/// Whoever has been there for so long when a line is posted was there for the whole turn, ms.
const THERE_MS_MIN: u64 = 40_000;

/// What a speech was asked for.
#[derive(Debug)]
struct Asked {
    character: CharacterId,
    /// What it answers, and how many entries the person had by then.
    pending: Vec<(Line, u64)>,
    is_apology: bool,
}

/// Turns, and what became of them.
#[derive(Debug)]
pub(super) struct Turns {
    side_talk_ms: u64,
    asked: BTreeMap<SpeechId, Asked>,
    /// Number of lines of each person.
    entries: BTreeMap<PersonId, u64>,
    /// Lines of each person whose turns are not closed, and when each was posted, ms.
    open: BTreeMap<PersonId, Vec<(String, u64)>>,
    /// People of whom one of several lines was closed: which one is not known until all are.
    unsure: BTreeSet<PersonId>,
    /// Turns of each person that were closed, but for those that were not understood.
    closed: BTreeMap<PersonId, u64>,
    answered: BTreeMap<PersonId, u64>,
    /// All turns that were closed.
    total: u64,
    /// When people last spoke with each other, ms.
    between_people_ms: Option<u64>,
}

impl Turns {
    pub(super) fn new(options: &Options) -> Self {
        let side_talk = options.tuning.side_talk.as_millis();
        Self {
            side_talk_ms: u64::try_from(side_talk).unwrap_or(u64::MAX),
            asked: BTreeMap::new(),
            entries: BTreeMap::new(),
            open: BTreeMap::new(),
            unsure: BTreeSet::new(),
            closed: BTreeMap::new(),
            answered: BTreeMap::new(),
            total: 0,
            between_people_ms: None,
        }
    }

    pub(super) fn answered(&self, person: &PersonId) -> u64 {
        self.answered.get(person).copied().unwrap_or(0)
    }

    fn entries_of(&self, person: &PersonId) -> u64 {
        self.entries.get(person).copied().unwrap_or(0)
    }

    pub(super) fn output(&mut self, output: &Output, now_ms: u64, present: &Present) -> Verdict {
        match output {
            Output::Generate {
                speech,
                character,
                pending,
                ..
            } => {
                let pending = pending.iter().map(|line| {
                    let entries = match &line.speaker {
                        Speaker::Person(person) => self.entries_of(person),
                        Speaker::Character(_) => 0,
                    };
                    (line.clone(), entries)
                });
                let pending = pending.collect();
                let character = character.clone();
                self.asked.insert(
                    *speech,
                    Asked {
                        character,
                        pending,
                        is_apology: false,
                    },
                );
            }
            Output::Apologise {
                speech, character, ..
            } => {
                let character = character.clone();
                self.asked.insert(
                    *speech,
                    Asked {
                        character,
                        pending: Vec::new(),
                        is_apology: true,
                    },
                );
            }
            Output::Entry(Line {
                speaker: Speaker::Person(person),
                text,
            }) => {
                *self.entries.entry(person.clone()).or_default() += 1;
                self.open
                    .entry(person.clone())
                    .or_default()
                    .push((text.clone(), now_ms));
            }
            Output::TurnClosed { person, fate } => return self.close(person, *fate, now_ms, present),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, person: &PersonId, fate: Fate, now_ms: u64, present: &Present) -> Verdict {
        self.total += 1;
        if fate == Fate::NotUnderstood {
            return Ok(());
        }
        *self.closed.entry(person.clone()).or_default() += 1;
        let open = self.open.entry(person.clone()).or_default();
        // Of several it is one whose answer was asked for; what can't be told apart is not looked at.
        let is_sure = open.len() == 1 && !self.unsure.contains(person);
        if open.len() > 1 {
            self.unsure.insert(person.clone());
        } else {
            self.unsure.remove(person);
        }
        let asked = match fate {
            Fate::Answered(speech) => self.asked.get(&speech),
            _ => None,
        };
        let is_asked = |(line, _): &(String, u64)| {
            let mut pending = asked.iter().flat_map(|asked| &asked.pending);
            pending.any(|(pending, _)| pending.text == *line)
        };
        let at = match fate {
            Fate::BetweenPeople => open.len().checked_sub(1),
            _ => open.iter().position(is_asked).or((!open.is_empty()).then_some(0)),
        };
        let Some((line, since_ms)) = at.map(|at| open.remove(at)) else {
            return Err(format!(
                "a turn of {person} is closed before its words are posted"
            ));
        };
        match fate {
            Fate::Answered(speech) => {
                *self.answered.entry(person.clone()).or_default() += 1;
                if is_sure {
                    self.is_answered(person, speech, &line, since_ms, present)
                } else {
                    Ok(())
                }
            }
            Fate::BetweenPeople => {
                let mut others = present
                    .names_of_people
                    .iter()
                    .filter(|(other, _)| *other != person);
                let is_called = others.any(|(_, names)| named_in(&line, names).is_some());
                let goes_on = self
                    .between_people_ms
                    .is_some_and(|since| now_ms <= since + self.side_talk_ms);
                self.between_people_ms = Some(now_ms);
                let is_right = is_called || goes_on;
                is_right
                    .then_some(())
                    .ok_or_else(|| format!("{person} said {line:?} to no other person"))
            }
            Fate::NoCharacter if !present.characters.is_empty() => Err(format!(
                "{person} is not answered for want of characters, and there are some"
            )),
            Fate::Left if !present.people.is_empty() => Err(format!(
                "{person} is not answered as nobody is left, and somebody is"
            )),
            _ => Ok(()),
        }
    }

    fn is_answered(
        &self,
        person: &PersonId,
        speech: SpeechId,
        line: &str,
        since_ms: u64,
        present: &Present,
    ) -> Verdict {
        let Some(asked) = self.asked.get(&speech) else {
            return Err(format!("{speech:?} answers {person} and was never begun"));
        };
        let of_person = asked
            .pending
            .iter()
            .find(|(line, _)| line.speaker == Speaker::Person(person.clone()));
        // A turn that was continued meanwhile has not been posted; it will be answered anew.
        if let Some((pending, entries)) = of_person
            && self.entries_of(person) == entries + 1
            && pending.text != line
        {
            return Err(format!(
                "{speech:?} answers other words of {person} than were posted"
            ));
        }
        let first = words_of(line).next().unwrap_or_default();
        let called = present
            .names_of_characters
            .iter()
            .find(|(_, names)| names.iter().any(|name| name == first));
        let is_there = |character: &CharacterId| {
            let since = present.characters.get(character);
            since.is_some_and(|since| since + THERE_MS_MIN <= since_ms)
        };
        if let Some((called, _)) = called.filter(|(called, _)| is_there(called))
            && *called != asked.character
            && !asked.is_apology
        {
            let other = &asked.character;
            return Err(format!("{person} asked {called}, and {other} answers"));
        }
        Ok(())
    }

    pub(super) fn rest(&self, conversation: &Conversation) -> Verdict {
        if conversation.turns_waiting() > 0 {
            return Err("a turn waits for an answer without end".into());
        }
        if conversation.turns_open() > 0 {
            return Err("a turn never ends".into());
        }
        let counters = conversation.counters();
        // A turn that was continued ends again.
        if self.total + counters.turns_continued != counters.turns {
            return Err("a turn ended and was never closed".into());
        }
        if counters.plans != counters.plans_kept + counters.plans_dropped {
            return Err("an answer made in advance was neither kept nor dropped".into());
        }
        for (person, entries) in &self.entries {
            let closed = self.closed.get(person).copied().unwrap_or(0);
            if closed != *entries {
                return Err(format!(
                    "{person} has {entries} lines, and {closed} of them were closed"
                ));
            }
        }
        Ok(())
    }
}
