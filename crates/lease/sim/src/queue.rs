//! What is going to happen, in order of time; at one time in the order in which it was scheduled.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

struct Scheduled<T> {
    at_ms: i64,
    order: u64,
    what: T,
}

impl<T> PartialEq for Scheduled<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl<T> Eq for Scheduled<T> {}
impl<T> PartialOrd for Scheduled<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Scheduled<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at_ms, self.order).cmp(&(other.at_ms, other.order))
    }
}

/// A queue on virtual time.
pub(crate) struct Queue<T> {
    heap: BinaryHeap<Reverse<Scheduled<T>>>,
    order: u64,
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        Self {
            heap: BinaryHeap::new(),
            order: 0,
        }
    }

    pub(crate) fn at(&mut self, at_ms: i64, what: T) {
        self.order += 1;
        let order = self.order;
        self.heap.push(Reverse(Scheduled { at_ms, order, what }));
    }

    pub(crate) fn next_at(&self) -> Option<i64> {
        self.heap.peek().map(|Reverse(next)| next.at_ms)
    }

    pub(crate) fn pop(&mut self) -> Option<(i64, T)> {
        self.heap.pop().map(|Reverse(next)| (next.at_ms, next.what))
    }
}
