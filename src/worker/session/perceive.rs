//! From what happened to the core's inputs.

use std::time::Duration;

use tokio::time::Instant;
use tracing::{debug, error, info, warn};
use troupe_dialogue::tuning::Overrides;
use troupe_dialogue::{CastMember, CharacterId, Input, PersonId, Sounding, SpeechId, Time, spelled};

use super::Session;
use super::cast::Actor;
use super::event::Event;
use super::listening::Live;
use super::people::{EarNumber, Hearing, Incoming, TurnSound};
use crate::ear::Heard;
use crate::link::{Caption, Connection, Seen};
use crate::protocol::{ChangeKind, ReleaseReason, TurnEnd};
use crate::recorder::RecordedSink;
use crate::tools::Toolbox;
use crate::voice::{Counted, Level, Pace, Player, Sent, Voiced};
use crate::worker::metrics::Role;
use crate::worker::standing::Gated;

impl Session {
    /// Names of all who are here.
    pub(super) fn names(&self) -> Vec<String> {
        let characters = self.cast.iter().flat_map(|(_, actor)| {
            let character = &actor.member.character;
            std::iter::once(&character.name).chain(&character.aliases)
        });
        characters
            .cloned()
            .chain(self.people.names().map(str::to_owned))
            .collect()
    }

    /// Takes in an event; answers why the room is over, if it is.
    pub(super) fn perceive(&mut self, event: Event) -> Option<ReleaseReason> {
        match event {
            Event::Joined { member, result } => {
                self.joining = self.joining.saturating_sub(1);
                match result {
                    Ok(connection) => self.joined(*member, connection),
                    Err(error) => {
                        warn!(room = self.room_id, character = member.character.id, %error, "join a character");
                        return (self.joining == 0 && self.cast.is_empty()).then_some(ReleaseReason::Failed);
                    }
                }
            }
            Event::VoiceKnown { character, clause } => self.hand_in(Input::CharacterTuned {
                character,
                tuning: Overrides::of_voice(clause),
            }),
            Event::Seen { character, seen } => return self.seen(&character, seen),
            Event::Heard {
                heard: Heard::Broken, ..
            } => {
                error!(room = self.room_id, "an ear died: let the room go");
                return Some(ReleaseReason::Failed);
            }
            Event::Heard { person, ear, heard } => self.heard(person, ear, heard),
            Event::Listening { person } => self.listening(&person),
            Event::Partial { person, text } => self.partial(&person, &text),
            Event::Previewed { person, seen } => self.previewed(&person, &seen),
            Event::Transcribed { take, result } => match result {
                Ok(text) => {
                    self.turns.transcribed(take, self.now(), true);
                    let text = spelled(&text, &self.names());
                    self.hand_in(Input::Transcribed { take, text });
                }
                Err(error) => {
                    warn!(room = self.room_id, %error, "transcribe");
                    self.turns.transcribed(take, self.now(), false);
                    self.hand_in(Input::TranscriptionFailed { take });
                }
            },
            Event::Judged { take, probability } => self.hand_in(Input::EndJudged { take, probability }),
            Event::ReplyText { speech, delta } => {
                self.turns.wrote(speech, self.now());
                self.hand_in(Input::ReplyText { speech, delta });
            }
            Event::ReplyOver { speech, failed } => {
                self.turns.written(speech, self.now(), !failed);
                self.hand_in(if failed {
                    Input::ReplyFailed { speech }
                } else {
                    Input::ReplyDone { speech }
                });
            }
            Event::ToolUsed {
                speech,
                took,
                is_done,
            } => self.turns.tool_used(speech, took, self.now(), is_done),
            Event::Shortened { excerpt, short } => self.shortened(&excerpt, short),
            Event::Died { what } => {
                error!(
                    room = self.room_id,
                    what, "a task of the room died: let the room go"
                );
                return Some(ReleaseReason::Failed);
            }
            Event::Voiced(voiced) => self.voiced(voiced),
            Event::Change(ChangeKind::ParticipantAdded { member }) => {
                if self.cast.get(&member.character.id.as_str().into()).is_none() {
                    self.join(*member);
                }
            }
            Event::Change(ChangeKind::ParticipantRemoved { character_id }) => {
                self.remove(&character_id.as_str().into())
            }
            Event::Change(ChangeKind::RoomEnded) => return Some(ReleaseReason::Ended),
        }
        None
    }

