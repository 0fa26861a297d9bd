//! The transcript is what was heard: every word once, none that was not, none lost.

use std::collections::{BTreeMap, BTreeSet};

use troupe_dialogue::{Input, Line, Output, PersonId, Speaker, SpeechId, TakeId};

use super::Verdict;
use super::overlaps::ECHO_WORDS_MIN;
use crate::player::Heard;
use crate::words::{unique_of, words_of};

/// What was told, and what was posted of it.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    /// The take that each person's words are awaited by.
    takes: BTreeMap<TakeId, PersonId>,
    current: BTreeMap<PersonId, TakeId>,
    /// All words that characters were to say.
    spoken: BTreeSet<String>,
    /// All words that the core was ever told of people.
    told: BTreeSet<String>,
    /// Words that the core knows and has not posted.
    owed: BTreeMap<String, PersonId>,
    /// Words that were said, but not to a character; or by somebody who is gone.
    excused: BTreeSet<String>,
    posted: BTreeSet<String>,
}

impl Transcript {
    /// Answers what the core learns of somebody by that.
    pub(super) fn input(&mut self, input: &Input) -> Option<(PersonId, String)> {
        match input {
            Input::Transcribed { take, text } if !text.trim().is_empty() => {
                let person = self.takes.remove(take)?;
                if self.current.get(&person) == Some(take) {
                    self.told_words(&person, text);
                    return Some((person, text.clone()));
                }
            }
            // What a voice has said so far may be told again; it is owed once it is the last word on it.
            Input::PartialWords { person, text } => {
                self.told.extend(unique_of(text).map(str::to_owned));
                return Some((person.clone(), text.clone()));
            }
            Input::Typed { person, text } => self.told_words(person, text),
            Input::PersonLeft { person } => {
                self.current.remove(person);
            }
            _ => {}
        }
        None
    }

    fn told_words(&mut self, person: &PersonId, text: &str) {
        for word in unique_of(text) {
            self.told.insert(word.to_owned());
            // What a microphone hears of a character was said by the character.
            if !self.spoken.contains(word) && !self.posted.contains(word) && !self.excused.contains(word) {
                self.owed.insert(word.to_owned(), person.clone());
            }
        }
    }

    /// These words were said, but need not be posted.
    pub(super) fn excuse(&mut self, text: &str) {
        for word in unique_of(text) {
            self.owed.remove(word);
            self.excused.insert(word.to_owned());
        }
    }

    pub(super) fn output(&mut self, output: &Output) -> Verdict {
        match output {
            Output::Transcribe { person, take } => {
                self.takes.insert(*take, person.clone());
                self.current.insert(person.clone(), *take);
            }
            Output::TurnTaken { person } => {
                self.current.remove(person);
            }
            Output::Synthesize { text, .. } => self.spoken.extend(unique_of(text).map(str::to_owned)),
            Output::Entry(line) => return self.entry(line),
            _ => {}
        }
        Ok(())
    }

    fn entry(&mut self, line: &Line) -> Verdict {
        if line.text.trim().is_empty() {
            return Err("an empty line is posted".into());
        }
        let is_person = matches!(line.speaker, Speaker::Person(_));
        if is_person {
            self.is_own(line)?;
        }
        for word in unique_of(&line.text) {
            self.owed.remove(word);
            if is_person && self.spoken.contains(word) {
                // It came back through their microphone, before what they said themselves.
                continue;
            }
            if !self.posted.insert(word.to_owned()) {
                return Err(format!("{word} is posted twice"));
            }
        }
        Ok(())
    }

    /// What is posted of a person was heard of them, and is more than an echo.
    fn is_own(&self, line: &Line) -> Verdict {
        let words: Vec<&str> = unique_of(&line.text).collect();
        if let Some(word) = words.iter().find(|word| !self.told.contains(**word)) {
            return Err(format!("{word} is posted of a person and was never heard"));
        }
        let is_long = words_of(&line.text).count() >= ECHO_WORDS_MIN;
        if is_long && !words.is_empty() && words.iter().all(|word| self.spoken.contains(*word)) {
            return Err(format!("the echo {:?} is posted as a person's words", line.text));
        }
        Ok(())
    }

    pub(super) fn was_heard(&self, speech: SpeechId, heard: &Heard, entry: Option<&str>) -> Verdict {
        let posted: Vec<&str> = entry.unwrap_or_default().split_whitespace().collect();
        let is_off = posted.len().abs_diff(heard.words.len()) > heard.slack;
        if is_off || posted.iter().zip(&heard.words).any(|(a, b)| *a != b.as_str()) {
            let words = &heard.words;
            return Err(format!("of {speech:?} was heard {words:?} and posted {posted:?}"));
        }
        Ok(())
    }

    pub(super) fn was_posted(&self, word: &str) -> bool {
        self.posted.contains(word)
    }

    /// Whether a word is posted or need not be.
    pub(super) fn is_settled(&self, word: &str) -> bool {
        self.posted.contains(word) || self.spoken.contains(word) || self.excused.contains(word)
    }

    pub(super) fn rest(&self) -> Verdict {
        match self.owed.first_key_value() {
            Some((word, person)) => Err(format!("{word} of {person} was understood and never posted")),
            None => Ok(()),
        }
    }
}
