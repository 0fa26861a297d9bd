//! What is going to happen, in order of time; at one time in the order in which it was scheduled.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

#[derive(Debug)]
struct Scheduled<N, T> {
    at_ms: N,
    order: u64,
    what: T,
}

impl<N: Ord, T> PartialEq for Scheduled<N, T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl<N: Ord, T> Eq for Scheduled<N, T> {}
impl<N: Ord, T> PartialOrd for Scheduled<N, T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<N: Ord, T> Ord for Scheduled<N, T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (&self.at_ms, self.order).cmp(&(&other.at_ms, other.order))
    }
}

/// A queue on virtual time, which is counted in `N`, ms.
#[derive(Debug)]
pub struct Queue<N, T> {
    heap: BinaryHeap<Reverse<Scheduled<N, T>>>,
    order: u64,
}

impl<N: Ord + Copy, T> Queue<N, T> {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self {
            heap: BinaryHeap::new(),
            order: 0,
        }
    }

    /// Schedules something.
    pub fn at(&mut self, at_ms: N, what: T) {
        self.order += 1;
        let order = self.order;
        self.heap.push(Reverse(Scheduled { at_ms, order, what }));
    }

    /// The time of what comes next.
    #[must_use]
    pub fn next_at(&self) -> Option<N> {
        self.heap.peek().map(|Reverse(next)| next.at_ms)
    }

    /// What comes next, and its time.
    pub fn pop(&mut self) -> Option<(N, T)> {
        self.heap.pop().map(|Reverse(next)| (next.at_ms, next.what))
    }
}

impl<N: Ord + Copy, T> Default for Queue<N, T> {
    fn default() -> Self {
        Self::new()
    }
}
