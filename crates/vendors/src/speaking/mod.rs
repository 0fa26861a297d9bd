//! Text as speech while it is written.
//!
//! A [`Speaker`] is a service with a key; [`Speaker::begin`] opens a [`Speech`] in one voice, [`Speech::say`] has it say
//! the next text and answers its [`Sound`]. The connection is made while the text is still being written, and what one
//! text sounds like goes on in the next where the service keeps that in mind.

mod driver;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::socket::{COMPLAINS_WITHIN, Incoming, Outgoing, Place, Pool, Socket};
use crate::word::primary_subtag;
use crate::{Fault, Timing, Word};
use driver::Text;

/// Sample rate of the speech, Hz, mono.
pub const RATE_HZ: u32 = 24_000;
/// Texts of one speech that wait. Full: refused, which nobody's speech reaches.
const TEXTS_MAX: usize = 64;
/// Pieces of one text's sound that wait to be taken: more than a paragraph has. Full: the service is held back.
const PIECES_MAX: usize = 1_024;

/// What a service that speaks can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// A text goes on as the one before it ended.
    pub keeps_context: bool,
    /// Each word comes with its times.
    pub word_times: bool,
    /// A connection serves one speech after the other.
    pub is_reused: bool,
}

/// A piece of a text's sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Mono PCM at [`RATE_HZ`].
    Pcm(Vec<i16>),
    /// Words with their times, counted from the beginning of the text.
    Words(Vec<Word>),
}

/// What a frame of a service says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    /// Sound, or words.
    Piece(Piece),
    /// The text was said; nothing more comes of it.
    Over,
}

/// The protocol of a service on one connection: pure.
pub(crate) trait Protocol: Send {
    /// What goes out before any text.
    fn open(&mut self) -> Vec<Outgoing>;
    /// Says a text; `silent` is how long ago the service last told something on this connection.
    fn say(&mut self, text: &str, silent: Duration) -> Vec<Outgoing>;
    /// Takes a text back that is not over.
    fn cancel(&mut self) -> Option<Outgoing>;
    /// No text follows.
    fn end(&mut self) -> Option<Outgoing>;
    /// A text frame came.
    ///
    /// # Errors
    /// When it tells of a failure, or can't be read.
    fn take_in(&mut self, frame: &str) -> Result<Vec<Told>, Fault>;
    /// What it means that the service closed the connection so.
    fn closed(&self, code: u16, reason: &str) -> Fault;
}

/// A voice and its language.
#[derive(Debug, Clone)]
pub(crate) struct Voice {
    pub(crate) name: Option<String>,
    /// BCP 47 tag.
    pub(crate) language: String,
}

impl Voice {
    /// `en` of `en-GB`, as services want it.
    pub(crate) fn language(&self) -> Option<String> {
        primary_subtag(&self.language)
    }
}

/// A service: where it is, and how it is spoken with.
pub(crate) trait Service: Send + Sync {
    fn abilities(&self) -> Abilities;
    fn place(&self, voice: &Voice) -> Place;
    fn protocol(&self, voice: &Voice) -> Box<dyn Protocol>;
    fn timing(&self) -> Timing;
}

/// A service that speaks.
#[derive(Clone)]
pub struct Speaker {
    service: Arc<dyn Service>,
    pool: Arc<Pool>,
}

impl Speaker {
    pub(crate) fn new(service: impl Service + 'static) -> Self {
        Self {
            pool: Arc::new(Pool::new(service.timing().idle)),
            service: Arc::new(service),
        }
    }

    /// What it can do.
    pub fn abilities(&self) -> Abilities {
        self.service.abilities()
    }

    /// Tries the key and the way to the service: connects, waits a moment for a complaint, and leaves.
    ///
    /// # Errors
    /// When it can't be used.
    pub async fn try_door(&self) -> Result<(), Fault> {
        let voice = Voice {
            name: None,
            language: String::new(),
        };
        let timing = self.service.timing();
        let mut socket = Socket::open(&self.service.place(&voice), timing.connect).await?;
        let mut protocol = self.service.protocol(&voice);
        for frame in protocol.open() {
            socket.send(frame, timing.send).await?;
        }
        let complaint = match socket.complaint(COMPLAINS_WITHIN).await {
            Some(Incoming::Text(frame)) => protocol.take_in(&frame).map(|_| ()),
            Some(Incoming::Closed(code, reason)) => Err(protocol.closed(code, &reason)),
            Some(_) => Err(Fault::BrokenOff),
            None => Ok(()),
        };
        socket.close(protocol.end());
        complaint
    }

    /// Begins a speech in this voice, or the service's usual one, in this language (a BCP 47 tag), and connects in the
    /// background. Needs a tokio runtime.
    pub fn begin(&self, voice: Option<&str>, language: &str) -> Speech {
        let (texts, texts_in) = mpsc::channel(TEXTS_MAX);
        let voice = Voice {
            name: voice.map(str::to_owned),
            language: language.to_owned(),
        };
        let driver = driver::Driver::new(Arc::clone(&self.service), Arc::clone(&self.pool), voice);
        // It ends with the last of its texts, and each text with whoever listens to it.
        tokio::spawn(driver.run(texts_in));
        Speech { texts }
    }
}

/// One speech. It may be dropped before its sounds, and then ends with the last of them.
pub struct Speech {
    texts: mpsc::Sender<Text>,
}

impl Speech {
    /// Has this text said after those before it.
    pub fn say(&self, text: &str) -> Sound {
        let (pieces, pieces_in) = mpsc::channel(PIECES_MAX);
        let text = Text {
            text: text.to_owned(),
            pieces,
        };
        Sound {
            // A text that is refused has no sender any more, and so no end.
            is_refused: self.texts.try_send(text).is_err(),
            is_over: false,
            pieces: pieces_in,
        }
    }
}

/// The sound of one text; dropping it takes the text back.
pub struct Sound {
    pieces: mpsc::Receiver<Result<Option<Piece>, Fault>>,
    is_refused: bool,
    is_over: bool,
}

impl Sound {
    /// The next piece; `None` after the last.
    ///
    /// # Errors
    /// When the service failed; nothing follows.
    pub async fn next(&mut self) -> Option<Result<Piece, Fault>> {
        if std::mem::take(&mut self.is_refused) {
            self.is_over = true;
            return Some(Err(Fault::Refused {
                detail: "so many texts at once",
            }));
        }
        if self.is_over {
            return None;
        }
        match self.pieces.recv().await {
            Some(Ok(Some(piece))) => Some(Ok(piece)),
            Some(Ok(None)) => {
                self.is_over = true;
                None
            }
            Some(Err(fault)) => {
                self.is_over = true;
                Some(Err(fault))
            }
            // An end comes with a word.
            None => {
                self.is_over = true;
                Some(Err(Fault::BrokenOff))
            }
        }
    }
}
