//! What a worker asks for, and what the answers do.

use troupe_lease::{Held, Input, Reason};

use super::{ANSWER_MS, Event, WAIT_MS, World};
use crate::machine::{BATCH_MAX, Spool};
use crate::message::{Answer, Call, Process};

impl World {
    pub(super) fn claim(&mut self, process: Process) {
        let capacity = self.options.capacity;
        let Some(worker) = self.worker(process) else {
            return;
        };
        if worker.claiming.is_some() || worker.keeper.is_draining() {
            return;
        }
        let free = capacity.saturating_sub(worker.keeper.held());
        if free == 0 {
            self.queue.at(self.now_ms + 500, Event::Claim { process });
            return;
        }
        let claim = Call::Claim {
            request: worker.requests.current(),
            capacity: free,
            wait_ms: WAIT_MS,
        };
        let call = self.send(process, claim, WAIT_MS + ANSWER_MS);
        if let Some(worker) = self.worker(process) {
            worker.claiming = Some(call);
        }
    }

    pub(super) fn reach_worker(&mut self, process: Process, call: u64, answer: Answer) {
        let beat = self.beats.get(&call).copied();
        let chance = self.id();
        let doubled = self.options.doubled > 0;
        let holds: Vec<Held> = self
            .server
            .rooms
            .keys()
            .filter_map(|room_id| {
                let (worker, epoch) = self.server.holder(room_id)?;
                (worker == process.id()).then(|| Held {
                    room_id: room_id.clone(),
                    epoch,
                })
            })
            .collect();
        let Some(worker) = self.worker(process) else {
            return;
        };
        match answer {
            Answer::Claimed(rooms) if worker.claiming == Some(call) => {
                worker.claiming = None;
                worker.requests.answered(chance);
                worker.heard_of.extend(rooms.iter().cloned());
                let unheard = holds.into_iter().find(|held| !worker.heard_of.contains(held));
                if let (Some(held), false) = (unheard, doubled) {
                    self.checker
                        .fail(format!("{} never hears that it holds {held:?}", process.id()));
                }
                self.keep(process, Input::Claimed(rooms));
                self.queue.at(self.now_ms + 1, Event::Claim { process });
            }
            Answer::Nothing if worker.claiming == Some(call) => {
                worker.claiming = None;
                worker.requests.unanswered(chance);
                self.queue.at(self.now_ms + 300, Event::Claim { process });
            }
            Answer::Beaten { beat, lost } => self.keep(process, Input::Answered { beat, lost }),
            Answer::Nothing if beat.is_some() => {
                if let Some(beat) = beat {
                    self.beats.remove(&call);
                    self.keep(process, Input::Unanswered { beat });
                }
            }
            Answer::Acknowledged { held, until } => {
                self.checker.acknowledged(&held, until);
                if let Some(spool) = self.handing_in(process.machine, call, &held) {
                    spool.call = None;
                    spool.waiting.retain(|sequence| *sequence > until);
                }
            }
            Answer::Refused { held } => {
                self.checker.report.refusals += 1;
                let machine = self.machines.get_mut(process.machine);
                if let Some(machine) = machine {
                    // A closed one was handed in as late already: nobody takes it any more.
                    machine.disk.retain(|(_, of), spool| {
                        !(spool.call == Some(call) && *of == held && spool.is_closed)
                    });
                }
                if let Some(spool) = self.handing_in(process.machine, call, &held) {
                    spool.call = None;
                }
            }
            Answer::Nothing => {
                if let Some(machine) = self.machines.get_mut(process.machine) {
                    let waiting = machine.disk.values_mut();
                    for spool in waiting.filter(|spool| spool.call == Some(call)) {
                        spool.call = None;
                    }
                }
            }
            Answer::Claimed(_) | Answer::Released => {}
        }
    }

    pub(super) fn handing_in(&mut self, machine: usize, call: u64, held: &Held) -> Option<&mut Spool> {
        let machine = self.machines.get_mut(machine)?;
        let mut spools = machine.disk.iter_mut();
        let found = spools.find(|((_, of), spool)| spool.call == Some(call) && of == held);
        found.map(|(_, spool)| spool)
    }

    pub(super) fn post(&mut self, process: Process) {
        let mut calls = Vec::new();
        if let Some(machine) = self.machines.get_mut(process.machine) {
            machine
                .disk
                .retain(|_, spool| !(spool.is_closed && spool.waiting.is_empty()));
            for ((worker, held), spool) in &machine.disk {
                if spool.call.is_none() && !spool.waiting.is_empty() {
                    let sequences = spool.waiting.iter().take(BATCH_MAX).copied().collect();
                    let entries = Call::Entries {
                        worker: *worker,
                        held: held.clone(),
                        sequences,
                        late: spool.is_closed,
                    };
                    calls.push(((*worker, held.clone()), entries));
                }
            }
        }
        for (key, entries) in calls {
            let call = self.send(process, entries, ANSWER_MS);
            let machine = self.machines.get_mut(process.machine);
            if let Some(spool) = machine.and_then(|machine| machine.disk.get_mut(&key)) {
                spool.call = Some(call);
            }
        }
        self.queue.at(self.now_ms + 300, Event::Post { process });
    }

    pub(super) fn close_spool(&mut self, process: Process, held: &Held) {
        let key = (process, held.clone());
        let machine = self.machines.get_mut(process.machine);
        if let Some(spool) = machine.and_then(|machine| machine.disk.get_mut(&key)) {
            spool.is_closed = true;
        }
    }

    pub(super) fn close(&mut self, process: Process, held: Held, reason: Reason) {
        let Some(worker) = self.worker(process) else {
            return;
        };
        if worker.playing.get(&held.room_id) == Some(&held.epoch) {
            worker.playing.remove(&held.room_id);
            self.checker.left(process, &held);
            self.close_spool(process, &held);
            self.keep(process, Input::Closed(held.clone()));
            let release = Call::Release {
                worker: process,
                held,
                reason,
            };
            self.send(process, release, ANSWER_MS);
        }
        let is_done = self
            .worker(process)
            .is_some_and(|worker| worker.keeper.is_draining() && worker.keeper.held() == 0);
        if is_done {
            self.crash(process.machine, 200);
        }
    }
}
