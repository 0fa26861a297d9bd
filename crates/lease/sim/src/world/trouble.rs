//! What goes wrong.

use troupe_lease::{Held, Input, Reason};

use super::{Event, Kind, World};

impl World {
    pub(super) fn crash(&mut self, index: usize, starts_after_ms: i64) {
        let Some(machine) = self.machines.get_mut(index) else {
            return;
        };
        let Some(worker) = machine.worker.take() else {
            return;
        };
        machine.frozen_until_ms = 0;
        self.checker.died(worker.process);
        self.note(|| format!("{} dies", worker.process.id()));
        self.queue
            .at(self.now_ms + starts_after_ms, Event::Start { machine: index });
    }

    pub(super) fn trouble(&mut self, index: usize, kind: Kind) {
        self.note(|| format!("machine {index}: {kind:?}"));
        let left_ms = self.options.faults_ms - self.now_ms;
        match kind {
            Kind::Crash => {
                let after_ms = self.within(100, 20_000).min(left_ms.max(100));
                self.crash(index, after_ms);
            }
            Kind::Freeze => {
                let until_ms = self.now_ms + self.within(500, 20_000);
                if let Some(machine) = self.machines.get_mut(index) {
                    machine.frozen_until_ms = until_ms.max(machine.frozen_until_ms);
                }
            }
            Kind::Cut => {
                let cut = [self.chance.percent(70), self.chance.percent(70)];
                let until_ms = self.now_ms + self.within(500, 20_000);
                if let Some(machine) = self.machines.get_mut(index) {
                    machine.cut = cut;
                }
                self.queue.at(until_ms, Event::Mend { machine: index });
            }
            Kind::Drain | Kind::Failure => {
                let Some(worker) = self.machines.get(index).and_then(|m| m.worker.as_ref()) else {
                    return;
                };
                let process = worker.process;
                let rooms: Vec<Held> = worker
                    .playing
                    .iter()
                    .map(|(room_id, epoch)| Held {
                        room_id: room_id.clone(),
                        epoch: *epoch,
                    })
                    .collect();
                if matches!(kind, Kind::Failure) {
                    if let Some(held) = rooms.into_iter().next() {
                        let reason = Reason::Failed;
                        self.queue.at(
                            self.now_ms,
                            Event::Close {
                                process,
                                held,
                                reason,
                            },
                        );
                    }
                    return;
                }
                if self.thawed(process).is_some() {
                    return;
                }
                self.keep(process, Input::Drain);
                for held in rooms {
                    let at_ms = self.now_ms + self.within(10, 1_500);
                    let reason = Reason::Draining;
                    self.queue.at(
                        at_ms,
                        Event::Close {
                            process,
                            held,
                            reason,
                        },
                    );
                }
                // However its rooms end.
                self.queue.at(
                    self.now_ms + 1_600,
                    Event::Trouble {
                        machine: index,
                        kind: Kind::Crash,
                    },
                );
            }
        }
    }
}
