//! Keeps the connection of a session, and brings questions and answers over it in time.

use std::collections::VecDeque;

use tokio::sync::mpsc;
use tokio::time::{Duration, Instant, sleep_until, timeout_at};

use super::socket::{Incoming, Socket};
use super::{AnswerId, Command, Piece};
use crate::access::{Access, Timing};
use crate::error::Error;
use crate::protocol::{Asked, Event, Protocol};
use crate::question::{Brief, Call, Question};

/// A question that is not answered yet.
struct Open {
    question: Question,
    answer: mpsc::Sender<Result<Piece, Error>>,
    /// When the next piece must be there; `None` while the server waits for tools, whose time is their own.
    due: Option<Instant>,
    /// How long it had.
    given: Duration,
    is_sent: bool,
    has_begun: bool,
}

/// A connection.
struct Line {
    socket: Socket,
    is_ready: bool,
    made: Instant,
    heard_from: Instant,
    was_pinged: bool,
    is_expiring: bool,
}

struct Driver {
    access: Access,
    protocol: Box<dyn Protocol>,
    brief: Brief,
    line: Option<Line>,
    open: Option<Open>,
    /// The latest answer, for a cut.
    latest: Option<AnswerId>,
    /// Not asked again before this moment, because of this.
    rests_until: Option<Instant>,
}

/// Runs until the session is dropped.
pub(super) async fn run(
    access: Access,
    protocol: Box<dyn Protocol>,
    brief: Brief,
    mut commands: mpsc::Receiver<Command>,
) {
    let mut driver = Driver {
        access,
        protocol,
        brief,
        line: None,
        open: None,
        latest: None,
        rests_until: None,
    };
    driver.connect().await;
    loop {
        let wake = driver.wake();
        tokio::select! {
            command = commands.recv() => match command {
                Some(command) => driver.obey(command).await,
                None => return,
            },
            incoming = next(&mut driver.line) => driver.take(incoming).await,
            () = sleep_until(wake) => driver.look().await,
        }
    }
}

/// What comes over the connection; nothing without one.
async fn next(line: &mut Option<Line>) -> Incoming {
    match line {
        Some(line) => line.socket.next().await,
        None => std::future::pending().await,
    }
}

impl Driver {
    fn timing(&self) -> Timing {
        self.access.timing
    }

