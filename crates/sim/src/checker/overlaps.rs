//! Sounds over a speech: only words to a character take the floor from it, and nothing stops without a reason.

use std::collections::{BTreeMap, BTreeSet};

use troupe_dialogue::{Input, Output, Overlap, PersonId, SpeechId, named_in};

use super::transcript::Transcript;
use super::{Present, Verdict};
use crate::words::{SIGNS, is_unique, words_of};

/// Fewer words than this may be a person who repeats them.
pub(super) const ECHO_WORDS_MIN: usize = 3;

/// What was said over what.
#[derive(Debug, Default)]
pub(super) struct Overlaps {
    /// The speech that may be heard.
    released: Option<SpeechId>,
    /// Over which speech each person began to speak, and what the core knew them to have said before.
    begun: BTreeMap<PersonId, (SpeechId, String)>,
    /// What the core was told last.
    told: BTreeMap<PersonId, String>,
    /// Words of characters.
    spoken: BTreeSet<String>,
    /// Something has happened for which a speech may be stopped.
    is_cause: bool,
    overdue: u64,
}

impl Overlaps {
    pub(super) fn input(&mut self, input: &Input, told: Option<(PersonId, String)>) {
        let before = self.tell(told);
        if matches!(input, Input::PartialWords { .. })
            && let Some((person, before)) = before
        {
            // Words out of what was taken for noise when the speech was let loose.
            self.begins(&person, before);
        }
        self.is_cause = matches!(input, Input::Typed { .. } | Input::CharacterLeft(_));
        match input {
            Input::VoiceStarted { person, .. } => {
                let told = self.told.get(person).cloned().unwrap_or_default();
                self.begins(person, told);
            }
            Input::PersonJoined { person, .. } => {
                self.told.remove(person);
                self.begun.remove(person);
            }
            Input::PlayoutFinished { speech } => {
                self.released.take_if(|released| released == speech);
            }
            _ => {}
        }
    }

    /// Answers whom something new was told of, and what was known before.
    fn tell(&mut self, told: Option<(PersonId, String)>) -> Option<(PersonId, String)> {
        let (person, text) = told?;
        let before = self.told.insert(person.clone(), text.clone()).unwrap_or_default();
        (before != text).then_some((person, before))
    }

    fn begins(&mut self, person: &PersonId, before: String) {
        if let Some(speech) = self.released
            && self.begun.get(person).is_none_or(|(over, _)| *over != speech)
        {
            self.begun.insert(person.clone(), (speech, before));
        }
    }

    /// A speech that does not come on in time is stopped as well.
    pub(super) fn drained(&mut self, overdue: u64) {
        self.is_cause |= overdue > self.overdue;
        self.overdue = overdue;
    }

    pub(super) fn output(
        &mut self,
        output: &Output,
        asks: bool,
        present: &Present,
        transcript: &mut Transcript,
    ) -> Verdict {
        match output {
            Output::Play { speech } => self.released = Some(*speech),
            Output::Synthesize { text, .. } => self.spoken.extend(words_of(text).map(str::to_owned)),
            Output::Discard { speech } => {
                self.released.take_if(|released| released == speech);
            }
            Output::Stop { speech } => {
                self.released.take_if(|released| released == speech);
                if !self.is_cause {
                    return Err(format!("{speech:?} is stopped without a reason"));
                }
            }
            Output::OverlapResolved { person, overlap } => {
                self.is_cause |= *overlap == Overlap::Interruption;
                return self.resolved(person, *overlap, asks, present, transcript);
            }
            Output::TurnTaken { person } => {
                self.told.remove(person);
                self.begun.remove(person);
            }
            _ => {}
        }
        Ok(())
    }

    fn resolved(
        &mut self,
        person: &PersonId,
        overlap: Overlap,
        asks: bool,
        present: &Present,
        transcript: &mut Transcript,
    ) -> Verdict {
        let told = self.told.get(person).cloned().unwrap_or_default();
        let before = self
            .begun
            .remove(person)
            .map_or(String::new(), |(_, before)| before);
        let text = told.strip_prefix(before.as_str()).unwrap_or(&told).trim();
        let words: Vec<&str> = words_of(text).collect();
        let is_sign = !words.is_empty() && words.iter().all(|word| SIGNS.contains(word));
        let own = words
            .iter()
            .filter(|word| is_unique(word) && self.spoken.contains(**word))
            .count();
        let is_echo = words.len() >= ECHO_WORDS_MIN && own == words.len();
        let is_right = match overlap {
            Overlap::Backchannel => is_sign,
            Overlap::Noise => words.is_empty(),
            // Names and signs are everybody's words and tell nothing.
            Overlap::Echo => own > 0 && own * 2 >= words.iter().filter(|word| is_unique(word)).count(),
            Overlap::SideTalk => {
                let mut others = present
                    .names_of_people
                    .iter()
                    .filter(|(other, _)| *other != person);
                others.any(|(_, names)| named_in(text, names).is_some())
            }
            Overlap::Interruption => !words.is_empty() && (!is_sign || asks) && !is_echo,
        };
        if overlap != Overlap::Interruption {
            transcript.excuse(text);
        }
        if is_right {
            Ok(())
        } else {
            Err(format!("{person} said {text:?}, which is taken for {overlap:?}"))
        }
    }
}
