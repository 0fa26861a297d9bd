//! The people in the room, and their ears.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::StreamExt;
use livekit::webrtc::audio_stream::immediate::ImmediateAudioStream;
use livekit::webrtc::audio_stream::native::NativeAudioStream;
use tokio_util::task::AbortOnDropHandle;
use troupe_dialogue::{PersonId, TakeId};

use super::Events;
use super::listening::Live;
use super::previewing::Previews;
use crate::dsp::Resampler;
use crate::ear::{Ear, EarError, Ears, Heard, TRACK_RATE_HZ};
use crate::link::Track;
use crate::link::console::MICROPHONE_RATE_HZ;
use crate::recorder::{RECORDED_RATE_HZ, TrackInput};

/// One person.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) hearing: Option<Hearing>,
    /// An ear whose track is gone, until the voice that was on then is heard out.
    leaving: Option<Hearing>,
    /// The turn as it stood at the last pause.
    pub(super) turn: Option<TurnSound>,
    /// How the turn before sounded.
    pub(super) last_turn: Option<Arc<[i16]>>,
    /// Whether their voice is on.
    pub(super) is_voiced: bool,
    /// The take that waits for what was said so far.
    pub(super) probing: Option<TakeId>,
    /// Number of the caption segment.
    pub(super) segment: u64,
    /// When their words are looked at while they speak.
    pub(super) previews: Previews,
    /// Such a look.
    pub(super) previewing: Option<AbortOnDropHandle<()>>,
    /// The take that is being transcribed.
    pub(super) transcribing: Option<AbortOnDropHandle<()>>,
}

/// How a turn sounds up to a pause.
#[derive(Debug, Clone)]
pub(super) struct TurnSound {
    pub(super) pcm: Arc<[i16]>,
    /// Where it ends in the stream of its ear.
    end: u64,
    ear: EarNumber,
}

impl TurnSound {
    pub(super) fn new(pcm: Arc<[i16]>, end: u64, ear: EarNumber) -> Self {
        Self { pcm, end, ear }
    }
}

/// Tells a room's ears apart: a person has another one for each track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EarNumber(u64);

impl Person {
    /// Their track is gone, or another one comes. What they are saying at that moment is heard to its end: an ear that
    /// gets no more sound finds the pause by itself.
    pub(super) fn stop_hearing(&mut self) {
        let hearing = self.hearing.take();
        if self.is_voiced && hearing.is_some() {
            self.leaving = hearing;
        }
    }

    /// Whether it is this track that is heard.
    pub(super) fn has_track(&self, sid: &str) -> bool {
        self.hearing
            .as_ref()
            .is_some_and(|hearing| hearing.track_sid == sid)
    }

    /// A voice has paused in this ear.
    pub(super) fn paused(&mut self, turn: TurnSound) {
        self.is_voiced = false;
        self.previews.voice_paused();
        // The words of the pause are waited for.
        self.previewing = None;
        self.leaving.take_if(|hearing| hearing.number == turn.ear);
        self.turn = Some(turn);
    }

    /// Who hears the voice that is on.
    pub(super) fn hears_voice(&self) -> Option<&Hearing> {
        self.leaving.as_ref().or(self.hearing.as_ref())
    }

    /// What was heard of a turn is settled.
    pub(super) fn settle(&self, turn: &TurnSound) {
        // The places of one ear's stream say nothing in that of another.
        let Some(hearing) = self.hearing.as_ref().filter(|hearing| hearing.number == turn.ear) else {
            return;
        };
        hearing.ear.forget(turn.end);
        if let Some(listening) = hearing.live.get() {
            listening.forget();
        }
    }
}

/// A track that somebody is about to be heard by.
pub(super) struct Incoming {
    pub(super) number: EarNumber,
    pub(super) track_sid: String,
    pub(super) track: Track,
}

/// A person's track on its way to their ear.
pub(super) struct Hearing {
    number: EarNumber,
    pub(super) track_sid: String,
    pub(super) ear: Ear,
    /// Who listens while they speak.
    pub(super) live: Live,
    /// Tells of their words.
    pub(super) listening: Option<AbortOnDropHandle<()>>,
    _pumps: [Option<AbortOnDropHandle<()>>; 2],
}

