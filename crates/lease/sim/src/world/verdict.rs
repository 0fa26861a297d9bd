//! What must be so in the end.

use super::{STEADY_MS, World};
use crate::machine::BATCH_MAX;

impl World {
    pub(super) fn expect_that_all_is_well(&mut self, end_ms: i64) {
        let steady = self.last_grants.1 + STEADY_MS <= end_ms;
        let places = self.options.workers * self.options.capacity;
        let open = self.server.rooms.values().filter(|room| !room.is_over).count();
        let mut faults = Vec::new();
        if !steady && open <= places {
            faults.push(format!(
                "rooms still change hands {} ms after the faults",
                self.now_ms
            ));
        }
        let mut played = 0;
        for (room_id, room) in &self.server.rooms {
            if room.is_over {
                continue;
            }
            let playing = self.machines.iter().filter_map(|machine| {
                let worker = machine.worker.as_ref()?;
                let stands = worker.keeper.stands_until_ms()? > machine.clock(end_ms);
                let epoch = *worker.playing.get(room_id)?;
                (stands && epoch == room.lease.epoch).then_some(())
            });
            played += playing.count();
        }
        if played < open.min(places) {
            faults.push(format!(
                "{played} of {open} rooms are played, with {places} places"
            ));
        }
        for machine in &self.machines {
            for ((_, held), spool) in &machine.disk {
                let is_over = self
                    .server
                    .rooms
                    .get(&held.room_id)
                    .is_none_or(|room| room.is_over);
                let waits = spool.waiting.len();
                // Words of the last moments may be on their way.
                if !is_over && waits > BATCH_MAX {
                    faults.push(format!("{waits} entries of {held:?} were never taken"));
                }
            }
        }
        if let Some(fault) = faults.into_iter().next() {
            self.checker.fail(fault);
        }
    }
}
