//! The note of a room: what is under way in it, until the API knows.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;
use troupe_lease::Input;

use crate::protocol::Note;

#[derive(Debug, Default)]
struct State {
    note: Note,
    revision: u64,
    told: u64,
    keeper: Option<mpsc::Sender<Input>>,
}

/// One room's note. The session writes it, and it leaves with whatever goes to the API next: entries, the heartbeat,
/// the release.
#[derive(Debug, Clone, Default)]
pub(super) struct Pad(Arc<Mutex<State>>);

impl Pad {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the keeper hurry when a line begins or a turn is owed.
    pub(super) fn hurries(&self, keeper: mpsc::Sender<Input>) {
        self.lock().keeper = Some(keeper);
    }

    /// Puts a note in the place of the last one.
    pub(super) fn write(&self, note: Note) {
        let mut state = self.lock();
        if state.note != note {
            let begins = note.saying.is_some() && state.note.saying.is_none();
            if (begins || note.owed.len() > state.note.owed.len())
                && let Some(keeper) = &state.keeper
            {
                // Full: the next heartbeat brings it all the same.
                let _ = keeper.try_send(Input::News);
            }
            state.note = note;
            state.revision += 1;
        }
    }

    /// The note, if the API does not know it, and what to call [`Self::told`] with once it does.
    pub(super) fn news(&self) -> Option<(Note, u64)> {
        let state = self.lock();
        (state.told < state.revision).then(|| (state.note.clone(), state.revision))
    }

    /// The API knows the note of this revision.
    pub(super) fn told(&self, revision: u64) {
        let mut state = self.lock();
        state.told = state.told.max(revision);
    }

    /// The note as it stands.
    pub(super) fn read(&self) -> Note {
        self.lock().note.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Saying;

    #[test]
    fn a_note_is_news_until_it_was_told() {
        let pad = Pad::default();
        assert_eq!(pad.news(), None, "nothing is under way in the beginning");
        let saying = |content: &str| Note {
            owed: Vec::new(),
            saying: Some(Saying {
                character_id: "ada".into(),
                content: content.into(),
            }),
        };
        pad.write(saying("Well,"));
        pad.write(saying("Well, then."));
        let (note, revision) = pad.news().unwrap_or_default();
        assert_eq!(note, saying("Well, then."));
        pad.write(saying("Well, then. Now."));
        pad.told(revision);
        assert_eq!(pad.news().map(|(note, _)| note), Some(saying("Well, then. Now.")));
        pad.told(revision + 1);
        pad.write(saying("Well, then. Now."));
        assert_eq!(pad.news(), None);
    }
}
