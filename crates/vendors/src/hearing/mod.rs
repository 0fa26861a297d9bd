//! What a person says, as words, while they speak.
//!
//! A [`Hearer`] is a service with a key; [`Hearer::listen`] opens a [`Listening`] for one person. Sound goes in and
//! partial words come out; [`Listening::words`] ends what was said so far and answers all of it since
//! [`Listening::forget`]. The connection is made when there is sound and kept between turns.

mod driver;
mod rest;
mod transcript;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::task::AbortOnDropHandle;

use crate::socket::{COMPLAINS_WITHIN, Incoming, Outgoing, Place, Socket};
use crate::{Fault, Timing, Word};
use driver::Command;
pub(crate) use transcript::Segment;

/// Sample rate of the sound that is heard, Hz, mono.
pub const RATE_HZ: u32 = 16_000;
/// Sound and questions that wait for the connection: 8 s in pieces of 32 ms. Full: sound is lost, and with it the turn.
const COMMANDS_MAX: usize = 256;
/// Piece in which sound of a whole turn is sent, samples: 100 ms.
const PIECE: usize = RATE_HZ as usize / 10;

/// What a service that hears can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// Words come before the sound is over.
    pub partials: bool,
    /// Each word comes with its times.
    pub word_times: bool,
    /// A turn that is over already can be sent as fast as the network bears; otherwise only as fast as it was spoken.
    pub faster_than_spoken: bool,
}

/// What was said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcript {
    /// All of it; empty when nothing was.
    pub text: String,
    /// Its words with their times, where the service gives them.
    pub words: Vec<Word>,
}

/// The protocol of a service on one connection: pure.
pub(crate) trait Protocol: Send {
    /// Sound on its way out; what is too short for the service waits.
    fn sound(&mut self, pcm: &[i16]) -> Option<Outgoing>;
    /// Everything that was said so far is to be told now.
    fn finish(&mut self) -> Vec<Outgoing>;
    /// Keeps a silent connection open.
    fn keep_alive(&self) -> Option<Outgoing>;
    /// Before the connection is closed.
    fn goodbye(&self) -> Option<Outgoing>;
    /// A text frame came; `None` when it says nothing about words.
    ///
    /// # Errors
    /// When it tells of a failure, or can't be read.
    fn take_in(&mut self, frame: &str) -> Result<Option<Segment>, Fault>;
    /// What it means that the service closed the connection so.
    fn closed(&self, code: u16, reason: &str) -> Fault;
}

/// A service: where it is, and how it is spoken with.
pub(crate) trait Service: Send + Sync {
    fn abilities(&self) -> Abilities;
    fn place(&self, language: &str) -> Place;
    fn protocol(&self) -> Box<dyn Protocol>;
    fn timing(&self) -> Timing;
}

/// A service that hears.
#[derive(Clone)]
pub struct Hearer(pub(crate) Arc<dyn Service>);

impl Hearer {
    /// What it can do.
    pub fn abilities(&self) -> Abilities {
        self.0.abilities()
    }

    /// Listens to one person, who speaks this language (a BCP 47 tag). Nothing is sent yet. Needs a tokio runtime.
    pub fn listen(&self, language: &str) -> Listening {
        let (commands, commands_in) = mpsc::channel(COMMANDS_MAX);
        let (partial, partials) = watch::channel(Arc::from(""));
        let driver = driver::Driver::new(Arc::clone(&self.0), language, partial);
        let task = tokio::spawn(driver.run(commands_in));
        Listening {
            commands,
            partials,
            abilities: self.0.abilities(),
            is_torn: Arc::default(),
            _task: AbortOnDropHandle::new(task),
        }
    }

    /// Tries the key and the way to the service: connects, waits a moment for a complaint, and leaves.
    ///
    /// # Errors
    /// When it can't be used.
    pub async fn try_door(&self, language: &str) -> Result<(), Fault> {
        let mut socket = Socket::open(&self.0.place(language), self.0.timing().connect).await?;
        let mut protocol = self.0.protocol();
        let complaint = match socket.complaint(COMPLAINS_WITHIN).await {
            Some(Incoming::Text(frame)) => protocol.take_in(&frame).map(|_| ()),
            Some(Incoming::Closed(code, reason)) => Err(protocol.closed(code, &reason)),
            Some(_) => Err(Fault::BrokenOff),
            None => Ok(()),
        };
        socket.close(protocol.goodbye());
        complaint
    }

    /// The words of sound that is over, by a connection of its own.
    ///
    /// # Errors
    /// When the service does not tell them in time.
    pub async fn transcribe(&self, pcm: &[i16], language: &str) -> Result<Transcript, Fault> {
        let listening = self.listen(language);
        let is_hurried = self.abilities().faster_than_spoken;
        for piece in pcm.chunks(PIECE) {
            listening.push(piece.into()).await?;
            if !is_hurried {
                let spoken_ms = piece.len() as u64 * 1_000 / u64::from(RATE_HZ);
                tokio::time::sleep(Duration::from_millis(spoken_ms)).await;
            }
        }
        listening.words().await
    }
}

/// One person who is listened to; dropping it ends the connection.
pub struct Listening {
    commands: mpsc::Sender<Command>,
    partials: watch::Receiver<Arc<str>>,
    abilities: Abilities,
    /// Sound found the queue full: the turn has a hole.
    is_torn: Arc<AtomicBool>,
    _task: AbortOnDropHandle<()>,
}

impl Listening {
    /// What the service can do.
    pub fn abilities(&self) -> Abilities {
        self.abilities
    }

    /// Hands sound over, mono at [`RATE_HZ`]; never waits. What finds the queue full is lost, and the turn with it.
    pub fn hear(&self, pcm: Arc<[i16]>) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.commands.try_send(Command::Sound(pcm)) {
            self.is_torn.store(true, Ordering::Release);
        }
    }

    async fn push(&self, pcm: Arc<[i16]>) -> Result<(), Fault> {
        let sent = self.commands.send(Command::Sound(pcm)).await;
        sent.map_err(|_| Fault::BrokenOff)
    }

    /// Everything that was said since [`Self::forget`], as far as it is known: changes with every word.
    pub fn partials(&self) -> watch::Receiver<Arc<str>> {
        self.partials.clone()
    }

    /// Everything that was said since [`Self::forget`], once it is known. A later question ends an earlier one. What
    /// it answers may outlive this.
    ///
    /// # Errors
    /// When the service failed since then, sound was lost, or the words do not come in time.
    pub fn words(&self) -> impl Future<Output = Result<Transcript, Fault>> + Send + use<> {
        let (commands, is_torn) = (self.commands.clone(), Arc::clone(&self.is_torn));
        async move {
            if is_torn.load(Ordering::Acquire) {
                return Err(Fault::BrokenOff);
            }
            let (answer, words) = oneshot::channel();
            let asked = commands.send(Command::Words(answer)).await;
            asked.map_err(|_| Fault::BrokenOff)?;
            words.await.unwrap_or(Err(Fault::BrokenOff))
        }
    }

    /// What was last answered is settled; the next words are those that follow.
    pub fn forget(&self) {
        let is_full = self.commands.try_send(Command::Forget).is_err();
        self.is_torn.store(is_full, Ordering::Release);
    }
}
