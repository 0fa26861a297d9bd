//! From the core's outputs to deeds.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};
use troupe_dialogue::{CharacterId, Cue, Input, Line, Output, PersonId, Speaker, SpeechId, TakeId, Trouble};

use super::Session;
use super::event::Event;
use super::transcribing::{transcribe, words_or};
use super::work::{Question, Voice, Work, write};
use crate::brain::apology::{self, Occasion};
use crate::brain::history::Happening;
use crate::link::{AGENT_PREFIX, Caption};
use crate::protocol::{NewEntry, SpeakerType, TurnCue};
use crate::tools::ForSpeech;
use crate::voice::Order;
use crate::worker::metrics::Role;
use crate::worker::turn::cue_of;

impl Session {
    pub(super) fn act(&mut self, output: Output) {
        match output {
            Output::Transcribe { person, take } => self.transcribe(&person, take),
            Output::TurnTaken { person } => {
                if let Some(person) = self.people.get_mut(&person)
                    && let Some(turn) = person.turn.take()
                {
                    person.settle(&turn);
                    person.last_turn = Some(turn.pcm);
                }
            }
            Output::Caption { person, text } => self.caption(&person, text, false),
            Output::Generate {
                speech,
                character,
                cue,
                pending,
            } => self.generate(speech, character, cue, &pending),
            Output::Apologise {
                speech,
                character,
                trouble,
            } => self.apologise(speech, character, trouble),
            Output::Synthesize { speech, chunk, text } => {
                self.voice_asked(speech);
                if let Some(work) = self.work.as_mut().filter(|work| work.speech == speech) {
                    work.synthesize(chunk, text);
                }
            }
            Output::ChunksDone { speech } => {
                if let Some(work) = self.work.as_mut().filter(|work| work.speech == speech) {
                    work.chunks_done();
                }
            }
            Output::Play { speech } => {
                if let Some(after) = self.stopwatch.answer_released(self.now()) {
                    self.shared.metrics.end_of_turn(after);
                }
                self.turns.released(speech, self.now());
                self.order(speech, Order::Release(speech));
                if let Some(work) = self.work.as_ref().filter(|work| work.speech == speech) {
                    work.released.cancel();
                }
            }
            Output::Pause { speech } => {
                self.watchdog.is_held(speech);
                self.order(speech, Order::Hold(speech));
            }
            Output::Resume { speech } => {
                self.watchdog.goes_on(self.began.elapsed(), speech);
                self.order(speech, Order::Resume(speech));
            }
            Output::Stop { speech } => self.stop(speech),
            Output::Discard { speech } => {
                self.order(speech, Order::Discard(speech));
                self.turns.discarded(speech, self.now());
                self.work.take_if(|work| work.speech == speech);
            }
            Output::JudgeEnd { person, take } => self.judge_end(&person, take),
            Output::TurnClosed { fate, .. } => {
                debug!(room = self.room_id, ?fate, "close a turn");
                self.turn_closed(fate);
            }
            Output::OverlapResolved { overlap, .. } => {
                debug!(room = self.room_id, ?overlap, "resolve an overlap");
            }
            Output::State { character, state } => self.cast.show(&character, state),
            Output::Entry(line) => self.enter(line),
        }
    }

    fn transcribe(&mut self, id: &PersonId, take: TakeId) {
        let Some(person) = self.people.get_mut(id) else {
            self.hand_in(Input::TranscriptionFailed { take });
            return;
        };
        match (person.hears_voice(), &person.turn) {
            // Their ear tells what was said so far.
            (Some(hearing), _) if person.is_voiced => {
                hearing.ear.probe();
                person.probing = Some(take);
            }
            (_, Some(turn)) => {
                let pcm = turn.pcm.clone();
                self.start_take(id, take, pcm);
            }
            _ => self.hand_in(Input::TranscriptionFailed { take }),
        }
    }

