//! The thread of one language model: it writes several answers in turns, and reads ahead when none is asked for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use troupe_inference::llm::{Finish, Options, Stats, Step};

use super::busy::{Busy, Models, Need};
use super::failure::{guarded, local, refused};
use super::lane::employ;
use super::turns::{Progress, Turn, next};
use crate::providers::{ChatRequest, ProviderError};

/// Questions that may wait until one of those under way is over; the next one is refused as busy, and the caller falls
/// back.
const WAITING_MAX: usize = 16;
/// Jobs on their way to the thread, which takes them after each token.
const QUEUE_MAX: usize = 16;
/// Beginnings of prompts that may wait to be read: a cast or two. A further one takes the place of the oldest, which is
/// then read with the first question.
const BEGINNINGS_MAX: usize = 16;

/// A model that can have several answers under way.
pub(super) trait Author: 'static {
    /// An answer under way.
    type Draft;
    /// Drafts that there may be at once.
    const DRAFTS_MAX: usize;

    /// Begins to answer.
    fn begin(&mut self, request: &ChatRequest, options: &Options) -> Result<Self::Draft, String>;
    /// Reads a part of the prompt or writes a token, unless it is stopped.
    fn step(&mut self, draft: &mut Self::Draft, stop: &AtomicBool) -> Result<Step, String>;
    /// What a draft took so far.
    fn stats(draft: &Self::Draft) -> Stats;
}

/// A question to the thread.
pub(super) struct Question {
    pub(super) request: ChatRequest,
    pub(super) options: Options,
    /// Nobody wants the answer any more.
    pub(super) is_cancelled: Arc<AtomicBool>,
    pub(super) pieces: mpsc::Sender<Result<String, ProviderError>>,
}

enum Job {
    Answer(Question),
    ReadAhead(ChatRequest),
}

/// The way to the thread, which ends when the last clone is dropped.
#[derive(Clone)]
pub(super) struct Desk {
    model: &'static str,
    jobs: SyncSender<Job>,
    /// A question has come: what is read ahead gives way.
    hurry: Arc<AtomicBool>,
}

impl Desk {
    /// Starts the thread and waits until `load` has made the model there, which is then one of `models`.
    pub(super) async fn start<A: Author>(
        model: &'static str,
        load: impl FnOnce() -> Result<A, ProviderError> + Send + 'static,
        models: Models,
    ) -> Result<Self, ProviderError> {
        let (jobs, queue) = sync_channel(QUEUE_MAX);
        let hurry = Arc::new(AtomicBool::new(false));
        let (hurried, busy) = (Arc::clone(&hurry), Busy::default());
        models.add(&busy);
        employ(model, load, move |author| {
            let clerk = Clerk {
                model,
                author,
                queue,
                hurry: hurried,
                busy,
                models,
                began: Instant::now(),
                answers: Vec::new(),
                waiting: VecDeque::new(),
                beginnings: VecDeque::new(),
                reading: None,
            };
            clerk.work();
        })
        .await?;
        Ok(Self { model, jobs, hurry })
    }

    /// Has a question answered.
    pub(super) fn ask(&self, question: Question) -> Result<(), ProviderError> {
        self.jobs
            .try_send(Job::Answer(question))
            .map_err(|error| refused(self.model, &error))?;
        // Behind the question, so that whoever is hurried finds it.
        self.hurry.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Has the beginning of a prompt read when nobody waits.
    pub(super) fn read_ahead(&self, beginning: ChatRequest) {
        // A full queue has no time for it, and neither has a model that is gone.
        let _ = self.jobs.try_send(Job::ReadAhead(beginning));
    }
}

/// An answer under way.
struct Answer<D> {
    question: Question,
    progress: Progress,
    /// Once it was its turn.
    draft: Option<D>,
}

/// The thread's own side.
struct Clerk<A: Author> {
    model: &'static str,
    author: A,
    queue: Receiver<Job>,
    hurry: Arc<AtomicBool>,
    busy: Busy,
    models: Models,
    began: Instant,
    answers: Vec<Answer<A::Draft>>,
    /// Those that there is no room for yet, the oldest first.
    waiting: VecDeque<(Question, Duration)>,
    beginnings: VecDeque<ChatRequest>,
    /// The beginning that is being read.
    reading: Option<A::Draft>,
}

impl<A: Author> Clerk<A> {
    /// Answers under way at once: one draft is left for reading ahead.
    const AT_ONCE_MAX: usize = A::DRAFTS_MAX - 1;

    fn work(mut self) {
        let mut rest = Some(Duration::MAX);
        loop {
            if !self.take(rest.take()) {
                return;
            }
            let need = self.models.need_of_others(&self.busy);
            let progress = self.answers.iter().map(|answer| &answer.progress);
            match next(progress, self.began.elapsed(), need) {
                Some(Turn::Write(number)) => self.write(number),
                Some(Turn::Rest(time)) => rest = Some(time),
                None => {
                    if !self.read_on() {
                        rest = Some(Duration::MAX);
                    }
                }
            }
        }
    }

