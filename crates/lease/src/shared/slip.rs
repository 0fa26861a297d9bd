//! A value of which the other side has to know the newest, and may miss the ones before it.

use super::sync::{Mutex, MutexGuard};

#[derive(Debug)]
struct State<T> {
    value: T,
    revision: u64,
    told: u64,
}

/// One writes it; several carry it, each with its own message, and messages may overtake each other. Nothing is news
/// only once the newest value has arrived.
#[derive(Debug)]
pub struct Slip<T>(Mutex<State<T>>);

impl<T: Clone + PartialEq> Slip<T> {
    /// What the other side knows already.
    pub fn known(value: T) -> Self {
        Self(Mutex::new(State {
            value,
            revision: 0,
            told: 0,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // A value is replaced whole, so one that a panic left behind is whole.
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Puts a value in the place of the last one, which is handed back if they differ.
    pub fn write(&self, value: T) -> Option<T> {
        let mut state = self.lock();
        if state.value == value {
            return None;
        }
        state.revision += 1;
        Some(std::mem::replace(&mut state.value, value))
    }

    /// The value, unless the other side knows it, and what to call [`Self::arrived`] with once it does.
    pub fn news(&self) -> Option<(T, u64)> {
        let state = self.lock();
        (state.told < state.revision).then(|| (state.value.clone(), state.revision))
    }

    /// The other side knows the value of this revision.
    pub fn arrived(&self, revision: u64) {
        let mut state = self.lock();
        state.told = state.told.max(revision);
    }

    /// The value as it stands.
    pub fn read(&self) -> T {
        self.lock().value.clone()
    }
}
