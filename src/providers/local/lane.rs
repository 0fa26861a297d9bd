//! One thread that owns one model and does its jobs in order, those that somebody waits for in silence first.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use tokio::sync::oneshot;

use super::busy::{Busy, Need};
use super::failure::{guarded, local, refused};
use crate::providers::ProviderError;

/// Jobs that may wait for a model. At some hundred milliseconds each, more would be late anyway; the next one is
/// refused as busy, and the caller falls back.
const QUEUE_JOBS_MAX: usize = 16;

type Work<M> = Box<dyn FnOnce(&mut M) + Send>;

struct Job<M> {
    /// [`Need::Later`] when something else is heard meanwhile.
    need: Need,
    work: Work<M>,
}

/// The way to a model's thread, which ends when this is dropped and the queue is empty.
pub(super) struct Lane<M> {
    model: &'static str,
    jobs: SyncSender<Job<M>>,
    busy: Busy,
}

/// Starts a thread on which `load` makes a model and `work` works with it; waits until it is made.
pub(super) async fn employ<M: 'static>(
    model: &'static str,
    load: impl FnOnce() -> Result<M, ProviderError> + Send + 'static,
    work: impl FnOnce(M) + Send + 'static,
) -> Result<(), ProviderError> {
    let (loaded, is_loaded) = oneshot::channel();
    let life = move || match load() {
        Ok(made) => {
            if loaded.send(Ok(())).is_ok() {
                work(made);
            }
        }
        Err(error) => {
            // Nobody waits for it any more: nothing is lost.
            let _ = loaded.send(Err(error));
        }
    };
    thread::Builder::new()
        .name(model.to_owned())
        .spawn(life)
        .map_err(|error| local(model, error))?;
    is_loaded
        .await
        .unwrap_or_else(|_| Err(local(model, "loading it panicked")))
}

impl<M: 'static> Lane<M> {
    /// Starts the thread and waits until `load` has made the model there.
    pub(super) async fn start(
        model: &'static str,
        load: impl FnOnce() -> Result<M, ProviderError> + Send + 'static,
    ) -> Result<Self, ProviderError> {
        let (jobs, queue) = sync_channel::<Job<M>>(QUEUE_JOBS_MAX);
        let busy = Busy::default();
        let counted = busy.clone();
        employ(model, load, move |mut made| {
            let mut queue = Queue::new(queue);
            while let Some(Job { need, work }) = queue.next() {
                // Whoever waits for a job that panicked is told by the sender that it dropped.
                let _ = guarded(model, &counted, need, || work(&mut made));
            }
        })
        .await?;
        Ok(Self { model, jobs, busy })
    }

    /// How much of its time it works.
    pub(super) fn busy(&self) -> &Busy {
        &self.busy
    }

    /// Queues a job; refuses when the queue is full.
    fn send(&self, need: Need, work: impl FnOnce(&mut M) + Send + 'static) -> Result<(), ProviderError> {
        let work = Box::new(work);
        self.jobs
            .try_send(Job { need, work })
            .map_err(|error| refused(self.model, &error))
    }

    /// Does a job and answers its result. Dropping the future takes the job off unless it has begun.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut M) -> Result<T, ProviderError> + Send + 'static,
    ) -> Result<T, ProviderError> {
        self.ask_for(Need::Now, job).await
    }

    /// The same; what is needed later is done behind all that is needed now.
    pub(super) async fn ask_for<T: Send + 'static>(
        &self,
        need: Need,
        job: impl FnOnce(&mut M) -> Result<T, ProviderError> + Send + 'static,
    ) -> Result<T, ProviderError> {
        let (answer, answered) = oneshot::channel();
        self.send(need, move |model| {
            if !answer.is_closed() {
                // Dropped meanwhile: the answer is of no use.
                let _ = answer.send(job(model));
            }
        })?;
        answered
            .await
            .unwrap_or_else(|_| Err(local(self.model, "it gave no answer")))
    }
}

/// The thread's end of the queue: what is due comes before what is ahead, and each in its order.
struct Queue<M> {
    arriving: Receiver<Job<M>>,
    due: VecDeque<Job<M>>,
    ahead: VecDeque<Job<M>>,
}