    /// Takes what has come, waiting up to `rest` for the first; false when nobody will ask any more.
    fn take(&mut self, rest: Option<Duration>) -> bool {
        self.hurry.store(false, Ordering::Relaxed);
        if let Some(rest) = rest {
            match self.queue.recv_timeout(rest) {
                Ok(job) => self.note(job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
        loop {
            match self.queue.try_recv() {
                Ok(job) => self.note(job),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
        let is_wanted = |question: &Question| !question.is_cancelled.load(Ordering::Relaxed);
        self.answers.retain(|answer| {
            let is_wanted = is_wanted(&answer.question);
            if let Some(draft) = answer.draft.as_ref().filter(|_| !is_wanted) {
                tell(self.model, &A::stats(draft));
            }
            is_wanted
        });
        self.waiting.retain(|(question, _)| is_wanted(question));
        while self.answers.len() < Self::AT_ONCE_MAX
            && let Some((question, asked_at)) = self.waiting.pop_front()
        {
            self.answers.push(Answer {
                question,
                progress: Progress::new(asked_at),
                draft: None,
            });
        }
        true
    }

    fn note(&mut self, job: Job) {
        let is_full = self.answers.len() + self.waiting.len() >= WAITING_MAX + Self::AT_ONCE_MAX;
        match job {
            Job::Answer(question) if is_full => {
                // Whoever is gone needs no reason.
                let _ = question.pieces.try_send(Err(local(self.model, "it is busy")));
            }
            Job::Answer(question) => self.waiting.push_back((question, self.began.elapsed())),
            Job::ReadAhead(beginning) => {
                if self.beginnings.len() >= BEGINNINGS_MAX {
                    self.beginnings.pop_front();
                }
                self.beginnings.push_back(beginning);
            }
        }
    }

    /// Writes an answer on.
    fn write(&mut self, number: usize) {
        let Some(answer) = self.answers.get_mut(number) else {
            return;
        };
        let Answer {
            question,
            progress,
            draft,
        } = answer;
        let author = &mut self.author;
        let stepped = tried(self.model, &self.busy, || {
            let draft = match draft {
                Some(draft) => draft,
                None => draft.insert(author.begin(&question.request, &question.options)?),
            };
            author.step(draft, &question.is_cancelled)
        });
        let is_over = match stepped {
            Ok(Step::Read) => false,
            Ok(Step::Text(text)) => {
                progress.wrote(self.began.elapsed(), text.chars().count());
                !text.is_empty() && question.pieces.try_send(Ok(text)).is_err()
            }
            Ok(Step::Over(_)) => true,
            Err(detail) => {
                // Whoever is gone needs no reason.
                let _ = question.pieces.try_send(Err(local(self.model, detail)));
                true
            }
        };
        if is_over {
            if let Some(draft) = &answer.draft {
                tell(self.model, &A::stats(draft));
            }
            self.answers.remove(number);
        }
    }

    /// Reads a beginning on; false when there is none. Who asks is told why one can't be read.
    fn read_on(&mut self) -> bool {
        let nothing = Options {
            tokens_max: 0,
            ..Options::default()
        };
        if self.reading.is_none() {
            let Some(beginning) = self.beginnings.pop_front() else {
                return false;
            };
            let author = &mut self.author;
            let begun = tried(self.model, &self.busy, || author.begin(&beginning, &nothing));
            self.reading = begun.ok();
        }
        let Some(draft) = &mut self.reading else {
            return true;
        };
        let author = &mut self.author;
        let stepped = tried(self.model, &self.busy, || author.step(draft, &self.hurry));
        match stepped {
            // It was stopped, and goes on when nobody waits any more.
            Ok(Step::Read | Step::Over(Finish::Cancelled)) => {}
            Ok(Step::Text(_) | Step::Over(_)) | Err(_) => {
                let stats = A::stats(draft);
                tracing::debug!(
                    model = self.model,
                    prompt_tokens = stats.prompt_tokens,
                    cached_tokens = stats.cached_tokens,
                    prefill_ms = ms(stats.prefill),
                    "a local model has read ahead"
                );
                self.reading = None;
            }
        }
        true
    }
}

/// Does a step; a panic is its failure.
fn tried<T>(model: &'static str, busy: &Busy, step: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    // What people wait for in silence is sound, or words that were heard: no other model gives way to a token.
    guarded(model, busy, Need::Later, step).unwrap_or_else(|| Err("it panicked".to_owned()))
}

/// What an answer took, for whoever wants to know why it is late.
fn tell(model: &str, stats: &Stats) {
    tracing::debug!(
        model,
        prompt_tokens = stats.prompt_tokens,
        cached_tokens = stats.cached_tokens,
        answer_tokens = stats.answer_tokens,
        prefill_ms = ms(stats.prefill),
        decode_ms = ms(stats.decode),
        "a local model has answered"
    );
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