    fn judge_end(&self, id: &PersonId, take: TakeId) {
        let turn = self.people.get(id).and_then(|person| person.turn.clone());
        if let (Some(judge), Some(turn)) = (&self.shared.judge, turn) {
            let events = self.events.clone();
            judge.ask(turn.pcm, move |probability| {
                events.send(Event::Judged { take, probability })
            });
        }
    }

    /// Has a turn so far transcribed in the background.
    pub(super) fn start_take(&mut self, person: &PersonId, take: TakeId, pcm: Arc<[i16]>) {
        let Some(actor) = self.cast.listener() else {
            self.hand_in(Input::TranscriptionFailed { take });
            return;
        };
        let character = &actor.member.character;
        let (wanted, language) = (character.models.stt.clone(), character.language.clone());
        let (registry, events) = (self.shared.registry.clone(), self.events.clone());
        let metrics = self.shared.metrics.clone();
        let usage = self.usage.clone();
        let live = self.people.get(person).and_then(|person| person.live_words());
        let model = registry.hears(wanted.as_deref());
        self.turns.transcribing(take, self.now(), model);
        let stalled = {
            let (metrics, room) = (metrics.clone(), self.room_id.clone());
            move || {
                metrics.alarm("stalled_transcription");
                warn!(room, "a transcription is stalled: ask for it again");
            }
        };
        let task = self.events.clone().guard("transcribe", async move {
            let asked = Instant::now();
            let whole = async {
                match registry.speech_to_text(wanted.as_deref()).await {
                    Ok(model) => transcribe(&*usage.of_hearing(model), &pcm, &language, stalled).await,
                    Err(error) => Err(crate::providers::ProviderError::Local {
                        model: wanted.unwrap_or_else(|| "speech to text".into()),
                        detail: error.to_string(),
                    }),
                }
            };
            let result = words_or(live, whole).await;
            match &result {
                Ok(_) => metrics.answered(Role::Stt, asked.elapsed()),
                Err(_) => metrics.failed(Role::Stt),
            }
            events.send(Event::Transcribed { take, result });
        });
        if let Some(person) = self.people.get_mut(person) {
            // A former take of this person is cancelled with its handle.
            person.transcribing = Some(task);
        }
    }

    pub(super) fn caption(&mut self, id: &PersonId, text: String, is_final: bool) {
        let Some(person) = self.people.get_mut(id) else {
            return;
        };
        let segment = format!("SG_{}_{}", id, person.segment);
        if is_final {
            person.segment += 1;
        }
        let track_sid = person
            .hearing
            .as_ref()
            .map(|hearing| hearing.track_sid.clone())
            .unwrap_or_default();
        let caption = Caption::Person {
            identity: id.to_string(),
            segment,
            track_sid,
            text,
            is_final,
        };
        if let Some(actor) = self.cast.listener() {
            actor.connection.caption(caption);
        }
    }

    fn generate(&mut self, speech: SpeechId, id: CharacterId, cue: Cue, pending: &[Line]) {
        let Some(voice) = self.begin(speech, &id) else {
            self.hand_in(Input::ReplyFailed { speech });
            return;
        };
        let mut history = self.history.clone();
        for line in pending {
            history.push(self.happening(line));
        }
        if cue == Cue::Reopen {
            history.push(Happening::Silence);
        }
        if let Some(cut) = self.was_cut(&id) {
            history.push(cut);
        }
        let released = CancellationToken::new();
        let model = self.shared.registry.writes(voice.character.models.llm.as_deref());
        self.turn_planned(speech, &id, cue_of(cue), model);
        let events = self.events.clone();
        let question = Question {
            tools: self
                .cast
                .get(&id)
                .and_then(|actor| actor.toolbox.clone())
                .map(|toolbox| ForSpeech::new(toolbox, released.clone()))
                .map(|tools| {
                    tools.telling(move |took, is_done| {
                        events.send(Event::ToolUsed {
                            speech,
                            took,
                            is_done,
                        })
                    })
                })
                .map(Arc::new),
            talker: self.cast.get(&id).and_then(|actor| actor.talker.clone()),
            turn: self.sound_of_turn(pending),
            ..self.question(voice.character.clone(), history)
        };
        self.assigned.about_to_speak(speech, question.moment);
        let (tap, along) = oneshot::channel();
        let writing = write(speech, question, tap, self.events.clone());
        let mut work = Work::start(speech, id, voice, self.events.clone(), Some(along), writing);
        work.released = released;
        self.work = Some(work);
    }