    fn joined(&mut self, member: crate::protocol::CastMember, connection: Connection) {
        let id: CharacterId = member.character.id.as_str().into();
        let events = self.events.clone();
        let track = self
            .recording
            .as_ref()
            .and_then(|recording| recording.character(&member));
        let sent = Sent::default();
        let sink = Counted::new(connection.sink(), sent.clone());
        let sink = RecordedSink::new(sink, track);
        let sink = Gated::new(sink, self.shared.standing.clone());
        let player = Player::start(sink, move |voiced| events.send(Event::Voiced(voiced)));
        let mut names = vec![member.character.name.clone()];
        names.extend(member.character.aliases.iter().cloned());
        let talkativeness = member.character.talkativeness;
        info!(room = self.room_id, character = %id, ms = self.began.elapsed().as_millis(), "character joined");
        let toolbox = Toolbox::open(&self.shared.tools, &member.character.tools);
        let talker = self.talker(&member, toolbox.as_ref());
        let reading = talker.is_none().then(|| self.read_ahead(&member.character));
        self.know_voice(&member.character);
        self.cast.add(
            id.clone(),
            Actor {
                member,
                connection,
                player,
                sent,
                pace: Pace::default(),
                level: Level::default(),
                toolbox,
                talker,
                _reading: reading,
            },
        );
        self.surround();
        self.brief_talkers();
        self.hand_in(Input::CharacterJoined(CastMember::new(id, names, talkativeness)));
        self.open_the_talk();
        self.take_up();
    }

    fn remove(&mut self, id: &CharacterId) {
        // The core cuts its speech first, so that what was heard is kept.
        self.hand_in(Input::CharacterLeft(id.clone()));
        self.drain();
        let Some((actor, was_listener)) = self.cast.remove(id) else {
            return;
        };
        if was_listener {
            self.people.stop_hearing();
            self.surround();
        }
        self.brief_talkers();
        tokio::spawn(actor.connection.leave());
    }

    /// Has the listener's connection sound like the room's place, if it has one.
    fn surround(&self) {
        if let (Some(ambience), Some(actor)) = (self.scene.ambience, self.cast.listener()) {
            actor.connection.surround(&self.shared.ambiences, ambience);
        }
    }

    fn seen(&mut self, character: &CharacterId, seen: Seen) -> Option<ReleaseReason> {
        match seen {
            Seen::PersonJoined { identity, name } => {
                let person: PersonId = identity.as_str().into();
                self.empty_since = None;
                let names = vec![name.clone()];
                debug!(room = self.room_id, "a person is here");
                if self.people.add(person.clone(), name) {
                    self.brief_talkers();
                    self.hand_in(Input::PersonJoined { person, names });
                    self.open_the_talk();
                    self.take_up();
                }
            }
            Seen::PersonLeft { identity } => {
                let person: PersonId = identity.as_str().into();
                if self.people.get(&person).is_some() {
                    self.hand_in(Input::PersonLeft {
                        person: person.clone(),
                    });
                    self.drain();
                    self.people.remove(&person);
                    self.brief_talkers();
                }
                if self.people.is_empty() {
                    self.empty_since = Some(Instant::now());
                }
            }
            Seen::Track { identity, sid, track } if self.cast.is_listener(character) => {
                let person: PersonId = identity.as_str().into();
                let (events, heard_by) = (self.events.clone(), person.clone());
                let ear = self.people.next_ear();
                let incoming = Incoming {
                    number: ear,
                    track_sid: sid,
                    track,
                };
                let live = Live::default();
                let listener = live.clone();
                let heard = move |heard| {
                    if let Some(heard) = listener.take(heard) {
                        events.send(Event::Heard {
                            person: heard_by.clone(),
                            ear,
                            heard,
                        });
                    }
                };
                let taped = self
                    .recording
                    .as_ref()
                    .and_then(|recording| recording.person(&identity, &self.people.name(&person)));
                debug!(room = self.room_id, "a person's sound is here");
                match Hearing::open(
                    &self.shared.ears,
                    &self.events,
                    incoming,
                    taped,
                    live.clone(),
                    heard,
                ) {
                    Ok(hearing) => {
                        if let Some(known) = self.people.get_mut(&person) {
                            known.stop_hearing();
                            known.hearing = Some(hearing);
                            self.listen_to(&person, &live);
                        }
                    }
                    Err(error) => warn!(room = self.room_id, %error, "open an ear"),
                }
            }
            Seen::Track { .. } => {}
            Seen::TrackGone { identity, sid } => {
                let person = self.people.get_mut(&identity.as_str().into());
                if let Some(person) = person.filter(|person| person.has_track(&sid)) {
                    person.stop_hearing();
                }
            }
            Seen::Typed { identity, text } => {
                let person: PersonId = identity.as_str().into();
                if let Some(typing) = self.people.get_mut(&person)
                    && !text.trim().is_empty()
                {
                    typing.last_turn = None;
                    self.hand_in(Input::Typed {
                        person,
                        text: text.trim().to_owned(),
                    });
                }
            }
            Seen::Lost { reason, room_is_over } => {
                if room_is_over {
                    debug!(room = self.room_id, reason, "the LiveKit room is closed");
                    return Some(ReleaseReason::Ended);
                }
                self.warn_lost(&reason);
                self.remove(character);
                return (self.cast.is_empty() && self.joining == 0).then_some(ReleaseReason::Failed);
            }
        }
        None
    }

