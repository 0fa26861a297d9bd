//! The samples between those who fill a source and the connection that empties it.
//!
//! Samples have positions, one after the other. Where those that wait begin and end is one atomic value, so that a reader
//! takes samples, a writer adds some, and a cut removes some, each in one step. Whoever comes second notices, and looks
//! again. A reader copies samples before it takes them; what a writer puts in their place meanwhile, after a cut, is never
//! given out (a sequence lock, with the position as the sequence: Boehm, "Can seqlocks get along with programming language
//! memory models?", 2012).

use std::sync::{
    Arc,
    atomic::{AtomicI16, AtomicU64, Ordering, fence},
};

use arc_swap::ArcSwap;

/// Samples that may wait, whatever they are asked to be: positions are told apart by 32 bits.
pub(super) const SAMPLES_MAX: usize = 1 << 28;

/// Where the samples that wait begin, and where the next one will be; both wrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) head: u32,
    pub(super) tail: u32,
}

impl Span {
    fn of(packed: u64) -> Self {
        Self {
            head: packed as u32,
            tail: (packed >> 32) as u32,
        }
    }

    fn packed(self) -> u64 {
        u64::from(self.tail) << 32 | u64::from(self.head)
    }

    pub(super) fn len(self) -> usize {
        self.tail.wrapping_sub(self.head) as usize
    }

    /// Without its first samples.
    pub(super) fn after(self, samples: usize) -> Self {
        Self {
            head: self.head.wrapping_add(samples as u32),
            ..self
        }
    }
}

/// One writer at a time, any reader.
pub(super) struct Ring {
    span: AtomicU64,
    slots: ArcSwap<Slots>,
}

/// As many samples as a power of two.
struct Slots(Box<[AtomicI16]>);

impl Slots {
    fn new(samples: usize) -> Self {
        Self((0..samples).map(|_| AtomicI16::new(0)).collect())
    }

    fn at(&self, position: u32) -> Option<&AtomicI16> {
        self.0.get(position as usize & self.0.len().wrapping_sub(1))
    }

    /// So many from a position on, in two parts where the end comes between.
    fn from(&self, position: u32, samples: usize) -> [&[AtomicI16]; 2] {
        let begin = position as usize & self.0.len().wrapping_sub(1);
        let first = samples.min(self.0.len().saturating_sub(begin));
        [
            self.0.get(begin..begin + first).unwrap_or_default(),
            self.0.get(..samples - first).unwrap_or_default(),
        ]
    }
}

impl Ring {
    pub(super) fn new() -> Self {
        Self::beginning_at(0)
    }

    fn beginning_at(position: u32) -> Self {
        let span = Span {
            head: position,
            tail: position,
        };
        Self {
            span: AtomicU64::new(span.packed()),
            slots: ArcSwap::from_pointee(Slots::new(0)),
        }
    }

    /// What waits.
    pub(super) fn span(&self) -> Span {
        Span::of(self.span.load(Ordering::SeqCst))
    }

    /// Copies the first samples of a span to the end of `into`. They are not to be used unless [`Ring::replace`] of
    /// that span succeeds.
    pub(super) fn copy(&self, span: Span, samples: usize, into: &mut Vec<i16>) {
        let slots = self.slots.load();
        for part in slots.from(span.head, samples) {
            into.extend(part.iter().map(|slot| slot.load(Ordering::Relaxed)));
        }
        // What was read is older than what `replace` finds.
        fence(Ordering::Acquire);
    }

    /// Puts one span in the place of another, unless it has changed since.
    pub(super) fn replace(&self, from: Span, to: Span) -> bool {
        let (from, to) = (from.packed(), to.packed());
        self.span
            .compare_exchange(from, to, Ordering::SeqCst, Ordering::Relaxed)
            .is_ok()
    }

    /// For the writer: puts samples behind those that wait, without showing them.
    pub(super) fn write(&self, span: Span, samples: impl ExactSizeIterator<Item = i16>) {
        self.make_room(span, span.len() + samples.len());
        let slots = self.slots.load();
        // Whoever reads what is written now finds that the samples before it are gone.
        fence(Ordering::Release);
        for (position, sample) in (0..).zip(samples) {
            if let Some(slot) = slots.at(span.tail.wrapping_add(position)) {
                slot.store(sample, Ordering::Relaxed);
            }
        }
    }

    /// For the writer: shows so many samples that were written; gives what waits then.
    pub(super) fn show(&self, samples: usize) -> Span {
        let added = (samples as u64) << 32;
        // What leaves the tail at the top leaves the value.
        Span::of(self.span.fetch_add(added, Ordering::SeqCst).wrapping_add(added))
    }

    fn make_room(&self, span: Span, samples: usize) {
        let old = self.slots.load();
        if samples <= old.0.len() {
            return;
        }
        let new = Slots::new(samples.next_power_of_two());
        let waiting = old.from(span.head, span.len());
        for (position, slot) in (0..).zip(waiting.into_iter().flatten()) {
            if let Some(to) = new.at(span.head.wrapping_add(position)) {
                to.store(slot.load(Ordering::Relaxed), Ordering::Relaxed);
            }
        }
        // Whoever still reads the old ones finds there what waited.
        self.slots.store(Arc::new(new));
    }
}

impl std::fmt::Debug for Ring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ring")
            .field("span", &self.span())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
