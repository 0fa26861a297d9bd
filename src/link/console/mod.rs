//! A room at this terminal: one person, whose sound and lines come from outside, and a speaker that is pulled.
//!
//! ```text
//! ears of the session ◀─ Microphone ◀─ Ends ◀─ sound device, files or the keyboard
//! players ─▶ SpeakerSink ─▶ Speaker ─▶ Ends ─▶ sound device or file
//! ```
//!
//! Nothing here waits: a microphone whose listener is behind drops what is new, a speaker that is full what is new.

mod speaker;

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;
use troupe_dialogue::AgentState;

pub use speaker::{Speaker, SpeakerSink};

use super::{Caption, Seen, Track};

/// Sample rate of a person's sound, Hz.
pub const MICROPHONE_RATE_HZ: u32 = 48_000;
/// Identity of the person at the terminal.
pub const PERSON: &str = "you";
/// Id of their track.
const MICROPHONE_SID: &str = "TR_console";
/// Pieces of sound that wait for the ear: 2 s of 10 ms each. Full: the newest is dropped.
const MICROPHONE_MAX: usize = 200;
/// Typed lines that wait for the session. Full: whoever types waits.
const TYPED_MAX: usize = 16;
/// What is shown and not looked at yet. Full: the newest is dropped; the transcript is a channel of its own.
const SHOWN_MAX: usize = 256;

/// A person's sound as the ear takes it.
#[derive(Debug)]
pub struct Microphone(mpsc::Receiver<Vec<i16>>);

impl Microphone {
    /// The next PCM at [`MICROPHONE_RATE_HZ`], mono; `None` once the microphone is closed.
    pub async fn next(&mut self) -> Option<Vec<i16>> {
        self.0.recv().await
    }
}

/// What is shown of a character.
#[derive(Debug, Clone)]
pub enum Shown {
    /// What it does.
    State {
        /// Its name.
        name: String,
        /// What.
        state: AgentState,
    },
    /// Words as they come.
    Caption {
        /// Name of the character that shows them; they may be the person's.
        name: String,
        /// The words.
        caption: Caption,
    },
}

/// The outer ends of the room.
pub struct Ends {
    /// Takes the person's sound, PCM at [`MICROPHONE_RATE_HZ`], mono.
    pub microphone: mpsc::Sender<Vec<i16>>,
    /// Takes what the person types.
    pub typed: mpsc::Sender<String>,
    /// What the characters say.
    pub speaker: Speaker,
    /// What there is to show.
    pub shown: mpsc::Receiver<Shown>,
}

/// What comes from the person, for the one connection that listens.
struct Line {
    microphone: Option<Microphone>,
    typed: mpsc::Receiver<String>,
}

/// Where characters get in; clones lead to the same room.
#[derive(Clone)]
pub struct Door {
    person: String,
    line: Arc<Mutex<Option<Line>>>,
    speaker: Speaker,
    shown: mpsc::Sender<Shown>,
}

/// Opens a room for a person with this name; with `has_voice` they can be heard.
pub fn open(person: &str, has_voice: bool) -> (Door, Ends) {
    let (microphone, sound) = mpsc::channel(MICROPHONE_MAX);
    let (typed, lines) = mpsc::channel(TYPED_MAX);
    let (shown, to_show) = mpsc::channel(SHOWN_MAX);
    let speaker = Speaker::default();
    let line = Line {
        microphone: has_voice.then_some(Microphone(sound)),
        typed: lines,
    };
    let door = Door {
        person: person.to_owned(),
        line: Arc::new(Mutex::new(Some(line))),
        speaker: speaker.clone(),
        shown,
    };
    let ends = Ends {
        microphone,
        typed,
        speaker,
        shown: to_show,
    };
    (door, ends)
}

type Report = Arc<dyn Fn(Seen) + Send + Sync>;

/// A character at the terminal.
pub struct Connection {
    name: String,
    door: Door,
    seen: Report,
    listening: Mutex<Option<AbortOnDropHandle<()>>>,
}

impl Door {
    /// Lets a character in; `seen` must not wait.
    pub fn join(&self, name: &str, seen: impl Fn(Seen) + Send + Sync + 'static) -> Connection {
        Connection {
            name: name.to_owned(),
            door: self.clone(),
            seen: Arc::new(seen),
            listening: Mutex::default(),
        }
    }
}

impl Connection {
    /// From now on this character hears the person; the first one that is asked does, to the end.
    pub fn listen(&self) {
        let line = self
            .door
            .line
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(line) = line else { return };
        let listening = tokio::spawn(listen(line, self.door.person.clone(), self.seen.clone()));
        *self.listening.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(AbortOnDropHandle::new(listening));
    }

    /// Shows what the character does.
    pub fn show(&self, state: AgentState) {
        self.tell(Shown::State {
            name: self.name.clone(),
            state,
        });
    }

    /// Shows words.
    pub fn caption(&self, caption: Caption) {
        self.tell(Shown::Caption {
            name: self.name.clone(),
            caption,
        });
    }

    /// Where the character's sound goes.
    pub fn sink(&self) -> SpeakerSink {
        self.door.speaker.sink()
    }

    fn tell(&self, shown: Shown) {
        if self.door.shown.try_send(shown).is_err() {
            tracing::debug!("show a character: nobody looks");
        }
    }
}

async fn listen(line: Line, person: String, seen: Report) {
    seen(Seen::PersonJoined {
        identity: PERSON.to_owned(),
        name: person,
    });
    if let Some(microphone) = line.microphone {
        seen(Seen::Track {
            identity: PERSON.to_owned(),
            sid: MICROPHONE_SID.to_owned(),
            track: Track::Console(microphone),
        });
    }
    let mut typed = line.typed;
    while let Some(text) = typed.recv().await {
        seen(Seen::Typed {
            identity: PERSON.to_owned(),
            text,
        });
    }
}
