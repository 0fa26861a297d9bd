//! The note of a room: what is under way in it, until the API knows.

use std::sync::{Arc, OnceLock};

use tokio::sync::mpsc;
use troupe_lease::Input;
use troupe_lease::shared::Slip;

use crate::protocol::Note;

#[derive(Debug)]
struct State {
    note: Slip<Note>,
    keeper: OnceLock<mpsc::Sender<Input>>,
}

/// One room's note. The session writes it, and it leaves with whatever goes to the API next: entries, the heartbeat,
/// the release.
#[derive(Debug, Clone)]
pub(super) struct Pad(Arc<State>);

impl Default for Pad {
    fn default() -> Self {
        Self(Arc::new(State {
            note: Slip::known(Note::default()),
            keeper: OnceLock::new(),
        }))
    }
}

impl Pad {
    /// Has the keeper hurry when a line begins or a turn is owed.
    pub(super) fn hurries(&self, keeper: mpsc::Sender<Input>) {
        // A room is entered once.
        let _ = self.0.keeper.set(keeper);
    }

    /// Puts a note in the place of the last one.
    pub(super) fn write(&self, note: Note) {
        let (says, owed) = (note.saying.is_some(), note.owed.len());
        let Some(before) = self.0.note.write(note) else {
            return;
        };
        let begins = says && before.saying.is_none();
        if (begins || owed > before.owed.len())
            && let Some(keeper) = self.0.keeper.get()
        {
            // Full: the next heartbeat brings it all the same.
            let _ = keeper.try_send(Input::News);
        }
    }

    /// The note, if the API does not know it, and what to call [`Self::told`] with once it does.
    pub(super) fn news(&self) -> Option<(Note, u64)> {
        self.0.note.news()
    }

    /// The API knows the note of this revision.
    pub(super) fn told(&self, revision: u64) {
        self.0.note.arrived(revision);
    }

    /// The note as it stands.
    pub(super) fn read(&self) -> Note {
        self.0.note.read()
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
