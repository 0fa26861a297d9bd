//! Everything between the seed and the verdict.

mod calls;
mod keeping;
mod network;
mod trouble;
mod verdict;

use std::collections::BTreeMap;

use troupe_lease::{Fault, Held, Input, Planted, Reason};

use crate::checker::{Checker, Report, Violation};
use crate::machine::{Machine, Worker};
use crate::message::{Answer, Process, Request};
use crate::options::Options;
use crate::server::{LOOK_EVERY_MS, Server};
use troupe_seeded::Chance;
use troupe_seeded::Queue;

/// Time without faults in which everything must come right, ms: a lease, the longest pause of a room that failed,
/// the longest wait of a call, and as much again.
const QUIET_MS: i64 = 60_000;
/// Time at the end in which no room may change hands, ms.
const STEADY_MS: i64 = 10_000;
/// Time between words in a room, ms.
const SAYS_EVERY_MS: u64 = 400;
/// Time until an answer counts as lost, ms.
const ANSWER_MS: i64 = 5_000;
/// Longest wait of a claim, ms.
const WAIT_MS: i64 = 20_000;

/// Something that is going to happen.
enum Event {
    ToServer(Request),
    ToWorker {
        process: Process,
        call: u64,
        answer: Answer,
    },
    Wake {
        process: Process,
        wake: u64,
    },
    Say {
        process: Process,
        held: Held,
    },
    Claim {
        process: Process,
    },
    Post {
        process: Process,
    },
    Close {
        process: Process,
        held: Held,
        reason: Reason,
    },
    Start {
        machine: usize,
    },
    Trouble {
        machine: usize,
        kind: Kind,
    },
    Mend {
        machine: usize,
    },
    RoomStarts(usize),
    ClockIsSet,
    LookAgain,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Crash,
    Freeze,
    Cut,
    Drain,
    Failure,
}

pub(crate) struct World {
    options: Options,
    chance: Chance,
    queue: Queue<i64, Event>,
    now_ms: i64,
    server: Server,
    machines: Vec<Machine>,
    db_set_ms: i64,
    db_drift_ppm: i64,
    calls: u64,
    /// Which heartbeat a call is.
    beats: BTreeMap<u64, u64>,
    planted: Planted,
    last_grants: (u64, i64),
    checker: Checker,
    trace: Option<Vec<String>>,
}

impl World {
    pub(crate) fn new(options: Options, fault: Option<Fault>, is_traced: bool) -> Self {
        let mut chance = Chance::from_seed(options.seed ^ 0xA5A5);
        let drift = |chance: &mut Chance| {
            let ppm = chance.within(0, 2 * options.drift_ppm);
            i64::try_from(ppm).unwrap_or(0) - i64::try_from(options.drift_ppm).unwrap_or(0)
        };
        let machines = (0..options.workers)
            .map(|_| Machine {
                drift_ppm: drift(&mut chance),
                clock_ms: i64::try_from(chance.within(0, 1_000_000)).unwrap_or(0),
                runs: 0,
                worker: None,
                frozen_until_ms: 0,
                cut: [false; 2],
                disk: Default::default(),
            })
            .collect();
        Self {
            db_drift_ppm: drift(&mut chance),
            checker: Checker::new(options.jumps > 0, options.drift_ppm),
            server: Server::new(fault),
            machines,
            queue: Queue::new(),
            now_ms: 0,
            db_set_ms: 0,
            calls: 0,
            beats: BTreeMap::new(),
            planted: Planted(fault),
            last_grants: (0, 0),
            trace: is_traced.then(Vec::new),
            chance,
            options,
        }
    }

    pub(crate) fn run(mut self) -> (Result<Report, Violation>, Vec<String>) {
        self.schedule();
        let end_ms = self.options.faults_ms + QUIET_MS;
        while let Some(at_ms) = self.queue.next_at().filter(|at| *at <= end_ms) {
            let Some((_, event)) = self.queue.pop() else { break };
            self.now_ms = at_ms.max(self.now_ms);
            self.checker.now_ms = self.now_ms;
            self.checker.report.events += 1;
            self.play(event);
            let grants = self.checker.report.grants;
            if grants != self.last_grants.0 {
                self.last_grants = (grants, self.now_ms);
            }
            if self.checker.violation.is_some() {
                break;
            }
        }
        if self.checker.violation.is_none() {
            self.checker.now_ms = end_ms;
            self.expect_that_all_is_well(end_ms);
        }
        let trace = self.trace.take().unwrap_or_default();
        match self.checker.violation.take() {
            Some(violation) => (Err(violation), trace),
            None => (Ok(self.checker.report), trace),
        }
    }

