//! A worker's rooms: it starts, keeps, enters, and speaks.

use troupe_lease::{Held, Input, Output, Reason};

use super::{ANSWER_MS, Event, SAYS_EVERY_MS, World};
use crate::machine::{Spool, Worker};
use crate::message::{Call, Process};

impl World {
    pub(super) fn start(&mut self, index: usize) {
        let chance = self.id();
        let planted = self.planted;
        let Some(machine) = self.machines.get_mut(index) else {
            return;
        };
        if machine.worker.is_some() {
            return;
        }
        machine.runs += 1;
        let process = Process {
            machine: index,
            run: machine.runs,
        };
        machine.worker = Some(Worker::new(process, chance, planted));
        // What an earlier run left on the disk: its rooms are played by nobody, which this machine knows.
        let left: Vec<(Process, Held)> = machine
            .disk
            .iter_mut()
            .filter_map(|(key, spool)| (!std::mem::replace(&mut spool.is_closed, true)).then(|| key.clone()))
            .collect();
        for spool in machine.disk.values_mut() {
            spool.call = None;
        }
        for (worker, held) in left {
            let release = Call::Release {
                worker,
                held,
                reason: Reason::Failed,
            };
            self.send(process, release, ANSWER_MS);
        }
        self.note(|| format!("{} starts", process.id()));
        self.queue.at(self.now_ms, Event::Claim { process });
        self.queue.at(self.now_ms, Event::Post { process });
    }

    pub(super) fn keep(&mut self, process: Process, input: Input) {
        let clock_ms = self.clock(process.machine);
        let now_ms = self.now_ms;
        let Some(worker) = self.worker(process) else {
            return;
        };
        let is_over = worker
            .keeper
            .stands_until_ms()
            .is_some_and(|until| until <= clock_ms);
        let mut outputs = Vec::new();
        worker.keeper.handle_input(clock_ms, input);
        while let Some(output) = worker.keeper.poll_output() {
            outputs.push(output);
        }
        for output in outputs {
            self.note(|| format!("{}: {output:?}", process.id()));
            match output {
                Output::Beat {
                    beat,
                    rooms,
                    draining,
                } => {
                    let call = Call::Beat {
                        beat,
                        rooms,
                        draining,
                    };
                    let number = self.send(process, call, self.options.beat_within_ms);
                    // The worker knows which beat a silence belongs to.
                    self.beats.insert(number, beat);
                }
                Output::Enter(held) => self.enter(process, held),
                Output::Leave(held) => {
                    let is_own = self.server.holder(&held.room_id) == Some((&process.id(), held.epoch));
                    let was_entered = self
                        .worker(process)
                        .is_some_and(|w| w.playing.remove(&held.room_id).is_some());
                    if is_own && was_entered && !is_over {
                        self.checker.left_its_own(process, &held);
                    }
                    self.checker.left(process, &held);
                    self.close_spool(process, &held);
                }
            }
        }
        let (next, wake) = match self.worker(process) {
            Some(worker) => {
                worker.wake += 1;
                (worker.keeper.poll_timeout(), worker.wake)
            }
            None => return,
        };
        if let (Some(clock_ms), Some(machine)) = (next, self.machines.get(process.machine)) {
            let at_ms = machine.when(clock_ms).max(now_ms + 1);
            self.queue.at(at_ms, Event::Wake { process, wake });
        }
    }

    pub(super) fn enter(&mut self, process: Process, held: Held) {
        self.checker.entered(process, &held);
        if self.options.poison && held.room_id == "room_0" {
            self.crash(process.machine, 500);
            return;
        }
        let Some(machine) = self.machines.get_mut(process.machine) else {
            return;
        };
        machine.disk.insert((process, held.clone()), Spool::default());
        if let Some(worker) = &mut machine.worker {
            worker.playing.insert(held.room_id.clone(), held.epoch);
        }
        self.queue.at(self.now_ms + 50, Event::Say { process, held });
    }

    pub(super) fn say(&mut self, process: Process, held: Held) {
        let clock_ms = self.clock(process.machine);
        let Some(worker) = self.worker(process) else {
            return;
        };
        if worker.playing.get(&held.room_id) != Some(&held.epoch) {
            return;
        }
        // Whoever speaks asks the clock first.
        if worker
            .keeper
            .stands_until_ms()
            .is_some_and(|until| until > clock_ms)
        {
            self.checker.said(process, &held);
            let key = (process, held.clone());
            let machine = self.machines.get_mut(process.machine);
            if let Some(spool) = machine.and_then(|machine| machine.disk.get_mut(&key)) {
                spool.last += 1;
                spool.waiting.push_back(spool.last);
            }
        }
        let at_ms = self.now_ms + self.within(1, 2 * SAYS_EVERY_MS.cast_signed());
        self.queue.at(at_ms, Event::Say { process, held });
    }
}
