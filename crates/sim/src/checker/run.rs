//! Characters among themselves: for a while, not over people's own talk, and never one after itself.

use troupe_dialogue::{CharacterId, Cue, Fate, Input, Line, Mode, Output, Speaker, SpeechId};

use super::Verdict;
use crate::options::Options;

/// The lines since a person spoke.
#[derive(Debug)]
pub(super) struct Run {
    mode: Mode,
    lines_max: u32,
    lines: u32,
    /// Lines that came to nothing, since then.
    failed: u32,
    /// Turns of people so far, and those since the last input that were not understood.
    turns: u64,
    not_understood: u64,
    /// The speech that characters began by themselves.
    unasked: Option<SpeechId>,
    has_reopened: bool,
    /// Whether people spoke with each other since a character's last line.
    is_between_people: bool,
    /// Who said the last line of all.
    last: Option<Speaker>,
    last_character: Option<CharacterId>,
    /// The floor was offered, and nobody has spoken by itself since.
    is_offered: bool,
    /// The answer that was begun since: it counts as that once it is let loose.
    answers_offer: Option<SpeechId>,
    /// Whether the last line of a character asked something.
    is_question: bool,
}

impl Run {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            mode: options.mode,
            lines_max: match options.mode {
                Mode::Freeform => options.tuning.character_run_max,
                Mode::Scripted => options.tuning.scene_run_max,
            },
            lines: 0,
            failed: 0,
            turns: 0,
            not_understood: 0,
            unasked: None,
            has_reopened: false,
            is_between_people: false,
            last: None,
            last_character: None,
            is_offered: false,
            answers_offer: None,
            is_question: false,
        }
    }

    /// Lines since a person's turn, with those that came to nothing.
    pub(super) fn lines(&self) -> u32 {
        self.lines + self.failed
    }

    /// Whether a question of a character was the last thing said.
    pub(super) fn asks(&self) -> bool {
        self.is_question && matches!(self.last, Some(Speaker::Character(_)))
    }

    /// After the outputs of an input: whether a person's turn has ended with it, by the number of turns so far.
    pub(super) fn counted(&mut self, turns: u64) {
        if turns > self.turns + self.not_understood {
            (self.lines, self.failed, self.has_reopened) = (0, 0, false);
        }
        (self.turns, self.not_understood) = (turns, 0);
    }

    /// A character that is offered the floor speaks by itself, whatever came before.
    pub(super) fn input(&mut self, input: &Input) {
        self.is_offered |= *input == Input::FloorOffered;
    }

    pub(super) fn output(&mut self, output: &Output) -> Verdict {
        if let Output::Generate { speech, cue, .. } = output {
            self.unasked = matches!(cue, Cue::GoOn | Cue::OpenScene).then_some(*speech);
            self.answers_offer = (self.is_offered && *cue == Cue::Answer).then_some(*speech);
        }
        match output {
            Output::TurnClosed {
                fate: Fate::BetweenPeople,
                ..
            } => self.is_between_people = true,
            Output::TurnClosed {
                fate: Fate::NotUnderstood,
                ..
            } => self.not_understood += 1,
            Output::Play { speech } if self.answers_offer == Some(*speech) => self.is_offered = false,
            Output::Discard { speech } if self.unasked == Some(*speech) => self.failed += 1,
            Output::Entry(Line { speaker, text }) => {
                if let Speaker::Character(character) = speaker {
                    self.lines += 1;
                    self.is_between_people = false;
                    self.is_question = text.ends_with('?');
                    self.last_character = Some(character.clone());
                }
                self.last = Some(speaker.clone());
            }
            Output::Generate {
                character,
                cue: Cue::GoOn,
                ..
            } if !std::mem::take(&mut self.is_offered) => {
                if self.lines >= self.lines_max {
                    return Err(format!("{character} goes on after {} lines", self.lines));
                }
                if self.mode == Mode::Freeform && self.is_between_people {
                    return Err(format!("{character} goes on where people spoke with each other"));
                }
                if self.last_character.as_ref() == Some(character) {
                    return Err(format!("{character} goes on after itself"));
                }
            }
            Output::Generate {
                character,
                cue: Cue::Reopen,
                ..
            } if std::mem::replace(&mut self.has_reopened, true) => {
                return Err(format!("{character} re-opens the talk once more"));
            }
            _ => {}
        }
        Ok(())
    }
}