    fn heard(&mut self, id: PersonId, ear: EarNumber, heard: Heard) {
        match heard {
            Heard::Started { ago } => {
                debug!(room = self.room_id, "a voice begins");
                let since = self.before(ago);
                self.stopwatch.voice_started(since);
                if let Some(person) = self.people.get_mut(&id) {
                    person.is_voiced = true;
                    person.previews.voice_started(self.began.elapsed());
                }
                self.hand_in(Input::VoiceStarted { person: id, since });
            }
            Heard::Paused { ago, pcm, end } => {
                let last_voice = self.before(ago);
                self.stopwatch.voice_paused(last_voice);
                self.turns.paused(last_voice, rand::random());
                if let Some(person) = self.people.get_mut(&id) {
                    person.paused(TurnSound::new(pcm, end, ear));
                    // A look that comes after this knows no more, and must not take the place of the next take.
                    person.probing = None;
                }
                self.hand_in(Input::VoicePaused {
                    person: id,
                    last_voice,
                });
            }
            // An ear that died ended the room; sound goes to whoever listens.
            Heard::Broken | Heard::Sound { .. } => {}
            Heard::Probed { pcm, end } => {
                let Some(person) = self.people.get_mut(&id) else {
                    return;
                };
                if let Some(take) = person.probing.take() {
                    person.previews.put_off(self.began.elapsed());
                    person.turn = Some(TurnSound::new(pcm.clone(), end, ear));
                    self.start_take(&id, take, pcm);
                } else if let Some(voice) = person.previews.probed() {
                    self.preview(&id, voice, pcm);
                }
            }
        }
    }