impl<M> Queue<M> {
    fn new(arriving: Receiver<Job<M>>) -> Self {
        Self {
            arriving,
            due: VecDeque::new(),
            ahead: VecDeque::new(),
        }
    }

    /// Waits for the next job; `None` when there is none and no more will come.
    fn next(&mut self) -> Option<Job<M>> {
        if self.due.is_empty() && self.ahead.is_empty() {
            let job = self.arriving.recv().ok()?;
            self.sort(job);
        }
        // The rest stays where it is counted.
        while self.due.len() + self.ahead.len() < QUEUE_JOBS_MAX
            && let Ok(job) = self.arriving.try_recv()
        {
            self.sort(job);
        }
        self.due.pop_front().or_else(|| self.ahead.pop_front())
    }

    fn sort(&mut self, job: Job<M>) {
        let list = match job.need {
            Need::Now => &mut self.due,
            Need::Later | Need::Nobody => &mut self.ahead,
        };
        list.push_back(job);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn jobs_are_done_in_order_by_one_model() {
        let lane = Lane::start("toy", || Ok(0)).await.unwrap();
        for expected in 1..=3 {
            let add = |count: &mut i32| {
                *count += 1;
                Ok(*count)
            };
            assert_eq!(lane.ask(add).await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn a_model_that_does_not_load_says_why() {
        let error = Lane::<()>::start("toy", || Err(local("toy", "no file")))
            .await
            .err()
            .unwrap();
        assert_eq!(error.to_string(), "local model toy failed: no file");
        let error = Lane::<()>::start("toy", || unreachable!("oh"))
            .await
            .err()
            .unwrap();
        assert_eq!(error.to_string(), "local model toy failed: loading it panicked");
    }

    #[tokio::test]
    async fn a_panic_costs_one_job() {
        let lane = Lane::start("toy", || Ok(0)).await.unwrap();
        let error = lane.ask(|_| -> Result<(), _> { unreachable!("oh") }).await.err();
        assert_eq!(
            error.unwrap().to_string(),
            "local model toy failed: it gave no answer"
        );
        assert!(lane.ask(|_| Ok(())).await.is_ok());
    }

    #[tokio::test]
    async fn a_full_queue_refuses() {
        let lane = Lane::start("toy", || Ok(())).await.unwrap();
        let (go, wait) = mpsc::sync_channel::<()>(1);
        let (begun, has_begun) = mpsc::sync_channel(1);
        lane.send(Need::Now, move |()| {
            begun.send(()).unwrap();
            let _ = wait.recv();
        })
        .unwrap();
        has_begun.recv().unwrap();
        for _ in 0..QUEUE_JOBS_MAX {
            lane.send(Need::Now, |()| {}).unwrap();
        }
        let error = lane.ask(|()| Ok(())).await.err().unwrap();
        assert_eq!(error.to_string(), "local model toy failed: it is busy");
        drop(go);
    }

    #[tokio::test]
    async fn a_dropped_question_is_not_worked_on() {
        let lane = Lane::start("toy", || Ok(0)).await.unwrap();
        let (go, wait) = mpsc::sync_channel::<()>(1);
        lane.send(Need::Now, move |_| {
            let _ = wait.recv();
        })
        .unwrap();
        let question = lane.ask(|count: &mut i32| {
            *count += 1;
            Ok(())
        });
        assert!(futures::FutureExt::now_or_never(question).is_none());
        drop(go);
        assert_eq!(lane.ask(|count| Ok(*count)).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn what_is_due_is_done_before_what_is_ahead() {
        let lane = Lane::start("toy", || Ok(String::new())).await.unwrap();
        let (go, wait) = mpsc::sync_channel::<()>(1);
        lane.send(Need::Now, move |_| {
            let _ = wait.recv();
        })
        .unwrap();
        let (now, later) = (Need::Now, Need::Later);
        for (need, name) in [(later, 'a'), (later, 'b'), (now, 'c'), (later, 'd'), (now, 'e')] {
            lane.send(need, move |done: &mut String| done.push(name)).unwrap();
        }
        drop(go);
        let done = lane.ask_for(later, |done| Ok(done.clone())).await.unwrap();
        assert_eq!(done, "ceabd");
    }
}