impl Hearing {
    /// Opens an ear for a track; what it hears is also recorded when there is a tape for it.
    ///
    /// The ear has sound as soon as it comes. A tape keeps the room's time, so it has the even stream: what was
    /// made up for late sound, and then the sound itself, would make it longer than the talk.
    pub(super) fn open(
        ears: &Ears,
        events: &Events,
        incoming: Incoming,
        taped: Option<TrackInput>,
        live: Live,
        heard: impl FnMut(Heard) + Send + 'static,
    ) -> Result<Self, EarError> {
        let Incoming {
            number,
            track_sid,
            track,
        } = incoming;
        let (mut input, ear) = ears.open(heard)?;
        let track = match track {
            Track::LiveKit(track) => track,
            // Nothing is recorded at a terminal.
            Track::Console(mut microphone) => {
                let mut resampler = Resampler::new(MICROPHONE_RATE_HZ, TRACK_RATE_HZ)?;
                let hearing = events.guard("hear a microphone", async move {
                    let mut resampled = Vec::new();
                    while let Some(pcm) = microphone.next().await {
                        resampled.clear();
                        resampler.push(&pcm, &mut resampled);
                        input.push(&resampled);
                    }
                });
                return Ok(Self {
                    number,
                    track_sid,
                    ear,
                    live,
                    listening: None,
                    _pumps: [Some(hearing), None],
                });
            }
        };
        let mut frames = ImmediateAudioStream::new(&track.rtc_track(), TRACK_RATE_HZ, 1);
        let hearing = events.guard("hear a person", async move {
            while let Some(frame) = frames.next().await {
                input.push(&frame.samples);
            }
        });
        let taping = taped.map(|mut taped| {
            let rate = RECORDED_RATE_HZ.cast_signed();
            let mut frames = NativeAudioStream::new(track.rtc_track(), rate, 1);
            events.guard("record a person", async move {
                while let Some(frame) = frames.next().await {
                    taped.push(&frame.data);
                }
            })
        });
        Ok(Self {
            number,
            track_sid,
            ear,
            live,
            listening: None,
            _pumps: [Some(hearing), taping],
        })
    }
}

/// Everyone who is in the room.
#[derive(Default)]
pub(super) struct People {
    people: BTreeMap<PersonId, Person>,
    ears: u64,
}

impl People {
    /// The number of an ear that is about to be opened.
    pub(super) fn next_ear(&mut self) -> EarNumber {
        self.ears += 1;
        EarNumber(self.ears)
    }

    /// Adds a person; answers whether they are new.
    pub(super) fn add(&mut self, id: PersonId, name: String) -> bool {
        if let Some(known) = self.people.get_mut(&id) {
            known.name = name;
            return false;
        }
        self.people.insert(
            id,
            Person {
                name,
                hearing: None,
                leaving: None,
                turn: None,
                last_turn: None,
                is_voiced: false,
                probing: None,
                segment: 1,
                previews: Previews::default(),
                previewing: None,
                transcribing: None,
            },
        );
        true
    }

    pub(super) fn remove(&mut self, id: &PersonId) -> Option<Person> {
        self.people.remove(id)
    }

    pub(super) fn get(&self, id: &PersonId) -> Option<&Person> {
        self.people.get(id)
    }

    pub(super) fn get_mut(&mut self, id: &PersonId) -> Option<&mut Person> {
        self.people.get_mut(id)
    }

    pub(super) fn name(&self, id: &PersonId) -> String {
        self.people
            .get(id)
            .map_or_else(|| id.to_string(), |person| person.name.clone())
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.people.values().map(|person| person.name.as_str())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Person> {
        self.people.values_mut()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &PersonId> {
        self.people.keys()
    }

    /// Those whose voice is on.
    pub(super) fn voiced(&self) -> Vec<PersonId> {
        let voiced = self.people.iter().filter(|(_, person)| person.is_voiced);
        voiced.map(|(id, _)| id.clone()).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// The tracks of a connection that is gone can't be heard any more.
    pub(super) fn stop_hearing(&mut self) {
        for person in self.people.values_mut() {
            person.stop_hearing();
        }
    }
}