    fn voiced(&mut self, voiced: Voiced) {
        match voiced {
            Voiced::Made {
                speech,
                chunk,
                duration,
                complete,
            } => {
                self.first_sound_made(speech);
                self.turns.voiced(speech, self.now());
                self.hand_in(Input::ChunkAudio {
                    speech,
                    chunk,
                    duration,
                    complete,
                });
            }
            Voiced::Sounding {
                speech,
                chunk,
                stretches,
            } => self.hand_in(Input::ChunkSounding {
                speech,
                chunk,
                sounding: Sounding::Stretches(stretches),
            }),
            Voiced::ChunkStarted { speech, chunk } => {
                if chunk == 0
                    && let Some(after) = self.stopwatch.speech_began(self.now())
                {
                    self.shared.metrics.first_audio(after);
                }
                self.turns.sounded(speech, self.now());
                self.hand_in(Input::PlayoutStarted { speech });
                if chunk == 0 {
                    self.watch(speech);
                }
                let Some(work) = self.work.as_mut().filter(|work| work.speech == speech) else {
                    return;
                };
                work.begun = work.begun.max(chunk + 1);
                let (Some(actor), Some(text)) = (self.cast.get(&work.character), work.chunks.get(chunk))
                else {
                    return;
                };
                let text = if chunk == 0 {
                    text.clone()
                } else {
                    format!(" {text}")
                };
                let (segment, track_sid) = (segment_of(speech.0), actor.connection.track_sid().to_owned());
                actor.connection.caption(Caption::Own {
                    segment,
                    text,
                    track_sid,
                });
            }
            Voiced::Finished { speech } => {
                self.caption_the_rest(speech);
                self.stopwatch.speech_ended(self.now());
                self.turn_ended(speech, TurnEnd::Whole);
                let speaker = self.work.as_ref().and_then(|work| self.cast.get(&work.character));
                if let Some(toolbox) = speaker.and_then(|actor| actor.toolbox.as_ref()) {
                    toolbox.was_heard();
                }
                self.speech_is_over();
                self.hand_in(Input::PlayoutFinished { speech });
                self.was_spoken(speech);
            }
            Voiced::Stopped { speech, heard } => {
                if let Some(after) = self.stopwatch.speech_cut(self.now()) {
                    self.shared.metrics.cut(after);
                }
                self.turn_ended(speech, TurnEnd::Cut);
                self.tell_talker(speech, heard);
                self.speech_is_over();
                self.hand_in(Input::PlayoutStopped { speech, heard });
            }
        }
    }

    /// A model that speaks by itself is told how much of its speech was heard.
    fn tell_talker(&self, speech: SpeechId, heard: Duration) {
        let work = self.work.as_ref().filter(|work| work.speech == speech);
        let actor = work.and_then(|work| self.cast.get(&work.character));
        if let Some(talker) = actor.and_then(|actor| actor.talker.as_ref()) {
            talker.cut(speech, heard);
        }
    }

    /// Where sound comes with its words, the end of the words may have no sound of its own.
    fn caption_the_rest(&mut self, speech: SpeechId) {
        let Some(work) = self.work.as_mut().filter(|work| work.speech == speech) else {
            return;
        };
        let Some(actor) = self
            .cast
            .get(&work.character)
            .filter(|actor| actor.talker.is_some())
        else {
            return;
        };
        let begun = std::mem::replace(&mut work.begun, work.chunks.len());
        for (chunk, text) in work.chunks.iter().enumerate().skip(begun) {
            let text = if chunk == 0 {
                text.clone()
            } else {
                format!(" {text}")
            };
            actor.connection.caption(Caption::Own {
                segment: segment_of(speech.0),
                text,
                track_sid: actor.connection.track_sid().to_owned(),
            });
        }
    }

    /// The voice has made its first sound, if this is it.
    fn first_sound_made(&mut self, speech: SpeechId) {
        let work = self.work.as_mut().filter(|work| work.speech == speech);
        if let Some(asked) = work.and_then(|work| work.voice_asked.take()) {
            self.shared.metrics.answered(Role::Tts, asked.elapsed());
        }
    }

    /// The watchdog has somebody to look at.
    fn watch(&mut self, speech: SpeechId) {
        let work = self.work.as_ref().filter(|work| work.speech == speech);
        if let Some(actor) = work.and_then(|work| self.cast.get(&work.character)) {
            self.watchdog
                .begins(self.began.elapsed(), speech, actor.sent.frames());
        }
    }

    fn speech_is_over(&mut self) {
        self.watchdog.is_over();
        if let Some(work) = self.work.take()
            && let Some(actor) = self.cast.get(&work.character)
        {
            actor.connection.caption(Caption::OwnEnd);
        }
    }

    /// The moment this long ago.
    fn before(&self, ago: Duration) -> Time {
        Time::after_start(self.began.elapsed().saturating_sub(ago))
    }
}

/// The caption segment of a speech.
fn segment_of(speech: u64) -> String {
    format!("SG_{speech:012}")
}
