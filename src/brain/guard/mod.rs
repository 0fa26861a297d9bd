//! Keeps a model's answer in character while it streams.
//!
//! A pure state machine: pieces of text go in, text that may be spoken comes out, and at most one [`Drift`] ends it.
//! Markup, stage directions and the character's own name before its line are taken out silently. Words are held back
//! only as long as they could still begin a forbidden phrase, so most come out with the next one.

mod lexicon;
mod markup;
mod phrases;
mod repetition;

use markup::{Mark, Markup};
use phrases::{Match, Phrases};
use repetition::Repetition;

/// How an answer left its character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drift {
    /// It speaks of itself as a language model, or like an assistant.
    Assistant,
    /// It denies being an AI to somebody who asked sincerely.
    Denial,
    /// It writes code.
    Code,
    /// It reads out a list.
    List,
    /// It speaks as somebody else.
    OtherSpeaker,
    /// It says again what was said before.
    Repetition,
    /// There is nothing to say in it.
    Empty,
}

/// What the guard has to know to judge an answer.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Names of the character.
    pub own_names: Vec<String>,
    /// Names of everybody else in the room.
    pub other_names: Vec<String>,
    /// Lines that the answer must not repeat: own recent ones, the question, examples.
    pub said_before: Vec<String>,
    /// Somebody asked sincerely whether an AI is speaking: being one may be said, and must not be denied.
    pub truth_asked: bool,
    /// The answer ends with its first line. Small models go on as somebody else after that.
    pub one_line: bool,
}

/// What came out of one push.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// May be spoken.
    pub text: String,
    /// The answer is over.
    pub end: Option<End>,
}

/// Why an answer is over before the model stopped, or after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All was said.
    Whole,
    /// Nothing after the text that came out may be spoken.
    Drifted(Drift),
}

/// List items read aloud before the rest is dropped.
const LIST_ITEMS_MAX: usize = 3;

/// A word, as it is compared and as it is spoken with what follows it.
#[derive(Debug)]
struct Word {
    plain: String,
    spoken: String,
    /// First of a line or sentence.
    opens: bool,
}

/// The state machine for one answer.
#[derive(Debug)]
pub struct Guard {
    markup: Markup,
    phrases: Phrases,
    repetition: Repetition,
    one_line: bool,
    /// The word being formed.
    forming: String,
    /// Whole words that may still begin a forbidden phrase.
    held: Vec<Word>,
    /// The next word opens a line or sentence.
    opening: bool,
    /// The last thing that was passed on or held was a space.
    spaced: bool,
    list_items: usize,
    spoke: bool,
    step: Step,
}

impl Guard {
    /// Ready for an answer.
    pub fn new(rules: &Rules) -> Self {
        Self {
            markup: Markup::default(),
            phrases: Phrases::new(rules),
            repetition: Repetition::default(),
            one_line: rules.one_line,
            forming: String::new(),
            held: Vec::new(),
            opening: true,
            spaced: true,
            list_items: 0,
            spoke: false,
            step: Step::default(),
        }
    }

    /// Takes the next piece. After an [`End`] nothing more comes out.
    pub fn push(&mut self, piece: &str) -> Step {
        let mut marks = Vec::new();
        for c in piece.chars() {
            self.markup.push(c, &mut marks);
        }
        self.take(marks)
    }

    /// The model has stopped; what was held comes out if it may.
    pub fn finish(&mut self) -> Step {
        let mut marks = Vec::new();
        self.markup.finish(&mut marks);
        let mut step = self.take(marks);
        if step.end.is_none() {
            self.end_word();
        }
        if self.step.end.is_none() {
            self.release(0);
            self.step.end = Some(if self.spoke {
                End::Whole
            } else {
                End::Drifted(Drift::Empty)
            });
        }
        step.text.push_str(&std::mem::take(&mut self.step.text));
        step.end = self.step.end;
        step
    }

    fn take(&mut self, marks: Vec<Mark>) -> Step {
        for mark in marks {
            if self.step.end.is_some() {
                break;
            }
            match mark {
                Mark::Text(c) => self.character(c),
                Mark::LineBreak => self.line_break(),
                Mark::ListItem => {
                    self.list_items += 1;
                    if self.list_items > LIST_ITEMS_MAX {
                        self.drift(Drift::List);
                    }
                }
                Mark::Code => self.drift(Drift::Code),
            }
        }
        Step {
            text: std::mem::take(&mut self.step.text),
            end: self.step.end,
        }
    }

    fn drift(&mut self, drift: Drift) {
        self.held.clear();
        self.forming.clear();
        self.step.end = Some(End::Drifted(drift));
    }

    fn line_break(&mut self) {
        self.character(' ');
        if self.step.end.is_none() && self.one_line && (self.spoke || !self.held.is_empty()) {
            self.release(0);
            self.step.end = Some(End::Whole);
        }
        self.opening = true;
    }

    fn character(&mut self, c: char) {
        let c = if c == '\u{2019}' { '\'' } else { c };
        if is_ideograph(c) {
            // Written without spaces: every character is a word, or a whole sentence would be held.
            self.end_word();
            self.forming.push(c);
            self.end_word();
        } else if c.is_alphanumeric() || (c == '\'' && !self.forming.is_empty()) {
            self.forming.push(c);
        } else {
            self.end_word();
            if self.step.end.is_none() {
                self.separator(c);
            }
        }
    }

    fn separator(&mut self, c: char) {
        if c == ':' && self.held.first().is_some_and(|first| first.opens) {
            match self
                .phrases
                .speaker(self.held.iter().map(|word| word.plain.as_str()))
            {
                Some(phrases::Speaker::Own) => {
                    self.held.clear();
                    (self.opening, self.spaced) = (true, true);
                    return;
                }
                Some(phrases::Speaker::Other) => return self.drift(Drift::OtherSpeaker),
                None => {}
            }
        }
        let space = c.is_whitespace();
        if space && self.spaced {
            return;
        }
        self.spaced = space;
        let c = if space { ' ' } else { c };
        match self.held.last_mut() {
            Some(word) => word.spoken.push(c),
            None => self.step.text.push(c),
        }
        if matches!(c, '.' | '!' | '?' | '…' | ';' | ':' | '。' | '！' | '？') {
            // A phrase does not go on in another sentence.
            self.opening = true;
            self.release(0);
        }
    }

    fn end_word(&mut self) {
        if self.forming.is_empty() {
            return;
        }
        let spoken = std::mem::take(&mut self.forming);
        let plain = spoken.to_lowercase();
        let opens = std::mem::take(&mut self.opening);
        self.spaced = false;
        if self.repetition.repeats(&plain) {
            return self.drift(Drift::Repetition);
        }
        self.held.push(Word { plain, spoken, opens });
        let words: Vec<(&str, bool)> = self
            .held
            .iter()
            .map(|word| (word.plain.as_str(), word.opens))
            .collect();
        match self.phrases.check(&words, self.spoke) {
            Match::Forbidden(drift) => self.drift(drift),
            Match::Holds(from) => {
                let keep = self.held.len() - from;
                self.release(keep);
            }
        }
    }

    /// Passes on all but the last `keep` held words.
    fn release(&mut self, keep: usize) {
        let released = self.held.len().saturating_sub(keep);
        for word in self.held.drain(..released) {
            self.spoke = true;
            self.step.text.push_str(&word.spoken);
        }
    }
}

/// Chinese characters and Japanese kana.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

/// The words of a text, as they are compared.
fn plain_words(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace('\u{2019}', "'");
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '\''));
    words
        .map(|word| word.trim_start_matches('\'').to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests;
