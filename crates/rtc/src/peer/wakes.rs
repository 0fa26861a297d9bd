//! What woke the owner task.
//!
//! A task is woken without a word, and would have to look at everything that may have done so: sockets, timer and bell,
//! most of which have left the processor's cache. Here each of them gets a waker of its own, which says that it was it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Wake, Waker};

/// What can wake the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Bell = 1,
    Links = 2,
    Timer = 4,
}

const ALL: u8 = 7;

/// The wakers of one task, and which of them were used.
#[derive(Debug)]
pub(super) struct Wakes {
    shared: Arc<Shared>,
    bell: Waker,
    links: Waker,
    timer: Waker,
    /// What is to be looked at.
    raised: u8,
}

#[derive(Debug)]
struct Shared {
    raised: AtomicU8,
    task: Waker,
}

#[derive(Debug)]
struct Raiser {
    shared: Arc<Shared>,
    source: Source,
}

impl Wake for Raiser {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // The task sees it when it is awake.
        self.shared.raised.fetch_or(self.source as u8, Ordering::Release);
        self.shared.task.wake_by_ref();
    }
}

impl Wakes {
    /// Wakers that wake `task`. Everything is to be looked at, since nothing has them yet.
    pub(super) fn of(task: &Waker) -> Self {
        let shared = Arc::new(Shared {
            raised: AtomicU8::new(0),
            task: task.clone(),
        });
        let waker = |source| {
            let shared = Arc::clone(&shared);
            Waker::from(Arc::new(Raiser { shared, source }))
        };
        Self {
            bell: waker(Source::Bell),
            links: waker(Source::Links),
            timer: waker(Source::Timer),
            shared,
            raised: ALL,
        }
    }

    /// Whether they wake this task. A task that is moved gets others.
    pub(super) fn are_of(&self, task: &Waker) -> bool {
        self.shared.task.will_wake(task)
    }

    /// The waker for what is to be looked at; `None` if it has not been used since it last had nothing to tell. The
    /// caller says by [`Wakes::raise`] that there may be more, or the source wakes it.
    pub(super) fn take(&mut self, source: Source) -> Option<&Waker> {
        // Mostly no other thread has changed it, and a look takes less than a change.
        if self.shared.raised.load(Ordering::Relaxed) != 0 {
            self.raised |= self.shared.raised.swap(0, Ordering::Acquire);
        }
        if self.raised & source as u8 == 0 {
            return None;
        }
        self.raised &= !(source as u8);
        Some(match source {
            Source::Bell => &self.bell,
            Source::Links => &self.links,
            Source::Timer => &self.timer,
        })
    }

    /// It is to be looked at, whether it wakes the task or not.
    pub(super) fn raise(&mut self, source: Source) {
        self.raised |= source as u8;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    const SOURCES: [Source; 3] = [Source::Bell, Source::Links, Source::Timer];

    #[test]
    fn who_woke_the_task_is_looked_at_and_nobody_else() {
        let count = Arc::new(Count::default());
        let task = Waker::from(Arc::clone(&count));
        let mut wakes = Wakes::of(&task);
        let wakers: Vec<Waker> = SOURCES
            .iter()
            .filter_map(|source| wakes.take(*source).cloned())
            .collect();
        assert_eq!(wakers.len(), SOURCES.len(), "everything is looked at first");
        let taken = |wakes: &mut Wakes| SOURCES.map(|source| wakes.take(source).is_some());
        assert_eq!(taken(&mut wakes), [false; 3]);
        if let Some(links) = wakers.get(1) {
            links.wake_by_ref();
            links.wake_by_ref();
        }
        assert_eq!(count.0.load(Ordering::Relaxed), 2);
        assert_eq!(taken(&mut wakes), [false, true, false]);
        assert_eq!(taken(&mut wakes), [false; 3]);
        wakes.raise(Source::Timer);
        assert_eq!(taken(&mut wakes), [false, false, true]);
    }

    #[test]
    fn a_task_that_is_moved_is_another() {
        let [one, other] = [(); 2].map(|()| Waker::from(Arc::new(Count::default())));
        let wakes = Wakes::of(&one);
        assert!(wakes.are_of(&one) && !wakes.are_of(&other));
    }
}
