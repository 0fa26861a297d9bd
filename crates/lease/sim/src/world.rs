//! Everything between the seed and the verdict.

use std::collections::BTreeMap;

use troupe_lease::{Fault, Held, Input, Output, Planted, Reason};

use crate::chance::Chance;
use crate::checker::{Checker, Report, Violation};
use crate::machine::{BATCH_MAX, Machine, Spool, Worker};
use crate::message::{Answer, Call, Process, Request};
use crate::options::Options;
use crate::queue::Queue;
use crate::server::{LOOK_EVERY_MS, Server};

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
    queue: Queue<Event>,
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
            Event::ToServer(request) => self.to_server(request),
            Event::ToWorker {
                process,
                call,
                answer,
            } => self.to_worker(process, call, answer),
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

    // The network.

    fn delay_ms(&mut self) -> i64 {
        let late = self.chance.percent(self.options.late) && !self.is_quiet();
        let most_ms = if late { self.options.late_ms_max } else { 20 };
        self.within(1, i64::try_from(most_ms).unwrap_or(1))
    }

    /// How often a message comes through: not at all, once, twice.
    fn copies(&mut self, machine: usize, direction: usize) -> usize {
        let is_cut = self.machines.get(machine).is_none_or(|m| m.cut[direction]);
        if is_cut || (!self.is_quiet() && self.chance.percent(self.options.lost)) {
            return 0;
        }
        let doubled = !self.is_quiet() && self.chance.percent(self.options.doubled);
        1 + usize::from(doubled)
    }

    /// Sends a request; without an answer in time there is [`Answer::Nothing`].
    fn send(&mut self, from: Process, what: Call, within_ms: i64) -> u64 {
        self.calls += 1;
        let call = self.calls;
        self.note(|| format!("{} asks {call}: {what:?}", from.id()));
        for _ in 0..self.copies(from.machine, 0) {
            let at_ms = self.now_ms + self.delay_ms();
            let request = Request {
                from,
                call,
                what: what.clone(),
            };
            self.queue.at(at_ms, Event::ToServer(request));
        }
        let nothing = Event::ToWorker {
            process: from,
            call,
            answer: Answer::Nothing,
        };
        self.queue.at(self.now_ms + within_ms, nothing);
        call
    }

    fn to_server(&mut self, request: Request) {
        let (now_ms, db_ms) = (self.now_ms, self.db_ms());
        let answer = self
            .server
            .handle(now_ms, db_ms, request.clone(), &mut self.checker);
        if let Some(answer) = answer {
            self.answer(&request, answer);
        }
    }

    fn answer(&mut self, request: &Request, answer: Answer) {
        self.note(|| format!("the server answers {}: {answer:?}", request.call));
        for _ in 0..self.copies(request.from.machine, 1) {
            let at_ms = self.now_ms + self.delay_ms();
            let event = Event::ToWorker {
                process: request.from,
                call: request.call,
                answer: answer.clone(),
            };
            self.queue.at(at_ms, event);
        }
    }

    // The worker.

    fn start(&mut self, index: usize) {
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

    fn keep(&mut self, process: Process, input: Input) {
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

    fn enter(&mut self, process: Process, held: Held) {
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

    fn say(&mut self, process: Process, held: Held) {
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

    fn claim(&mut self, process: Process) {
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

    fn to_worker(&mut self, process: Process, call: u64, answer: Answer) {
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

    fn handing_in(&mut self, machine: usize, call: u64, held: &Held) -> Option<&mut Spool> {
        let machine = self.machines.get_mut(machine)?;
        let mut spools = machine.disk.iter_mut();
        let found = spools.find(|((_, of), spool)| spool.call == Some(call) && of == held);
        found.map(|(_, spool)| spool)
    }

    fn post(&mut self, process: Process) {
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

    fn close_spool(&mut self, process: Process, held: &Held) {
        let key = (process, held.clone());
        let machine = self.machines.get_mut(process.machine);
        if let Some(spool) = machine.and_then(|machine| machine.disk.get_mut(&key)) {
            spool.is_closed = true;
        }
    }

    fn close(&mut self, process: Process, held: Held, reason: Reason) {
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

    // What goes wrong.

    fn crash(&mut self, index: usize, starts_after_ms: i64) {
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

    fn trouble(&mut self, index: usize, kind: Kind) {
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

    // What must be so in the end.

    fn expect_that_all_is_well(&mut self, end_ms: i64) {
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
