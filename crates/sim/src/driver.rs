//! Drives the core through a room as a worker does: outputs become events, events become inputs.

mod act;
mod room;

use std::collections::BTreeMap;
use std::time::Duration;

use troupe_dialogue::{Conversation, Fault, Input, Output, PersonId, SpeechId, Time, Tuning};

use crate::Report;
use crate::chance::Chance;
use crate::checker::{Checker, Violation};
use crate::options::Options;
use crate::people::Human;
use crate::player::Playing;
use crate::queue::Queue;
use crate::trace::Trace;
use crate::words::Words;

/// Silence between the phases in which everything must come to rest, ms: longer than all deadlines together.
const QUIET_MS: u64 = 75_000;
/// Time in which a turn of the liveness phase must be answered, ms.
const ANSWER_MS: u64 = 25_000;
/// Inputs of a run; more means that something goes round in circles.
const INPUTS_MAX: u64 = 60_000;

/// Something that is going to happen.
#[derive(Debug)]
enum Event {
    /// An input arrives.
    In(Input),
    /// An input of a person's voice arrives, unless they have left meanwhile.
    Voice(usize, u64, Input),
    /// A person thinks of speaking.
    Think(usize),
    /// A transcription arrives.
    Transcribed(PersonId, Input),
    /// More sound of a chunk was made.
    Made(SpeechId, usize, u64, bool),
    /// An order takes effect at a player.
    Release(SpeechId),
    Hold(SpeechId),
    Resume(SpeechId),
    Stop(SpeechId),
    Discard(SpeechId),
    /// A player's sound runs dry.
    Dry(SpeechId, u64),
    /// Whoever speaks over this speech since then must have silenced it.
    CheckCut(usize, u64, SpeechId),
    /// A person leaves or returns.
    Leave(usize),
    Return(usize),
    /// A character's connection is lost or comes back.
    Lose(usize),
    Regain(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Safety,
    Quiet,
    Liveness,
}

/// A room in the making.
pub(crate) struct Driver {
    options: Options,
    phase: Phase,
    now_ms: u64,
    queue: Queue<Event>,
    conversation: Conversation,
    chance: Chance,
    words: Words,
    humans: Vec<Human>,
    /// Whether each character is there.
    cast: Vec<bool>,
    playing: BTreeMap<SpeechId, Playing>,
    checker: Checker,
    trace: Trace,
    inputs: u64,
}

impl Driver {
    pub(crate) fn new(options: Options, fault: Option<Fault>, trace: Trace) -> Self {
        let conversation = Conversation::new(options.mode, Tuning::default(), options.seed);
        let humans = options.people.iter().enumerate();
        Self {
            phase: Phase::Safety,
            now_ms: 0,
            queue: Queue::new(),
            conversation: match fault {
                Some(fault) => conversation.with_fault(fault),
                None => conversation,
            },
            chance: Chance::from_seed(options.seed.wrapping_add(1)),
            words: Words::default(),
            humans: humans.map(|(index, habit)| Human::new(index, *habit)).collect(),
            cast: vec![false; options.characters],
            playing: BTreeMap::new(),
            checker: Checker::default(),
            trace,
            inputs: 0,
            options,
        }
    }

    /// Plays the room to its end.
    pub(crate) fn run(mut self) -> Result<Report, (Violation, Trace)> {
        match self.play() {
            Ok(()) => Ok(Report {
                counters: self.conversation.counters(),
                inputs: self.inputs,
                seconds: self.now_ms / 1000,
            }),
            Err(violation) => Err((violation, self.trace)),
        }
    }

    fn play(&mut self) -> Result<(), Violation> {
        self.everyone_comes();
        let safety_ms = self.options.safety_s * 1000;
        self.until(safety_ms)?;
        self.phase = Phase::Quiet;
        self.heal();
        self.until(safety_ms + QUIET_MS)?;
        self.check_rest();
        self.phase = Phase::Liveness;
        for human in 0..self.humans.len() {
            self.ask_and_await(human)?;
        }
        let ends = self.now_ms + QUIET_MS;
        self.phase = Phase::Quiet;
        self.until(ends)?;
        self.check_rest();
        self.verdict()
    }

    fn verdict(&self) -> Result<(), Violation> {
        self.checker.violation().map_or(Ok(()), Err)
    }

    /// Lets time pass up to this moment.
    fn until(&mut self, end_ms: u64) -> Result<(), Violation> {
        loop {
            let wake = self.conversation.poll_timeout().map(|(at, _)| {
                let ms = at.since_start().as_nanos().div_ceil(1_000_000);
                u64::try_from(ms).unwrap_or(u64::MAX).max(self.now_ms)
            });
            let next = self.queue.next_at();
            let is_wake = wake.is_some_and(|wake| next.is_none_or(|next| wake < next));
            let at = if is_wake { wake } else { next };
            let Some(at) = at.filter(|at| *at <= end_ms) else {
                break;
            };
            self.now_ms = self.now_ms.max(at);
            self.checker.at(self.now_ms);
            if is_wake {
                self.hand_in(Input::Wake, None);
            } else if let Some((_, event)) = self.queue.pop() {
                self.happen(event);
            }
            self.verdict()?;
            if self.inputs > INPUTS_MAX {
                self.checker.fail("it goes round in circles");
            }
        }
        self.now_ms = self.now_ms.max(end_ms);
        self.checker.at(self.now_ms);
        Ok(())
    }

    /// Hands an input in and does what comes out; answers the lines of characters that were posted.
    fn hand_in(&mut self, input: Input, whose: Option<&PersonId>) -> Vec<String> {
        self.inputs += 1;
        self.trace.step(self.now_ms, '>', &input);
        self.checker.input(&input, whose);
        let now = Time::after_start(Duration::from_millis(self.now_ms));
        self.conversation.handle_input(now, input);
        let mut lines = Vec::new();
        let mut outputs = Vec::new();
        while let Some(output) = self.conversation.poll_output() {
            outputs.push(output);
        }
        let voices: Vec<(PersonId, u64)> = self
            .humans
            .iter()
            .filter_map(|human| Some((human.id.clone(), human.known_voice_ms?)))
            .collect();
        self.checker.drained(&self.conversation, outputs.len());
        for output in outputs {
            self.trace.step(self.now_ms, '<', &output);
            self.checker.may_answer = self
                .playing
                .values()
                .any(|playing| playing.chunks.iter().any(|chunk| chunk.text.ends_with('?')));
            self.checker.output(&output, &voices);
            if let Output::Entry(line) = &output
                && matches!(line.speaker, troupe_dialogue::Speaker::Character(_))
            {
                lines.push(line.text.clone());
            }
            self.act(output);
        }
        lines
    }
}
