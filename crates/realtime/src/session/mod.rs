//! One character's standing connection to a model.

mod door;
mod driver;
mod socket;

use tokio::sync::mpsc;
use tokio::time::{Duration, Instant};
use tokio_util::task::AbortOnDropHandle;

use crate::access::{Access, Provider};
use crate::error::Error;
use crate::gemini::Gemini;
use crate::openai::OpenAi;
use crate::protocol::Protocol;
use crate::question::{Brief, Call, Question};

pub use door::try_door;

/// Commands that wait for a driver. Full: the question fails, and a cut is found out by the next question.
const COMMANDS_MAX: usize = 16;
/// Pieces of an answer that wait for whoever asked. Full: the driver reads no further, which holds the server back.
const PIECES_MAX: usize = 64;

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words, as they are spoken; they may come somewhat before or behind their sound.
    Text(String),
    /// Mono PCM at [`crate::SPOKEN_RATE_HZ`].
    Sound(Vec<i16>),
    /// The model wants these done, and goes on when it is told what came of them: [`Answer::go_on`].
    Calls(Vec<Call>),
    /// All was said; comes last.
    Done(Usage),
}

/// What an answer took, tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Read and heard.
    pub heard: u64,
    /// Written and spoken.
    pub spoken: u64,
}

impl Usage {
    /// More of the same answer.
    pub(crate) fn add(&mut self, more: Self) {
        self.heard = self.heard.saturating_add(more.heard);
        self.spoken = self.spoken.saturating_add(more.spoken);
    }
}

/// Names an answer of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerId(u64);

enum Command {
    /// The next question will have this.
    Brief(Brief),
    Ask {
        id: AnswerId,
        question: Question,
        answer: mpsc::Sender<Result<Piece, Error>>,
        since: Instant,
    },
    /// Its calls are done.
    GoOn {
        id: AnswerId,
        results: Vec<(Call, String)>,
        may_call: bool,
    },
    /// It is not wanted any further.
    GiveUp(AnswerId),
    /// It was cut after so much of its sound.
    Heard(AnswerId, Duration),
}

/// A running session; it ends when dropped.
pub struct Session {
    commands: mpsc::Sender<Command>,
    asked: std::sync::atomic::AtomicU64,
    _driver: AbortOnDropHandle<()>,
}

impl Session {
    /// Opens a session and connects in the background, so that the first question finds a connection. Must be called
    /// within a Tokio runtime.
    pub fn open(access: Access, brief: Brief) -> Self {
        let protocol = protocol_of(&access);
        let (commands, inbox) = mpsc::channel(COMMANDS_MAX);
        let driver = tokio::spawn(driver::run(access, protocol, brief, inbox));
        Self {
            commands,
            asked: std::sync::atomic::AtomicU64::new(0),
            _driver: AbortOnDropHandle::new(driver),
        }
    }

    /// Says with what brief the next question will come, as far as is known. A server that can't be told on the connection
    /// that stands is told on a new one, if it is not answering: nobody waits for that then.
    pub fn prepare(&self, brief: Brief) {
        // Full: the question tells it.
        let _ = self.commands.try_send(Command::Brief(brief));
    }

    /// Asks for the next line. A former answer that has not ended is given up.
    pub fn ask(&self, question: Question) -> Answer {
        let id = AnswerId(self.asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1);
        let (answer, pieces) = mpsc::channel(PIECES_MAX);
        let command = Command::Ask {
            id,
            question,
            answer,
            since: Instant::now(),
        };
        // Full or closed: the sender of pieces is dropped with the command, and the answer says that it is over.
        let _ = self.commands.try_send(command);
        Answer {
            id,
            pieces,
            is_over: false,
            commands: self.commands.clone(),
        }
    }

    /// So much sound of an answer was heard when it was cut; the server forgets the rest.
    pub fn cut(&self, id: AnswerId, heard: Duration) {
        // A cut that is lost is found out by the next question: what was said differs then.
        let _ = self.commands.try_send(Command::Heard(id, heard));
    }
}

fn protocol_of(access: &Access) -> Box<dyn Protocol> {
    match access.provider {
        Provider::OpenAi => Box::new(OpenAi::new(access.clone())),
        Provider::Gemini => Box::new(Gemini::new(access.clone())),
    }
}

/// An answer as it forms; dropping it gives it up.
pub struct Answer {
    id: AnswerId,
    pieces: mpsc::Receiver<Result<Piece, Error>>,
    is_over: bool,
    commands: mpsc::Sender<Command>,
}

impl Answer {
    /// Its name, for [`Session::cut`].
    pub fn id(&self) -> AnswerId {
        self.id
    }

    /// Tells what came of the calls of the last [`Piece::Calls`]: all of them. With `may_call` the model may want more
    /// done; not every provider can be told that it may not.
    pub fn go_on(&self, results: Vec<(Call, String)>, may_call: bool) {
        // Full or closed: the answer fails when its time is over, or has failed.
        let _ = self.commands.try_send(Command::GoOn {
            id: self.id,
            results,
            may_call,
        });
    }

    /// The next piece; `None` behind the last one and behind an error.
    pub async fn next(&mut self) -> Option<Result<Piece, Error>> {
        if self.is_over {
            return None;
        }
        let piece = self.pieces.recv().await.unwrap_or(Err(Error::Over));
        self.is_over = matches!(piece, Err(_) | Ok(Piece::Done(_)));
        Some(piece)
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if !self.is_over {
            let _ = self.commands.try_send(Command::GiveUp(self.id));
        }
    }
}
