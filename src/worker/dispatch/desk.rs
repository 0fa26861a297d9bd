//! Which jobs are taken: a pure state machine. Times are ms since any moment.

use std::collections::{BTreeMap, VecDeque};

/// A job that was promised is assigned within 7.5 s, or to somebody else; after this long its place is free again.
const PROMISED_MS: u64 = 10_000;
/// How often the server is told how busy this worker is.
const STATUS_EVERY_MS: u64 = 2_500;

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Input {
    /// The server knows this worker; what it was told before is void.
    Registered,
    /// The server asks for a job's sake; `refusal` says why it can't be played at all.
    Asked { job: String, refusal: Option<String> },
    /// The job is ours.
    Assigned { job: String },
    /// The server wants a job ended.
    Terminated { job: String },
    /// A job has ended by itself, or as told; `failure` says what went wrong.
    Ended { job: String, failure: Option<String> },
    /// Whether there is memory for more rooms.
    Memory { is_short: bool },
    /// No more jobs.
    Drain,
    /// Time passes.
    Wake,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Output {
    /// Answer whether a job can be had.
    Answer { job: String, available: bool },
    /// Play it.
    Play { job: String },
    /// End it.
    Stop { job: String },
    /// Forget it: it was promised, and went to somebody else.
    Forget { job: String },
    /// Tell the server that it runs.
    Running { job: String },
    /// Tell the server that it is over.
    Over { job: String, failure: Option<String> },
    /// Tell the server how busy we are.
    Status { jobs: usize, takes_more: bool },
}

/// The jobs of a worker.
#[derive(Debug)]
pub(super) struct Desk {
    jobs_max: usize,
    /// Until when a place is kept.
    promised: BTreeMap<String, u64>,
    running: BTreeMap<String, ()>,
    draining: bool,
    is_short_of_memory: bool,
    is_known: bool,
    told_at: u64,
    outputs: VecDeque<Output>,
}

impl Desk {
    pub(super) fn new(jobs_max: usize) -> Self {
        Self {
            jobs_max,
            promised: BTreeMap::new(),
            running: BTreeMap::new(),
            draining: false,
            is_short_of_memory: false,
            is_known: false,
            told_at: 0,
            outputs: VecDeque::new(),
        }
    }

    pub(super) fn handle_input(&mut self, now_ms: u64, input: Input) {
        let past: Vec<String> = self
            .promised
            .extract_if(.., |_, until| *until <= now_ms)
            .map(|(job, _)| job)
            .collect();
        self.outputs
            .extend(past.into_iter().map(|job| Output::Forget { job }));
        match input {
            Input::Registered => {
                self.is_known = true;
                self.tell(now_ms);
            }
            Input::Asked { job, refusal } => {
                let available = refusal.is_none() && self.has_place();
                if available {
                    self.promised.insert(job.clone(), now_ms + PROMISED_MS);
                }
                self.outputs.push_back(Output::Answer { job, available });
                self.tell(now_ms);
            }
            // A promise that ran out is kept if there is a place still; otherwise the job fails at once, and the
            // server finds another worker for it.
            Input::Assigned { job } => {
                let was_promised = self.promised.remove(&job).is_some();
                if self.running.contains_key(&job) {
                    return;
                }
                if was_promised || self.has_place() {
                    self.running.insert(job.clone(), ());
                    self.outputs.push_back(Output::Running { job: job.clone() });
                    self.outputs.push_back(Output::Play { job });
                } else {
                    let failure = Some("this worker has no place any more".to_owned());
                    self.outputs.push_back(Output::Over { job, failure });
                }
                self.tell(now_ms);
            }
            Input::Terminated { job } => {
                self.promised.remove(&job);
                if self.running.contains_key(&job) {
                    self.outputs.push_back(Output::Stop { job });
                }
            }
            Input::Ended { job, failure } => {
                if self.running.remove(&job).is_some() {
                    self.outputs.push_back(Output::Over { job, failure });
                    self.tell(now_ms);
                }
            }
            Input::Memory { is_short } => {
                if std::mem::replace(&mut self.is_short_of_memory, is_short) != is_short {
                    self.tell(now_ms);
                }
            }
            Input::Drain => {
                self.draining = true;
                self.tell(now_ms);
            }
            Input::Wake if now_ms >= self.told_at + STATUS_EVERY_MS => self.tell(now_ms),
            Input::Wake => {}
        }
    }

    /// What is to be done next.
    pub(super) fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Input::Wake`] is due.
    pub(super) fn timeout_ms(&self) -> u64 {
        self.told_at + STATUS_EVERY_MS
    }

    fn has_place(&self) -> bool {
        !self.draining && !self.is_short_of_memory && self.running.len() + self.promised.len() < self.jobs_max
    }

    fn tell(&mut self, now_ms: u64) {
        self.told_at = now_ms;
        if self.is_known {
            self.outputs.push_back(Output::Status {
                jobs: self.running.len(),
                takes_more: self.has_place(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(job: &str) -> Input {
        Input::Asked {
            job: job.into(),
            refusal: None,
        }
    }

    fn assigned(job: &str) -> Input {
        Input::Assigned { job: job.into() }
    }

    /// Everything but statuses that comes of an input.
    fn of(desk: &mut Desk, now_ms: u64, input: Input) -> Vec<Output> {
        desk.handle_input(now_ms, input);
        std::iter::from_fn(|| desk.poll_output())
            .filter(|output| !matches!(output, Output::Status { .. }))
            .collect()
    }

    fn answer(job: &str, available: bool) -> Vec<Output> {
        vec![Output::Answer {
            job: job.into(),
            available,
        }]
    }

    #[test]
    fn nothing_is_promised_while_memory_is_short() {
        let mut desk = Desk::new(9);
        of(&mut desk, 0, Input::Memory { is_short: true });
        assert_eq!(of(&mut desk, 1, asked("a")), answer("a", false));
        of(&mut desk, 2, Input::Memory { is_short: false });
        assert_eq!(of(&mut desk, 3, asked("a")), answer("a", true));
    }

    #[test]
    fn no_more_is_promised_than_there_is_place_for() {
        let mut desk = Desk::new(1);
        assert_eq!(of(&mut desk, 0, asked("a")), answer("a", true));
        assert_eq!(of(&mut desk, 0, asked("b")), answer("b", false));
        assert_eq!(of(&mut desk, 1, assigned("a")).len(), 2);
        assert_eq!(of(&mut desk, 2, asked("b")), answer("b", false));
        let over = of(
            &mut desk,
            3,
            Input::Ended {
                job: "a".into(),
                failure: None,
            },
        );
        assert_eq!(over.len(), 1);
        assert_eq!(of(&mut desk, 4, asked("b")), answer("b", true));
    }

    #[test]
    fn a_promise_that_nobody_took_runs_out() {
        let mut desk = Desk::new(1);
        assert_eq!(of(&mut desk, 0, asked("a")), answer("a", true));
        let forgotten = vec![Output::Forget { job: "a".into() }];
        assert_eq!(
            of(&mut desk, PROMISED_MS, asked("b")),
            [forgotten, answer("b", true)].concat()
        );
        // The first one comes after all: there is no place, and the server must know.
        let late = of(&mut desk, PROMISED_MS + 1, assigned("a"));
        assert!(
            matches!(&late[..], [Output::Over { failure: Some(_), .. }]),
            "{late:?}"
        );
    }

    #[test]
    fn an_assignment_that_is_told_twice_is_played_once() {
        let mut desk = Desk::new(5);
        desk.handle_input(0, asked("a"));
        assert_eq!(of(&mut desk, 0, assigned("a")).len(), 3);
        assert!(of(&mut desk, 1, assigned("a")).is_empty());
    }

    #[test]
    fn who_drains_takes_nothing_and_says_so() {
        let mut desk = Desk::new(5);
        desk.handle_input(0, Input::Registered);
        desk.handle_input(0, Input::Drain);
        let last = std::iter::from_fn(|| desk.poll_output()).last();
        let status = Output::Status {
            jobs: 0,
            takes_more: false,
        };
        assert_eq!(last, Some(status));
        assert_eq!(of(&mut desk, 1, asked("a")), answer("a", false));
    }

    #[test]
    fn the_server_hears_of_us_in_time() {
        let mut desk = Desk::new(5);
        desk.handle_input(100, Input::Registered);
        assert!(desk.poll_output().is_some());
        desk.handle_input(desk.timeout_ms() - 1, Input::Wake);
        assert!(desk.poll_output().is_none());
        desk.handle_input(desk.timeout_ms(), Input::Wake);
        assert!(matches!(desk.poll_output(), Some(Output::Status { .. })));
    }

    #[test]
    fn what_is_not_played_can_not_be_stopped() {
        let mut desk = Desk::new(5);
        assert!(of(&mut desk, 0, Input::Terminated { job: "a".into() }).is_empty());
        desk.handle_input(0, asked("a"));
        desk.handle_input(0, assigned("a"));
        while desk.poll_output().is_some() {}
        let stop = vec![Output::Stop { job: "a".into() }];
        assert_eq!(of(&mut desk, 1, Input::Terminated { job: "a".into() }), stop);
    }
}
