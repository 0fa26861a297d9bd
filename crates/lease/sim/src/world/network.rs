//! Messages on their way.

use super::{Event, World};
use crate::message::{Answer, Call, Process, Request};

impl World {
    pub(super) fn delay_ms(&mut self) -> i64 {
        let late = self.chance.percent(self.options.late) && !self.is_quiet();
        let most_ms = if late { self.options.late_ms_max } else { 20 };
        self.within(1, i64::try_from(most_ms).unwrap_or(1))
    }

    /// How often a message comes through: not at all, once, twice.
    pub(super) fn copies(&mut self, machine: usize, direction: usize) -> usize {
        let is_cut = self.machines.get(machine).is_none_or(|m| m.cut[direction]);
        if is_cut || (!self.is_quiet() && self.chance.percent(self.options.lost)) {
            return 0;
        }
        let doubled = !self.is_quiet() && self.chance.percent(self.options.doubled);
        1 + usize::from(doubled)
    }

    /// Sends a request; without an answer in time there is [`Answer::Nothing`].
    pub(super) fn send(&mut self, from: Process, what: Call, within_ms: i64) -> u64 {
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

    pub(super) fn reach_server(&mut self, request: Request) {
        let (now_ms, db_ms) = (self.now_ms, self.db_ms());
        let answer = self
            .server
            .handle(now_ms, db_ms, request.clone(), &mut self.checker);
        if let Some(answer) = answer {
            self.answer(&request, answer);
        }
    }

    pub(super) fn answer(&mut self, request: &Request, answer: Answer) {
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
}
