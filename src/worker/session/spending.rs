//! What a room asks of models, in money: counted as it goes on, and brought to an end where it has a budget.

use std::time::Duration;

use super::Session;
use super::budget::Deed;

/// Time in which a room whose budget is used up says goodbye and ends: as long as a time limit leaves for it.
const GOODBYE_WITHIN: Duration = Duration::from_secs(20);

impl Session {
    /// Counts what was used since the last look, and does what the budget asks for.
    pub(super) fn look_at_the_budget(&mut self) {
        let now = self.began.elapsed();
        let (since, deed) = self.budget.take_in(now, &self.usage.units());
        self.shared.metrics.cost(&since);
        match deed {
            Some(Deed::Warn) => {
                tracing::warn!(
                    room = self.room_id,
                    spent = self.budget.spent().sum(),
                    "the room has used most of its budget"
                );
            }
            Some(Deed::UsedUp) => {
                tracing::warn!(
                    room = self.room_id,
                    spent = self.budget.spent().sum(),
                    "the room has used up its budget: say goodbye when this turn is over"
                );
                self.shared.metrics.out_of_budget();
            }
            None => {}
        }
        if self.budget.closes(now, self.conversation.is_between_turns()) {
            self.clock.close(now, GOODBYE_WITHIN);
        }
    }

    /// Says at the end what the room has used.
    pub(super) fn settle(&mut self) {
        self.look_at_the_budget();
        let used = self.usage.units();
        tracing::info!(
            room = self.room_id,
            heard_s = used.heard.as_secs(),
            spoken_characters = used.spoken_characters,
            read_tokens = used.tokens.read,
            written_tokens = used.tokens.written,
            cost = self.budget.spent().sum(),
            "what the room asked of models"
        );
    }
}
