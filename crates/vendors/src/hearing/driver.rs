//! Moves sound and words over a connection, which it makes, keeps and gives up.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::rest::Rest;
use super::transcript::Said;
use super::{Protocol, Service, Transcript};
use crate::socket::{Incoming, Outgoing, Socket};
use crate::{Fault, Timing};

/// A wait that something else ends.
const FAR_AWAY: Duration = Duration::from_secs(3600);

/// What is to be done.
pub(super) enum Command {
    /// Sound.
    Sound(Arc<[i16]>),
    /// All words so far are wanted.
    Words(oneshot::Sender<Result<Transcript, Fault>>),
    /// What was last told is settled.
    Forget,
}

/// A connection and what is spoken over it.
struct Line {
    socket: Socket,
    protocol: Box<dyn Protocol>,
    /// When something last went out.
    sent: Instant,
    /// When there was last any use for it.
    used: Instant,
}

/// Who waits for words, and until when.
struct Question {
    answer: oneshot::Sender<Result<Transcript, Fault>>,
    until: Instant,
}

/// What one person says.
pub(super) struct Driver {
    service: Arc<dyn Service>,
    language: String,
    timing: Timing,
    partial: watch::Sender<Arc<str>>,
    origin: Instant,
    line: Option<Line>,
    said: Said,
    /// Words of connections that are over, of the same turn.
    before: Transcript,
    question: Option<Question>,
    /// Why this turn is lost.
    fault: Option<Fault>,
    rest: Rest,
}

impl Driver {
    pub(super) fn new(service: Arc<dyn Service>, language: &str, partial: watch::Sender<Arc<str>>) -> Self {
        Self {
            timing: service.timing(),
            service,
            language: language.to_owned(),
            partial,
            origin: Instant::now(),
            line: None,
            said: Said::default(),
            before: Transcript::default(),
            question: None,
            fault: None,
            rest: Rest::default(),
        }
    }

    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        loop {
            let wake = self.next_wake();
            let incoming = async {
                match &mut self.line {
                    Some(line) => line.socket.next().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                incoming = incoming => self.take_in(incoming),
                command = commands.recv() => match command {
                    Some(command) => self.obey(command).await,
                    None => break,
                },
                () = tokio::time::sleep_until(wake) => self.wake().await,
            }
            self.answer_if_whole();
        }
        self.hang_up();
    }

    fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Sound(pcm) => self.sound(&pcm).await,
            Command::Words(answer) => self.ask(answer).await,
            Command::Forget => {
                self.said.forget();
                self.before = Transcript::default();
                self.fault = None;
                self.tell();
            }
        }
    }

    /// Sends sound, over a new connection if there is none.
    async fn sound(&mut self, pcm: &[i16]) {
        if self.fault.is_some() {
            return;
        }
        if self.line.is_none()
            && let Err(fault) = self.connect().await
        {
            return self.fail(fault);
        }
        let Some(line) = &mut self.line else { return };
        self.said.sound();
        line.used = Instant::now();
        let frames = line.protocol.sound(pcm);
        self.send(frames).await;
    }

    async fn connect(&mut self) -> Result<(), Fault> {
        if !self.rest.is_over(self.now()) {
            return Err(Fault::Unreachable {
                detail: "it failed a moment ago".to_owned(),
            });
        }
        // Pieces of a new connection count from nothing; what was said over the former one stays in front.
        self.keep_words();
        let place = self.service.place(&self.language);
        let socket = Socket::open(&place, self.timing.connect).await?;
        let now = Instant::now();
        self.line = Some(Line {
            socket,
            protocol: self.service.protocol(),
            sent: now,
            used: now,
        });
        Ok(())
    }

    /// Puts the words of a connection that is over in front of those of the next one.
    fn keep_words(&mut self) {
        let Transcript { text, words } = self.said.transcript();
        self.said.clear();
        if !text.is_empty() {
            if !self.before.text.is_empty() {
                self.before.text.push(' ');
            }
            self.before.text.push_str(&text);
            self.before.words.extend(words);
        }
    }

    async fn send(&mut self, frames: impl IntoIterator<Item = Outgoing>) {
        let Some(line) = &mut self.line else { return };
        for frame in frames {
            if let Err(fault) = line.socket.send(frame, self.timing.send).await {
                // The service may have said why before it hung up.
                let said = line.socket.next_now();
                return match said {
                    Some(incoming) => self.take_in(incoming),
                    None => self.fail(fault),
                };
            }
            line.sent = Instant::now();
        }
    }

    async fn ask(&mut self, answer: oneshot::Sender<Result<Transcript, Fault>>) {
        if let Some(fault) = &self.fault {
            let _ = answer.send(Err(fault.clone()));
            return;
        }
        let now = self.now();
        self.said.ask(now);
        self.question = Some(Question {
            answer,
            until: Instant::now() + self.timing.words,
        });
        if self.said.is_open()
            && let Some(line) = &mut self.line
        {
            line.used = Instant::now();
            let frames = line.protocol.finish();
            self.send(frames).await;
        }
    }

    fn take_in(&mut self, incoming: Incoming) {
        let Some(line) = &mut self.line else { return };
        let fault = match incoming {
            Incoming::Text(frame) => match line.protocol.take_in(&frame) {
                Ok(None) => return,
                Ok(Some(segment)) => {
                    let now = self.origin.elapsed();
                    self.said.take_in(segment, now);
                    return self.tell();
                }
                Err(fault) => fault,
            },
            Incoming::Closed(code, reason) => line.protocol.closed(code, &reason),
            Incoming::Gone => Fault::BrokenOff,
            Incoming::Binary => Fault::Unreadable {
                detail: "bytes where text was due",
            },
            Incoming::TooLong => Fault::Unreadable {
                detail: "a message without end",
            },
        };
        self.fail(fault);
    }

    /// The connection is of no use any more.
    fn fail(&mut self, fault: Fault) {
        self.line = None;
        // A connection that ends while nobody speaks has served.
        if self.question.is_none() && !self.said.is_open() && fault == Fault::BrokenOff {
            return;
        }
        tracing::debug!(%fault, "listen to a person");
        let now = self.now();
        self.rest.failed(now, &self.timing);
        self.said.clear();
        self.before = Transcript::default();
        if let Some(question) = self.question.take() {
            let _ = question.answer.send(Err(fault.clone()));
        }
        self.fault = Some(fault);
    }

    fn answer_if_whole(&mut self) {
        let is_whole = self.said.is_whole(self.now(), self.timing.quiet);
        if let Some(question) = self.question.take_if(|_| is_whole) {
            self.said.answered();
            self.rest.delivered();
            let _ = question.answer.send(Ok(self.transcript()));
        }
    }

    fn transcript(&self) -> Transcript {
        let Transcript { text, words } = self.said.transcript();
        let texts = [self.before.text.as_str(), text.as_str()];
        let texts: Vec<_> = texts.into_iter().filter(|text| !text.is_empty()).collect();
        Transcript {
            text: texts.join(" "),
            words: self.before.words.iter().cloned().chain(words).collect(),
        }
    }

    fn tell(&self) {
        let text = self.transcript().text;
        self.partial.send_if_modified(|partial| {
            let is_new = **partial != *text;
            if is_new {
                *partial = text.into();
            }
            is_new
        });
    }

    fn next_wake(&self) -> Instant {
        let question = self.question.as_ref().map(|question| question.until);
        let quiet = self.said.quiet_at(self.timing.quiet).map(|at| self.origin + at);
        let line = self.line.as_ref();
        let keep_alive = line.map(|line| line.sent + self.timing.keep_alive);
        let idle = line.map(|line| line.used + self.timing.idle);
        let wakes = match question {
            Some(_) => [question, quiet, keep_alive],
            None => [keep_alive, idle, None],
        };
        let far_away = Instant::now() + FAR_AWAY;
        wakes.into_iter().flatten().min().unwrap_or(far_away)
    }

    async fn wake(&mut self) {
        let now = Instant::now();
        if self
            .question
            .as_ref()
            .is_some_and(|question| question.until <= now)
        {
            return self.fail(Fault::Late {
                waited: self.timing.words,
            });
        }
        let Some(line) = &mut self.line else { return };
        if line.used + self.timing.idle <= now && self.question.is_none() {
            return self.hang_up();
        }
        if line.sent + self.timing.keep_alive <= now {
            // A service that needs nothing is looked at again after the same time.
            line.sent = now;
            let frame = line.protocol.keep_alive();
            self.send(frame).await;
        }
    }

    fn hang_up(&mut self) {
        if let Some(line) = self.line.take() {
            let goodbye = line.protocol.goodbye();
            line.socket.close(goodbye);
        }
    }
}
