//! The threads that models run on.

use std::sync::{Arc, LazyLock};

use rten::{RunOptions, ThreadPool};

/// Runs on one thread: a frame of voice activity is far too small to be worth splitting, and a pool as wide
/// as the machine would keep its cores busy waiting while rooms need them.
static ONE_THREAD: LazyLock<Arc<ThreadPool>> = LazyLock::new(|| Arc::new(ThreadPool::with_num_threads(1)));

/// Options of a run on the one thread that all small models share.
pub(crate) fn on_one_thread() -> RunOptions {
    RunOptions::default().with_thread_pool(Some(Arc::clone(&ONE_THREAD)))
}

/// Ends of turns are judged on a thread of their own: voice activity must not wait for them.
static JUDGING: LazyLock<ThreadPool> = LazyLock::new(|| ThreadPool::with_num_threads(1));

/// Runs `work`, with the products of matrices in it, on the thread that judges ends of turns.
pub(crate) fn alone<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    JUDGING.run(work)
}

/// Runs on two threads: speech is wanted soon, and more would take the cores from rooms that listen.
static TWO_THREADS: LazyLock<Arc<ThreadPool>> = LazyLock::new(|| Arc::new(ThreadPool::with_num_threads(2)));

/// Options of a run on the two threads that all large models share.
pub(crate) fn on_two_threads() -> RunOptions {
    RunOptions::default().with_thread_pool(Some(Arc::clone(&TWO_THREADS)))
}