    fn schedule(&mut self) {
        for machine in 0..self.options.workers {
            self.queue.at(0, Event::Start { machine });
            let kinds = [
                (Kind::Crash, self.options.crashes),
                (Kind::Freeze, self.options.freezes),
                (Kind::Cut, self.options.cuts),
                (Kind::Drain, self.options.drains),
                (Kind::Failure, self.options.failures),
            ];
            for (kind, rate) in kinds {
                let times = u64::try_from(self.options.faults_ms).unwrap_or(0) * rate / 60_000 / 100;
                for _ in 0..times {
                    let at_ms = self.within(0, self.options.faults_ms);
                    self.queue.at(at_ms, Event::Trouble { machine, kind });
                }
            }
            // When the faults stop.
            self.queue.at(self.options.faults_ms, Event::Mend { machine });
        }
        for room in 0..self.options.rooms {
            let at_ms = self.within(0, self.options.faults_ms / 2);
            self.queue.at(at_ms, Event::RoomStarts(room));
        }
        for _ in 0..self.options.jumps {
            let at_ms = self.within(0, self.options.faults_ms);
            self.queue.at(at_ms, Event::ClockIsSet);
        }
        self.queue.at(0, Event::LookAgain);
    }

    fn within(&mut self, low: i64, high: i64) -> i64 {
        let (low, high) = (low.unsigned_abs(), high.unsigned_abs());
        i64::try_from(self.chance.within(low, high)).unwrap_or(0)
    }

    fn is_quiet(&self) -> bool {
        self.now_ms >= self.options.faults_ms
    }

    fn db_ms(&self) -> i64 {
        1_000_000_000 + self.now_ms + self.now_ms * self.db_drift_ppm / 1_000_000 + self.db_set_ms
    }

    fn note(&mut self, line: impl FnOnce() -> String) {
        let now_ms = self.now_ms;
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{now_ms:>7} {}", line()));
        }
    }

    fn id(&mut self) -> u128 {
        u128::from(self.chance.bits()) << 64 | u128::from(self.chance.bits())
    }

    /// A process that stands still notices nothing until it goes on; then all at once, in any order.
    fn thawed(&mut self, process: Process) -> Option<i64> {
        let until_ms = self.machines.get(process.machine)?.frozen_until_ms;
        (until_ms > self.now_ms).then(|| until_ms + self.within(0, 3))
    }

    fn play(&mut self, event: Event) {
        let of = match &event {
            Event::ToWorker { process, .. }
            | Event::Wake { process, .. }
            | Event::Say { process, .. }
            | Event::Claim { process }
            | Event::Post { process }
            | Event::Close { process, .. } => Some(*process),
            _ => None,
        };
        if let Some(process) = of {
            if !self
                .machines
                .get(process.machine)
                .is_some_and(|m| m.is_process(process))
            {
                return;
            }
            if let Some(at_ms) = self.thawed(process) {
                self.queue.at(at_ms, event);
                return;
            }
        }
        match event {
            Event::ToServer(request) => self.reach_server(request),
            Event::ToWorker {
                process,
                call,
                answer,
            } => self.reach_worker(process, call, answer),
            Event::Wake { process, wake } => {
                let is_current = self.worker(process).is_some_and(|worker| worker.wake == wake);
                if is_current {
                    self.keep(process, Input::Wake);
                }
            }
            Event::Say { process, held } => self.say(process, held),
            Event::Claim { process } => self.claim(process),
            Event::Post { process } => self.post(process),
            Event::Close {
                process,
                held,
                reason,
            } => self.close(process, held, reason),
            Event::Start { machine } => self.start(machine),
            Event::Trouble { machine, kind } => self.trouble(machine, kind),
            Event::Mend { machine } => {
                let is_over = self.is_quiet();
                if let Some(machine) = self.machines.get_mut(machine) {
                    machine.cut = [false; 2];
                    if is_over {
                        machine.frozen_until_ms = machine.frozen_until_ms.min(self.now_ms);
                    }
                }
            }
            Event::RoomStarts(room) => {
                let db_ms = self.db_ms();
                self.server.start_room(format!("room_{room}"), db_ms);
            }
            Event::ClockIsSet => {
                let by_ms = self.within(0, i64::try_from(self.options.jump_ms_max).unwrap_or(0));
                let by_ms = if self.chance.percent(50) { by_ms } else { -by_ms };
                self.note(|| format!("the database's clock is set by {by_ms} ms"));
                self.db_set_ms += by_ms;
            }
            Event::LookAgain => {
                let (now_ms, db_ms) = (self.now_ms, self.db_ms());
                for (request, answer) in self.server.look_again(now_ms, db_ms, &mut self.checker) {
                    self.answer(&request, answer);
                }
                self.queue.at(self.now_ms + LOOK_EVERY_MS, Event::LookAgain);
            }
        }
    }

    fn worker(&mut self, process: Process) -> Option<&mut Worker> {
        let machine = self.machines.get_mut(process.machine)?;
        machine.worker.as_mut().filter(|worker| worker.process == process)
    }

    fn clock(&self, machine: usize) -> i64 {
        self.machines
            .get(machine)
            .map_or(0, |machine| machine.clock(self.now_ms))
    }
}