    fn apologise(&mut self, speech: SpeechId, id: CharacterId, trouble: Trouble) {
        let Some(voice) = self.begin(speech, &id) else {
            self.hand_in(Input::ReplyFailed { speech });
            return;
        };
        let occasion = match trouble {
            Trouble::NotUnderstood => Occasion::NotHeard,
            Trouble::NoAnswer => Occasion::LostThread,
        };
        let line = apology::line(
            occasion,
            &voice.character.language,
            &voice.character.name,
            speech.0,
        );
        self.turn_planned(speech, &id, TurnCue::Apology, None);
        let events = self.events.clone();
        let writing = async move {
            events.send(Event::ReplyText { speech, delta: line });
            events.send(Event::ReplyOver {
                speech,
                failed: false,
            });
        };
        self.work = Some(Work::start(speech, id, voice, self.events.clone(), None, writing));
    }

    /// Tells the character's player that a speech begins, and answers what it is made with.
    fn begin(&self, speech: SpeechId, id: &CharacterId) -> Option<Voice> {
        let actor = self.cast.get(id)?;
        if !actor.player.order(Order::Begin(speech)) {
            // It lives as long as its character, unless it panicked.
            self.events.send(Event::Died { what: "play speech" });
            return None;
        }
        Some(Voice {
            registry: self.shared.registry.clone(),
            character: actor.member.character.clone(),
            sound: actor.player.sound(),
            pace: actor.pace.clone(),
            level: actor.level.clone(),
            metrics: self.shared.metrics.clone(),
            usage: self.usage.clone(),
        })
    }

    fn stop(&mut self, speech: SpeechId) {
        if !self.order(speech, Order::Stop(speech)) {
            // Without a player nothing is heard any more.
            self.hand_in(Input::PlayoutStopped {
                speech,
                heard: std::time::Duration::ZERO,
            });
        }
    }

    fn order(&self, speech: SpeechId, order: Order) -> bool {
        let work = self.work.as_ref().filter(|work| work.speech == speech);
        let player = work
            .and_then(|work| self.cast.get(&work.character))
            .map(|actor| &actor.player);
        let is_taken = player.is_some_and(|player| player.order(order));
        if !is_taken {
            warn!(room = self.room_id, ?order, "order a player: it is gone");
        }
        is_taken
    }

    fn enter(&mut self, line: Line) {
        let happening = self.happening(&line);
        if let Happening::Said { by, name, text } = &happening {
            let (speaker_type, character_id) = match &line.speaker {
                Speaker::Person(_) => (SpeakerType::User, None),
                Speaker::Character(id) => (SpeakerType::Agent, Some(id.to_string())),
            };
            let turn = match &line.speaker {
                Speaker::Person(_) => None,
                Speaker::Character(id) => self.turn_of_entry(id),
            };
            self.entries.post(NewEntry {
                sequence: 0,
                speaker_type,
                character_id,
                speaker_identity: Some(by.clone()),
                speaker_name: Some(name.clone()),
                content: text.clone(),
                turn,
            });
        }
        self.history.push(happening);
        self.resuming.is_past();
        self.shorten_history();
        if let Speaker::Person(id) = &line.speaker {
            self.caption(id, line.text, true);
        }
    }

    fn happening(&self, line: &Line) -> Happening {
        let (by, name) = match &line.speaker {
            Speaker::Person(id) => (id.to_string(), self.people.name(id)),
            Speaker::Character(id) => {
                let name = self
                    .cast
                    .get(id)
                    .map_or_else(|| id.to_string(), |actor| actor.member.character.name.clone());
                (format!("{AGENT_PREFIX}{id}"), name)
            }
        };
        Happening::Said {
            by,
            name,
            text: line.text.clone(),
        }
    }
}
