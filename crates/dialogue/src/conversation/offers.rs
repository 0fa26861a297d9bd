//! Turns that nobody's words asked for: the driver offers the floor.

use super::{Conversation, Owed};

impl Conversation {
    pub(super) fn floor_offered(&mut self) {
        if self.owed.is_none() {
            self.owed = Some(Owed::Turn);
        }
    }

    /// Lets whoever was silent longest speak.
    pub(super) fn take_the_floor(&mut self) {
        if let Some(character) = self.director.answers("") {
            self.continue_at = None;
            self.generate(character, None, Vec::new());
        }
    }
}
