//! Beginnings of prompts, read while nobody waits for an answer.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::lane::Lane;

/// Beginnings that may wait: a cast or two. A further one takes the place of the oldest, which is then read with the
/// first question.
const BEGINNINGS_MAX: usize = 16;

/// What is to be read ahead for one model.
#[derive(Debug)]
pub(super) struct Ahead<B> {
    state: Mutex<State<B>>,
    /// Somebody waits for an answer: reading stops.
    hurry: AtomicBool,
}

#[derive(Debug)]
struct State<B> {
    beginnings: VecDeque<B>,
    /// Questions in the queue.
    asked: usize,
    /// A job that reads is in the queue.
    is_queued: bool,
}

/// A question in the queue, until its turn has come.
pub(super) struct Asked<B>(Arc<Ahead<B>>);

impl<B> Default for Ahead<B> {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                beginnings: VecDeque::new(),
                asked: 0,
                is_queued: false,
            }),
            hurry: AtomicBool::new(false),
        }
    }
}

impl<B: Send + 'static> Ahead<B> {
    fn state(&self) -> MutexGuard<'_, State<B>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A question is about to be queued: what is being read gives way.
    pub(super) fn ask(self: &Arc<Self>) -> Asked<B> {
        let mut state = self.state();
        state.asked += 1;
        self.hurry.store(true, Ordering::Relaxed);
        drop(state);
        Asked(Arc::clone(self))
    }

    /// Has a beginning read by `read` when the model is free. `read` stops when its flag is set, and answers whether it
    /// is done with the beginning.
    pub(super) fn add<M: 'static>(
        self: &Arc<Self>,
        lane: &Arc<Lane<M>>,
        beginning: B,
        read: fn(&mut M, &B, &AtomicBool) -> bool,
    ) {
        let mut state = self.state();
        if state.beginnings.len() >= BEGINNINGS_MAX {
            state.beginnings.pop_front();
        }
        state.beginnings.push_back(beginning);
        drop(state);
        self.queue(lane, read);
    }

    fn queue<M: 'static>(self: &Arc<Self>, lane: &Arc<Lane<M>>, read: fn(&mut M, &B, &AtomicBool) -> bool) {
        let mut state = self.state();
        if state.is_queued || state.beginnings.is_empty() {
            return;
        }
        let (ahead, weak) = (Arc::clone(self), Arc::downgrade(lane));
        let job = move |model: &mut M| {
            ahead.state().is_queued = false;
            while let Some(beginning) = ahead.next() {
                if !read(model, &beginning, &ahead.hurry) {
                    ahead.state().beginnings.push_front(beginning);
                }
            }
            // Behind the questions that wait.
            if let Some(lane) = weak.upgrade() {
                ahead.queue(&lane, read);
            }
        };
        // A full queue has no time for it, and neither has a model that is gone.
        state.is_queued = lane.send(job).is_ok();
    }

    /// The next beginning, unless somebody waits.
    fn next(&self) -> Option<B> {
        let mut state = self.state();
        (state.asked == 0).then(|| state.beginnings.pop_front())?
    }
}

impl<B> Drop for Asked<B> {
    fn drop(&mut self) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.asked = state.asked.saturating_sub(1);
        if state.asked == 0 {
            self.0.hurry.store(false, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    use super::*;

    /// A model that tells what it reads, and reads until it is let on or somebody waits.
    struct Toy {
        read: Vec<u32>,
        begun: SyncSender<u32>,
        go_on: Receiver<()>,
    }

    fn read(toy: &mut Toy, beginning: &u32, hurry: &AtomicBool) -> bool {
        toy.begun.send(*beginning).unwrap();
        loop {
            if hurry.load(Ordering::Relaxed) {
                return false;
            }
            if toy.go_on.try_recv().is_ok() {
                toy.read.push(*beginning);
                return true;
            }
            std::thread::yield_now();
        }
    }

    async fn toy() -> (Arc<Lane<Toy>>, Receiver<u32>, SyncSender<()>) {
        let ((begun, begins), (go_on, let_on)) = (sync_channel(64), sync_channel(64));
        let toy = Toy {
            read: Vec::new(),
            begun,
            go_on: let_on,
        };
        let lane = Lane::start("toy", || Ok(toy)).await.unwrap();
        (Arc::new(lane), begins, go_on)
    }

    #[tokio::test]
    async fn a_question_goes_first_and_nothing_is_forgotten() {
        let (lane, begins, go_on) = toy().await;
        let ahead = Arc::new(Ahead::default());
        ahead.add(&lane, 1, read);
        ahead.add(&lane, 2, read);
        assert_eq!(begins.recv().unwrap(), 1);
        let asked = ahead.ask();
        let answer = lane.ask(move |toy| {
            drop(asked);
            Ok(toy.read.clone())
        });
        assert!(answer.await.unwrap().is_empty(), "the first one gave way");
        for beginning in [1, 2] {
            assert_eq!(begins.recv().unwrap(), beginning);
            go_on.send(()).unwrap();
        }
        assert_eq!(lane.ask(|toy| Ok(toy.read.clone())).await.unwrap(), [1, 2]);
    }

    #[tokio::test]
    async fn the_oldest_of_too_many_is_left_out() {
        let (lane, begins, go_on) = toy().await;
        let ahead = Arc::new(Ahead::default());
        let asked = ahead.ask();
        let many = u32::try_from(BEGINNINGS_MAX).unwrap() + 1;
        for beginning in 0..many {
            ahead.add(&lane, beginning, read);
            go_on.send(()).unwrap();
        }
        drop(asked);
        ahead.add(&lane, many, read);
        go_on.send(()).unwrap();
        assert_eq!(
            lane.ask(|toy| Ok(toy.read.clone())).await.unwrap(),
            (2..=many).collect::<Vec<_>>()
        );
        assert_eq!(begins.try_iter().count(), BEGINNINGS_MAX);
    }
}
