//! The demo while it plays: what is sensed goes to the script, what the script wants is done.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::events;
use super::level::Level;
use super::mixdown::{Mixdown, RATE_HZ};
use super::person::{Person, Sensed};
use super::report::Event;
use super::script::{Happened, Script, Step, Voice};
use crate::cli::Output;
use crate::cli::client::{Character, Rooms};
use crate::protocol::{SpeakerType, TimelineEntry};

/// How often deadlines are looked at.
const TICK: Duration = Duration::from_millis(50);
/// Entries that wait for us; when full the stream waits.
const ENTRIES_MAX: usize = 64;
/// Longest demo: its recording is held in memory.
const DURATION_MAX: Duration = Duration::from_secs(30 * 60);

/// What a demo came to.
pub(super) struct Outcome {
    /// Why it failed, if it did.
    pub(super) failure: Option<String>,
    /// Turns taken in all.
    pub(super) turns: u32,
    /// Ids of the characters that were heard, in that order.
    pub(super) heard: Vec<String>,
    /// First-audio delay of each of the characters' turns, ms.
    pub(super) first_audio_ms: Vec<u64>,
    /// What was heard.
    pub(super) mixdown: Mixdown,
    pub(super) duration_ms: u64,
}

/// A demo that plays.
pub(super) struct Scene<'a> {
    cast: &'a [Character],
    recordings: Vec<Vec<i16>>,
    output: Output,
    script: Script,
    levels: Vec<Level>,
    person_level: Level,
    since: Instant,
    outcome: Outcome,
}

impl<'a> Scene<'a> {
    pub(super) fn new(cast: &'a [Character], recordings: Vec<Vec<i16>>, turns: u32, output: Output) -> Self {
        Self {
            cast,
            output,
            script: Script::new(cast.len(), recordings.len(), turns),
            recordings,
            levels: cast.iter().map(|_| Level::default()).collect(),
            person_level: Level::default(),
            since: Instant::now(),
            outcome: Outcome {
                failure: None,
                turns: 0,
                heard: Vec::new(),
                first_audio_ms: Vec::new(),
                mixdown: Mixdown::new(cast.len()),
                duration_ms: 0,
            },
        }
    }

    /// Plays to the end, whichever it is.
    pub(super) async fn play(mut self, mut person: Person, rooms: Rooms, room: &str) -> Outcome {
        let (sender, mut entries) = mpsc::channel(ENTRIES_MAX);
        let following = events::follow(rooms, room.to_owned(), sender);
        tokio::pin!(following);
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        self.outcome.failure = loop {
            tokio::select! {
                sensed = person.sense() => match sensed {
                    Some(Sensed::Disconnected { reason }) => break Some(format!("the room was lost: {reason}")),
                    Some(sensed) => self.sensed(sensed),
                    None => break Some("the connection stopped".to_owned()),
                },
                Some(entry) = entries.recv() => self.posted(&entry),
                Err(failure) = &mut following => break Some(failure.to_string()),
                _ = ticks.tick() => self.script.happened(Happened::Nothing, self.ms(Instant::now())),
            }
            if self.since.elapsed() > DURATION_MAX {
                break Some(format!("not done after {} minutes", DURATION_MAX.as_secs() / 60));
            }
            match self.act(&person).await {
                Some(Step::Finish) => break None,
                Some(Step::Fail(reason)) => break Some(reason),
                _ => {}
            }
        };
        person.leave().await;
        self.outcome.turns = self.script.turns();
        self.outcome.duration_ms = self.ms(Instant::now());
        self.outcome
    }

    fn ms(&self, at: Instant) -> u64 {
        at.saturating_duration_since(self.since).as_millis() as u64
    }

    /// The character's place in the cast; LiveKit knows it as `agent-<id>`.
    fn place(&self, identity: &str) -> Option<usize> {
        let id = identity.strip_prefix("agent-")?;
        self.cast.iter().position(|character| character.id == id)
    }

    fn sensed(&mut self, sensed: Sensed) {
        match sensed {
            Sensed::Joined { identity } => {
                if let Some(character) = self.place(&identity) {
                    self.script
                        .happened(Happened::Joined(character), self.ms(Instant::now()));
                }
            }
            Sensed::Heard { identity, pcm, at } => {
                let Some(character) = self.place(&identity) else {
                    return;
                };
                let end_ms = self.ms(at);
                self.outcome.mixdown.add_character(character, &pcm, end_ms);
                let level = self.levels.get_mut(character);
                if let Some(stretch) = level.and_then(|level| level.hear(&pcm, RATE_HZ, end_ms)) {
                    self.script
                        .happened(Happened::Heard(Voice::Character(character), stretch), end_ms);
                }
            }
            Sensed::Said { pcm, at, last } => {
                let end_ms = self.ms(at);
                self.outcome.mixdown.add_person(&pcm, end_ms);
                if let Some(stretch) = self.person_level.hear(&pcm, RATE_HZ, end_ms) {
                    self.script
                        .happened(Happened::Heard(Voice::Person, stretch), end_ms);
                }
                if last {
                    self.script.happened(Happened::RecordingPlayed, end_ms);
                }
            }
            Sensed::Disconnected { .. } => {}
        }
    }

    fn posted(&mut self, entry: &TimelineEntry) {
        let character = entry
            .character_id
            .as_ref()
            .and_then(|id| self.cast.iter().position(|character| character.id == *id));
        let name = character
            .and_then(|place| self.cast.get(place))
            .map(|character| character.name.as_str());
        self.output.data(&Event::Entry {
            speaker_type: entry.speaker_type,
            character_id: entry.character_id.as_deref(),
            name: name.unwrap_or("You"),
            content: &entry.content,
        });
        let voice = match (entry.speaker_type, character) {
            (SpeakerType::User, _) => Voice::Person,
            (SpeakerType::Agent, Some(place)) => Voice::Character(place),
            (SpeakerType::Agent, None) => return,
        };
        self.script
            .happened(Happened::Posted(voice), self.ms(Instant::now()));
    }

    /// Does what the script wants; answers the step that ends the demo.
    async fn act(&mut self, person: &Person) -> Option<Step> {
        while let Some(step) = self.script.next_step() {
            match step {
                Step::Play(recording) => {
                    let pcm = self
                        .recordings
                        .get_mut(recording)
                        .map(std::mem::take)
                        .unwrap_or_default();
                    if let Err(failure) = person.say(pcm).await {
                        return Some(Step::Fail(failure.to_string()));
                    }
                }
                Step::Turn {
                    character,
                    first_audio_ms,
                } => self.turn(character, first_audio_ms),
                Step::Finish | Step::Fail(_) => return Some(step),
            }
        }
        None
    }

    fn turn(&mut self, place: usize, first_audio_ms: u64) {
        let Some(character) = self.cast.get(place) else {
            return;
        };
        self.outcome.first_audio_ms.push(first_audio_ms);
        if !self.outcome.heard.contains(&character.id) {
            self.outcome.heard.push(character.id.clone());
        }
        self.output.data(&Event::Turn {
            turn: self.outcome.first_audio_ms.len() as u32,
            character_id: &character.id,
            name: &character.name,
            first_audio_ms,
        });
    }
}
