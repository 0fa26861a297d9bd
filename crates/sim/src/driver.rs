//! Drives the core through a room as a worker does: outputs become events, events become inputs.

mod act;
mod liveness;
mod players;
mod room;
mod talk;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use troupe_dialogue::{Conversation, Fault, Input, Line, Output, PersonId, Speaker, SpeechId, Time};

use crate::Report;
use crate::checker::{Checker, Scene, Violation};
use crate::options::Options;
use crate::people::Human;
use crate::player::Playing;
use crate::trace::Trace;
use crate::words::Words;
use troupe_seeded::Chance;
use troupe_seeded::Queue;

/// Inputs of a run; more means that something goes round in circles.
const INPUTS_MAX: u64 = 60_000;

/// Something that is going to happen.
#[derive(Debug)]
enum Event {
    /// An input arrives.
    In(Input),
    /// An input of a person's voice arrives, unless they have left meanwhile.
    Voice(usize, u64, Input),
    /// The floor is offered to a character.
    Offer,
    /// Words of a voice that may still be on are told.
    Stream(usize, u64),
    /// A person thinks of speaking.
    Think(usize),
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
    /// A player reports that a speech is over.
    Over(SpeechId, Input),
    /// Whoever speaks over this speech since then must have silenced it.
    CheckCut(usize, u64, SpeechId, u64),
    /// A person leaves or returns.
    Leave(usize),
    Return(usize),
    /// A character's connection is lost, perhaps with its player, or comes back.
    Lose(usize, bool),
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
    queue: Queue<u64, Event>,
    conversation: Conversation,
    chance: Chance,
    /// For what came later than the seeds whose rooms must stay.
    more: Chance,
    words: Words,
    humans: Vec<Human>,
    /// Whether each character is there.
    cast: Vec<bool>,
    playing: BTreeMap<SpeechId, Playing>,
    /// Speeches that are over at their player, and how much of each was heard.
    over: BTreeMap<SpeechId, (Playing, Duration)>,
    /// Speeches whose player is gone: nobody reports them.
    dead: BTreeSet<SpeechId>,
    /// The latest speech that was played to its end.
    finished: Option<SpeechId>,
    /// Whether every transcription was right from the beginning.
    is_transcribed: bool,
    checker: Checker,
    trace: Trace,
    inputs: u64,
}

impl Driver {
    pub(crate) fn new(options: Options, fault: Option<Fault>, trace: Trace) -> Self {
        let conversation = Conversation::new(options.mode, options.tuning, options.seed);
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
            more: Chance::from_seed(options.seed.wrapping_mul(5).wrapping_add(3)),
            words: Words::default(),
            humans: humans.map(|(index, habit)| Human::new(index, *habit)).collect(),
            cast: vec![false; options.characters],
            playing: BTreeMap::new(),
            over: BTreeMap::new(),
            dead: BTreeSet::new(),
            finished: None,
            is_transcribed: options.stt.is_sound(),
            checker: Checker::new(&options),
            trace,
            inputs: 0,
            options,
        }
    }

    /// Plays the room to its end.
    pub(crate) fn run(mut self) -> (Result<Report, Violation>, Trace) {
        let result = self.play().map(|()| Report {
            counters: self.conversation.counters(),
            inputs: self.inputs,
            seconds: self.now_ms / 1000,
        });
        (result, self.trace)
    }

    fn play(&mut self) -> Result<(), Violation> {
        self.everyone_comes();
        self.until(self.options.safety_s * 1000)?;
        self.phase = Phase::Quiet;
        self.heal();
        self.come_to_rest()?;
        self.phase = Phase::Liveness;
        self.talk_goes_on()?;
        self.phase = Phase::Quiet;
        self.come_to_rest()
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
            let voices = self.voices();
            self.checker.at(self.now_ms, &voices);
            if is_wake {
                self.hand_in(Input::Wake);
            } else if let Some((_, event)) = self.queue.pop() {
                self.happen(event);
            }
            self.checker.verdict()?;
            if self.inputs > INPUTS_MAX {
                self.checker.fail("it goes round in circles");
            }
        }
        self.now_ms = self.now_ms.max(end_ms);
        let voices = self.voices();
        self.checker.at(self.now_ms, &voices);
        self.checker.verdict()
    }

    /// Hands an input in and does what comes out; answers the lines of characters that were posted.
    fn hand_in(&mut self, input: Input) -> Vec<String> {
        self.inputs += 1;
        self.trace.step(self.now_ms, '>', &input);
        self.checker.input(&input);
        let now = Time::after_start(Duration::from_millis(self.now_ms));
        self.conversation.handle_input(now, input);
        let (mut lines, mut outputs) = (Vec::new(), Vec::new());
        while let Some(output) = self.conversation.poll_output() {
            outputs.push(output);
        }
        self.checker.drained(&self.conversation, outputs.len());
        let voices = self.voices();
        for output in outputs {
            self.trace.step(self.now_ms, '<', &output);
            let scene = Scene {
                voices: &voices,
                asks: self.asks(),
            };
            self.checker.output(&output, &scene);
            if let Output::Entry(Line {
                speaker: Speaker::Character(_),
                text,
            }) = &output
            {
                lines.push(text.clone());
            }
            self.act(output);
        }
        self.checker.acted(&self.conversation);
        lines
    }

    /// Voices that the core knows of, and since when.
    fn voices(&self) -> Vec<(PersonId, u64)> {
        let voices = self.humans.iter();
        voices
            .filter_map(|human| Some((human.id.clone(), human.known_voice_ms?)))
            .collect()
    }

    /// Whether what is heard asks something, as far as it is written.
    fn asks(&self) -> bool {
        let over = self.over.values().map(|(playing, _)| playing);
        self.playing
            .values()
            .chain(over)
            .filter(|playing| playing.has_started)
            .any(|playing| {
                let last = playing.chunks.last();
                last.is_some_and(|chunk| chunk.text.ends_with('?'))
            })
    }

    /// Whether a character is to be heard.
    fn sounding(&self) -> Option<SpeechId> {
        let mut playing = self.playing.iter();
        playing
            .find(|(_, playing)| playing.is_sounding())
            .map(|(speech, _)| *speech)
    }

    fn later(&mut self, after_ms: u64, event: Event) {
        self.queue.at(self.now_ms + after_ms, event);
    }
}
