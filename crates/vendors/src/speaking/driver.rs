//! Moves texts and sound over connections, which it makes, uses again and gives up.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout_at};

use super::{Piece, Protocol, Service, Told, Voice};
use crate::socket::{Incoming, Pool, Socket};
use crate::{Fault, Timing};

/// Times that a text is sent, the first included.
const ATTEMPTS: u32 = 2;

/// A text, and where its sound goes: pieces, and nothing at the end.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) pieces: mpsc::Sender<Result<Option<Piece>, Fault>>,
}

/// A connection and what is spoken over it.
struct Line {
    socket: Socket,
    protocol: Box<dyn Protocol>,
    /// When the service last told something.
    told: Instant,
}

/// How a text ended.
enum Outcome {
    Said,
    /// Nobody listens any more.
    Unwanted,
    Failed {
        fault: Fault,
        /// Whether something of it was heard.
        is_begun: bool,
    },
}

/// One speech.
pub(super) struct Driver {
    service: Arc<dyn Service>,
    pool: Arc<Pool>,
    voice: Voice,
    timing: Timing,
    line: Option<Line>,
}

impl Driver {
    pub(super) fn new(service: Arc<dyn Service>, pool: Arc<Pool>, voice: Voice) -> Self {
        Self {
            timing: service.timing(),
            service,
            pool,
            voice,
            line: None,
        }
    }

    pub(super) async fn run(mut self, mut texts: mpsc::Receiver<Text>) {
        let is_reused = self.service.abilities().is_reused;
        loop {
            // While a text is written there is time to connect. Why that failed is told when it is needed.
            if self.line.is_none() && !texts.is_closed() {
                let _ = self.connect().await;
            }
            let Some(text) = texts.recv().await else { break };
            match self.say(&text).await {
                Outcome::Said => {
                    let _ = text.pieces.send(Ok(None)).await;
                }
                Outcome::Unwanted => self.cancel(),
                Outcome::Failed { fault, .. } => {
                    self.line = None;
                    let _ = text.pieces.send(Err(fault)).await;
                }
            }
            if !is_reused && let Some(line) = self.line.take() {
                line.socket.close(None);
            }
        }
        self.end().await;
    }

    async fn connect(&mut self) -> Result<(), Fault> {
        let mut protocol = self.service.protocol(&self.voice);
        let is_reused = self.service.abilities().is_reused;
        let waiting = is_reused.then(|| self.pool.take()).flatten();
        let mut socket = match waiting {
            Some(socket) => socket,
            None => Socket::open(&self.service.place(&self.voice), self.timing.connect).await?,
        };
        for frame in protocol.open() {
            socket.send(frame, self.timing.send).await?;
        }
        self.line = Some(Line {
            socket,
            protocol,
            told: Instant::now(),
        });
        Ok(())
    }

    /// Has a text said; once more if it fails before anything was heard of it, for a connection may have died unseen.
    async fn say(&mut self, text: &Text) -> Outcome {
        let mut attempts = 1;
        loop {
            match self.try_to_say(text).await {
                Outcome::Failed {
                    fault,
                    is_begun: false,
                } if fault.is_passing() && attempts < ATTEMPTS => {
                    attempts += 1;
                    self.line = None;
                    tracing::debug!(%fault, "say a text again");
                    sleep(self.timing.again).await;
                }
                outcome => return outcome,
            }
        }
    }

    async fn try_to_say(&mut self, text: &Text) -> Outcome {
        if text.pieces.is_closed() {
            return Outcome::Unwanted;
        }
        let mut is_begun = false;
        let failed = |fault, is_begun| Outcome::Failed { fault, is_begun };
        let waited = self.timing.sound.first;
        let mut until = Instant::now() + waited;
        if self.line.is_none()
            && let Err(fault) = self.connect().await
        {
            return failed(fault, is_begun);
        }
        let Some(line) = &mut self.line else {
            return failed(Fault::BrokenOff, is_begun);
        };
        for frame in line.protocol.say(&text.text, line.told.elapsed()) {
            if let Err(fault) = line.socket.send(frame, self.timing.send).await {
                // The service may have said why before it hung up.
                let said = line.socket.next_now().map(|incoming| heard(line, incoming));
                return failed(said.and_then(Result::err).unwrap_or(fault), is_begun);
            }
        }
        loop {
            let incoming = tokio::select! {
                incoming = timeout_at(until, line.socket.next()) => incoming,
                () = text.pieces.closed() => return Outcome::Unwanted,
            };
            line.told = Instant::now();
            let told = match incoming {
                Ok(incoming) => heard(line, incoming),
                Err(_) if is_begun => Err(Fault::Late {
                    waited: self.timing.sound.between,
                }),
                Err(_) => Err(Fault::Late { waited }),
            };
            let told = match told {
                Ok(told) => told,
                Err(fault) => return failed(fault, is_begun),
            };
            for told in told {
                match told {
                    Told::Over => return Outcome::Said,
                    Told::Piece(piece) => {
                        is_begun |= matches!(piece, Piece::Pcm(_));
                        if text.pieces.send(Ok(Some(piece))).await.is_err() {
                            return Outcome::Unwanted;
                        }
                        until = Instant::now() + self.timing.sound.between;
                    }
                }
            }
        }
    }

    /// The text that is being said is not wanted.
    fn cancel(&mut self) {
        if let Some(mut line) = self.line.take() {
            let cancel = line.protocol.cancel();
            line.socket.close(cancel);
        }
    }

    /// No text follows.
    async fn end(&mut self) {
        let Some(mut line) = self.line.take() else { return };
        let is_reused = self.service.abilities().is_reused;
        let is_told = match line.protocol.end() {
            Some(frame) => line.socket.send(frame, self.timing.send).await.is_ok(),
            None => true,
        };
        if is_reused && is_told {
            self.pool.put(line.socket);
        } else {
            line.socket.close(None);
        }
    }
}

/// What a frame says.
fn heard(line: &mut Line, incoming: Incoming) -> Result<Vec<Told>, Fault> {
    match incoming {
        Incoming::Text(frame) => line.protocol.take_in(&frame),
        Incoming::Closed(code, reason) => Err(line.protocol.closed(code, &reason)),
        Incoming::Gone => Err(Fault::BrokenOff),
        Incoming::Binary => Err(Fault::Unreadable {
            detail: "bytes where text was due",
        }),
        Incoming::TooLong => Err(Fault::Unreadable {
            detail: "a message without end",
        }),
    }
}
