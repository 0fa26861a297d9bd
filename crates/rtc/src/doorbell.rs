//! How the task of a connection is told that something waits for it.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll},
};

use atomic_waker::AtomicWaker;

/// A bell that any thread rings, without a lock, and that one task answers. However often it was rung before
/// it is answered, it is answered once.
#[derive(Debug, Default)]
pub struct Doorbell {
    is_rung: AtomicBool,
    task: AtomicWaker,
}

impl Doorbell {
    /// Has the task look what there is; it sees what was put there before.
    pub fn ring(&self) {
        // Who rang before wakes the task, or has done so.
        if !self.is_rung.swap(true, Ordering::AcqRel) {
            self.task.wake();
        }
    }

    /// Answers the bell, or has it wake the caller's task.
    pub fn poll_answer(&self, context: &mut Context<'_>) -> Poll<()> {
        self.task.register(context.waker());
        // Mostly it was not rung, and a look takes less than a change that all processors have to be told of.
        if self.is_rung.load(Ordering::Acquire) && self.is_rung.swap(false, Ordering::AcqRel) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::poll_fn,
        sync::Arc,
        task::{Wake, Waker},
    };

    use super::*;

    #[derive(Default)]
    struct Woken(AtomicBool);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_bell_rung_twice_is_answered_once_and_wakes_who_waits() {
        let (bell, woken) = (Doorbell::default(), Arc::new(Woken::default()));
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        bell.ring();
        bell.ring();
        assert!(bell.poll_answer(&mut context).is_ready());
        assert!(bell.poll_answer(&mut context).is_pending());
        assert!(!woken.0.load(Ordering::Relaxed));
        bell.ring();
        assert!(woken.0.load(Ordering::Relaxed));
        assert!(bell.poll_answer(&mut context).is_ready());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nothing_that_another_thread_puts_is_overlooked() {
        const PUT: u64 = 100_000;
        let (bell, count) = (
            Arc::new(Doorbell::default()),
            Arc::new(std::sync::atomic::AtomicU64::new(0)),
        );
        let (rung, counted) = (Arc::clone(&bell), Arc::clone(&count));
        let putting = std::thread::spawn(move || {
            for _ in 0..PUT {
                counted.fetch_add(1, Ordering::Relaxed);
                rung.ring();
            }
        });
        // It ends because the last of them is seen.
        while count.load(Ordering::Relaxed) < PUT {
            poll_fn(|context| bell.poll_answer(context)).await;
        }
        assert!(putting.join().is_ok());
    }
}