    fn provider(&self) -> &'static str {
        self.access.provider.name()
    }

    /// Whether what has failed is not tried again yet.
    fn is_resting(&self) -> bool {
        self.rests_until.is_some_and(|until| Instant::now() < until)
    }

    /// When something is to be looked at.
    fn wake(&self) -> Instant {
        let timing = self.timing();
        let line = self.line.as_ref().map(|line| {
            if !line.is_ready {
                line.made + timing.connect
            } else if line.was_pinged {
                line.heard_from + timing.silence * 2
            } else {
                line.heard_from + timing.silence
            }
        });
        let open = self.open.as_ref().and_then(|open| open.due);
        let far = Instant::now() + Duration::from_secs(3600);
        line.into_iter().chain(open).fold(far, Instant::min)
    }

    /// Makes a connection in place of whatever there is. A failure fails the open question.
    async fn connect(&mut self) {
        self.line = None;
        let began = Instant::now();
        let connecting = Socket::connect(&self.access, self.protocol.as_ref());
        let waited = self.timing().connect;
        let provider = self.provider();
        let made = match timeout_at(began + waited, connecting).await {
            Ok(made) => made,
            Err(_) => Err(Error::Timeout { provider, waited }),
        };
        match made {
            Ok(mut socket) => {
                let hello = self.protocol.open(&self.brief);
                if socket.send(hello).await {
                    self.line = Some(Line {
                        socket,
                        is_ready: false,
                        made: began,
                        heard_from: began,
                        was_pinged: false,
                        is_expiring: false,
                    });
                } else {
                    self.fail(Error::BrokenOff { provider }).await;
                }
            }
            Err(error) => self.fail(error).await,
        }
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Brief(brief) => {
                let is_known = brief == self.brief;
                if self.open.is_none() && !is_known && !self.protocol.takes_briefs() {
                    self.brief = brief;
                    if !self.is_resting() {
                        self.connect().await;
                    }
                }
            }
            Command::Ask {
                id,
                question,
                answer,
                since,
            } => {
                self.give_up(None).await;
                self.latest = Some(id);
                if self.is_resting() {
                    let provider = self.provider();
                    let _ = answer.send(Err(Error::Resting { provider })).await;
                    return;
                }
                let given = self.timing().first;
                self.brief.clone_from(&question.brief);
                self.open = Some(Open {
                    question,
                    answer,
                    due: Some(since + given),
                    given,
                    is_sent: false,
                    has_begun: false,
                });
                let age_max = self.timing().age_max;
                let is_old = |line: &Line| line.is_expiring || line.made.elapsed() > age_max;
                if self.line.as_ref().is_none_or(is_old) {
                    self.connect().await;
                }
                self.ask().await;
            }
            Command::GoOn {
                id,
                results,
                may_call,
            } => {
                if self.latest == Some(id) {
                    self.go_on(&results, may_call).await;
                }
            }
            Command::GiveUp(id) => {
                if self.latest == Some(id) {
                    self.give_up(None).await;
                }
            }
            Command::Heard(id, heard) => {
                if self.latest == Some(id) {
                    self.give_up(Some(heard)).await;
                }
            }
        }
    }

    /// The latest answer is not wanted any further.
    async fn give_up(&mut self, heard: Option<Duration>) {
        let was_sent = self.open.take().is_some_and(|open| open.is_sent);
        if !was_sent && heard.is_none() {
            return;
        }
        let cut = self.protocol.cut(heard);
        if cut.anew {
            self.connect().await;
        } else if let Some(line) = &mut self.line
            && !line.socket.send(cut.send).await
        {
            self.line = None;
        }
    }

    /// Sends the open question, if there is one and the server is ready.
    async fn ask(&mut self) {
        let (Some(open), Some(line)) = (&mut self.open, &mut self.line) else {
            return;
        };
        if open.is_sent || !line.is_ready {
            return;
        }
        match self.protocol.ask(&open.question) {
            Asked::Send(messages) => {
                open.is_sent = true;
                if !line.socket.send(messages).await {
                    self.lost(1006, "").await;
                }
            }
            Asked::Anew => self.connect().await,
        }
    }

    /// What the open question's answer waits for is done.
    async fn go_on(&mut self, results: &[(Call, String)], may_call: bool) {
        let given = self.timing().first;
        let (Some(open), Some(line)) = (&mut self.open, &mut self.line) else {
            return;
        };
        if open.due.is_some() {
            return;
        }
        open.given = given;
        open.due = Some(Instant::now() + given);
        if !line.socket.send(self.protocol.go_on(results, may_call)).await {
            self.lost(1006, "").await;
        }
    }

    async fn take(&mut self, incoming: Incoming) {
        if let Some(line) = &mut self.line {
            line.heard_from = Instant::now();
            line.was_pinged = false;
        }
        match incoming {
            Incoming::Sign => {}
            Incoming::Closed { code, reason } => self.lost(code, &reason).await,
            Incoming::Text(text) => {
                let mut events = VecDeque::from(self.protocol.read(&text));
                while let Some(event) = events.pop_front() {
                    self.happen(event).await;
                }
            }
        }
    }

    async fn happen(&mut self, event: Event) {
        match event {
            Event::Ready => {
                if let Some(line) = &mut self.line {
                    line.is_ready = true;
                }
                self.ask().await;
            }
            Event::Text(text) => self.hand_on(Piece::Text(text)).await,
            Event::Sound(pcm) => self.hand_on(Piece::Sound(pcm)).await,
            Event::Calls(calls) => {
                self.hand_on(Piece::Calls(calls)).await;
                if let Some(open) = &mut self.open {
                    open.due = None;
                }
            }
            Event::Done(usage) => {
                self.hand_on(Piece::Done(usage)).await;
                self.open = None;
            }
            Event::Failed(error) => {
                // A connection that speaks nonsense or was not let in is of no use.
                if matches!(
                    error,
                    Error::Malformed { .. } | Error::Unauthorized { .. } | Error::BrokenOff { .. }
                ) {
                    self.line = None;
                }
                self.fail(error).await;
            }
            Event::Expiring => {
                if let Some(line) = &mut self.line {
                    line.is_expiring = true;
                }
                if self.open.is_none() {
                    self.connect().await;
                }
            }
            Event::Send(messages) => {
                if let Some(line) = &mut self.line
                    && !line.socket.send(messages).await
                {
                    self.lost(1006, "").await;
                }
            }
        }
    }

    async fn hand_on(&mut self, piece: Piece) {
        let between = self.timing().between;
        if let Some(open) = &mut self.open {
            open.has_begun = true;
            // Whoever is gone has given it up, and says so.
            let _ = open.answer.send(Ok(piece)).await;
            open.given = between;
            open.due = Some(Instant::now() + between);
        }
    }

    /// The open question has failed, if there is one.
    async fn fail(&mut self, error: Error) {
        if error.lasts() && self.open.as_ref().is_none_or(|open| !open.has_begun) {
            self.rests_until = Some(Instant::now() + self.timing().rest);
        }
        if let Some(open) = self.open.take() {
            let _ = open.answer.send(Err(error)).await;
        }
    }

    /// The connection is gone. A question that was not answered yet is asked over a new one, once; without a question
    /// a new one is made for the next.
    async fn lost(&mut self, code: u16, reason: &str) {
        let was_ready = self.line.take().is_some_and(|line| line.is_ready);
        let error = self.protocol.closed(code, reason);
        let has_begun = self.open.as_ref().is_some_and(|open| open.has_begun);
        if error.lasts() || has_begun || !was_ready {
            self.fail(error).await;
            return;
        }
        if let Some(open) = &mut self.open {
            open.is_sent = false;
        }
        self.connect().await;
    }

    /// Something may be overdue.
    async fn look(&mut self) {
        let (now, timing, provider) = (Instant::now(), self.timing(), self.provider());
        let is_due = |open: &&Open| open.due.is_some_and(|due| due <= now);
        if let Some(open) = self.open.as_ref().filter(is_due) {
            let waited = open.given;
            // What comes of it later would be taken for the next answer's.
            self.line = None;
            self.fail(Error::Timeout { provider, waited }).await;
            return;
        }
        let Some(line) = &mut self.line else { return };
        if !line.is_ready && line.made + timing.connect <= now {
            let waited = timing.connect;
            self.line = None;
            self.fail(Error::Timeout { provider, waited }).await;
        } else if line.was_pinged && line.heard_from + timing.silence * 2 <= now {
            self.connect().await;
        } else if line.heard_from + timing.silence <= now {
            line.was_pinged = true;
            if !line.socket.ping().await {
                self.line = None;
            }
        }
    }
}
