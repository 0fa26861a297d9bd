//! What a worker may believe: which rooms it holds, and until when.
//!
//! One mutation, then drain: [`Keeper::handle_input`], [`Keeper::poll_output`] until it answers `None`, then sleep
//! until [`Keeper::poll_timeout`]. Whoever is about to say or write something asks [`Keeper::stands_until_ms`] and
//! a clock, for a process that was frozen does not know it yet.

use std::collections::{BTreeMap, VecDeque};

use crate::fault::{Fault, Planted};
use crate::{BEAT_AGAIN_MS, BEAT_EVERY_MS, NEWS_EVERY_MS, STANDS_MS};

/// Heartbeats whose answers are waited for. Full: the oldest is taken for lost.
const BEATS_MAX: usize = 4;

/// A room and the epoch under which it is held.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    /// `room_…`.
    pub room_id: String,
    /// The claim's epoch.
    pub epoch: u64,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A claim took these rooms. Its answer may have been on its way for long, so that it proves nothing.
    Claimed(Vec<Held>),
    /// A heartbeat was answered.
    Answered {
        /// Which.
        beat: u64,
        /// Rooms that are no longer the worker's, among those that it named.
        lost: Vec<String>,
    },
    /// A heartbeat was not answered in time, or refused.
    Unanswered {
        /// Which.
        beat: u64,
    },
    /// A room was played to its end, or let go of.
    Closed(Held),
    /// Take no more rooms.
    Drain,
    /// A room has something that the next holder must know: the next heartbeat, which brings it, comes sooner.
    News,
    /// The time of [`Keeper::poll_timeout`] has come.
    Wake,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send a heartbeat, and say how it went with its number.
    Beat {
        /// Its number, from 1, rising.
        beat: u64,
        /// Rooms to name.
        rooms: Vec<Held>,
        /// No more rooms are taken.
        draining: bool,
    },
    /// Play this room: it is the worker's.
    Enter(Held),
    /// Leave this room without a word, and write nothing more: it is no longer the worker's.
    Leave(Held),
}

#[derive(Debug, Clone, Copy)]
struct Kept {
    epoch: u64,
    since_ms: i64,
    is_entered: bool,
}

#[derive(Debug, Clone)]
struct Asked {
    beat: u64,
    at_ms: i64,
    rooms: Vec<Held>,
}

/// The worker's side of the leases. Times are ms by the boot clock, which counts while the machine sleeps.
#[derive(Debug, Clone, Default)]
pub struct Keeper {
    rooms: BTreeMap<String, Kept>,
    asked: VecDeque<Asked>,
    beats: u64,
    next_beat_at_ms: Option<i64>,
    /// When the latest heartbeat that was acknowledged was asked.
    proven_at_ms: Option<i64>,
    draining: bool,
    outputs: VecDeque<Output>,
    planted: Planted,
}

impl Keeper {
    /// A worker that holds nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a fault planted.
    #[cfg(feature = "faults")]
    #[must_use]
    pub fn with_fault(mut self, planted: Planted) -> Self {
        self.planted = planted;
        self
    }

    /// Takes in what happened at `now_ms`; drain [`Self::poll_output`] afterwards.
    pub fn handle_input(&mut self, now_ms: i64, input: Input) {
        // First of all: what the clock says cannot be undone by an answer that was waiting meanwhile.
        if !self.planted.is(Fault::NoticesLate) || input == Input::Wake {
            self.stand_down(now_ms);
        }
        match input {
            Input::Claimed(rooms) => self.claimed(now_ms, rooms),
            Input::Answered { beat, lost } => self.answered(now_ms, beat, &lost),
            Input::Unanswered { beat } => self.unanswered(now_ms, beat),
            Input::Closed(held) => {
                if self.epoch_of(&held.room_id) == Some(held.epoch) {
                    self.rooms.remove(&held.room_id);
                }
            }
            Input::Drain => {
                self.draining = true;
                // The heartbeat does not name what was never entered, and the server opens it.
                let unentered: Vec<Held> = self.held_where(|room| !room.is_entered).collect();
                for held in unentered {
                    self.leave(held);
                }
                self.beat(now_ms);
            }
            Input::News => {
                let sooner = BEAT_EVERY_MS - NEWS_EVERY_MS;
                self.next_beat_at_ms = self
                    .next_beat_at_ms
                    .map(|at| at.min(now_ms.max(at.saturating_sub(sooner))));
            }
            Input::Wake => {}
        }
        if self.rooms.is_empty() {
            self.next_beat_at_ms = None;
            self.proven_at_ms = None;
        } else if self.next_beat_at_ms.is_none_or(|at| at <= now_ms) {
            self.beat(now_ms);
        }
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to hand in [`Input::Wake`] unless something happens before.
    pub fn poll_timeout(&self) -> Option<i64> {
        let beat = self.next_beat_at_ms;
        let ends = [self.stands_until_ms(), self.unproven_until_ms()];
        ends.into_iter().flatten().chain(beat).min()
    }

    /// Until when something may be said and written in the rooms that were entered; `None` in no room.
    pub fn stands_until_ms(&self) -> Option<i64> {
        if self.planted.is(Fault::NoticesLate) && !self.rooms.is_empty() {
            return Some(i64::MAX);
        }
        self.proven_until_ms()
    }

    fn proven_until_ms(&self) -> Option<i64> {
        let entered = self.rooms.values().any(|room| room.is_entered);
        entered.then(|| {
            self.proven_at_ms
                .map_or(i64::MIN, |at| at.saturating_add(STANDS_MS))
        })
    }

    /// Rooms that are held, entered or about to be.
    pub fn held(&self) -> usize {
        self.rooms.len()
    }

    /// The epoch under which a room is held.
    pub fn epoch_of(&self, room_id: &str) -> Option<u64> {
        self.rooms.get(room_id).map(|room| room.epoch)
    }

    /// Whether no more rooms are taken.
    pub fn is_draining(&self) -> bool {
        self.draining
    }

    fn held_where(&self, admit: impl Fn(&Kept) -> bool) -> impl Iterator<Item = Held> {
        let rooms = self.rooms.iter().filter(move |(_, room)| admit(room));
        rooms.map(|(room_id, room)| Held {
            room_id: room_id.clone(),
            epoch: room.epoch,
        })
    }

    fn unproven_until_ms(&self) -> Option<i64> {
        let unproven = self.rooms.values().filter(|room| !room.is_entered);
        unproven.map(|room| room.since_ms.saturating_add(STANDS_MS)).min()
    }

    fn claimed(&mut self, now_ms: i64, rooms: Vec<Held>) {
        // A draining worker told the server that it ignores what it may still be given.
        if self.draining {
            return;
        }
        for Held { room_id, epoch } in rooms {
            match self.epoch_of(&room_id) {
                // The same answer again, or one that is older than what is known.
                Some(known) if known >= epoch => continue,
                Some(known) => self.leave(Held {
                    room_id: room_id.clone(),
                    epoch: known,
                }),
                None => {}
            }
            let kept = Kept {
                epoch,
                since_ms: now_ms,
                is_entered: false,
            };
            self.rooms.insert(room_id.clone(), kept);
            // It is proven by a heartbeat at once, which the end of this input sends.
            self.next_beat_at_ms = Some(now_ms);
            if self.planted.is(Fault::TrustsLateClaims) {
                self.proven_at_ms = self.proven_at_ms.max(Some(now_ms));
                self.enter(&room_id);
            }
        }
    }

    fn answered(&mut self, now_ms: i64, beat: u64, lost: &[String]) {
        let Some(index) = self.asked.iter().position(|asked| asked.beat == beat) else {
            return;
        };
        let Some(Asked { at_ms, rooms, .. }) = self.asked.remove(index) else {
            return;
        };
        let counted_from_ms = if self.planted.is(Fault::CountsFromAnswer) {
            now_ms
        } else {
            at_ms
        };
        for held in rooms {
            // What an old answer says of a room is not meant for a later claim of it.
            if self.epoch_of(&held.room_id) != Some(held.epoch) {
                continue;
            }
            if lost.contains(&held.room_id) {
                self.leave(held);
            } else if counted_from_ms.saturating_add(STANDS_MS) > now_ms {
                self.proven_at_ms = self.proven_at_ms.max(Some(counted_from_ms));
                self.enter(&held.room_id);
            }
        }
    }

    fn unanswered(&mut self, now_ms: i64, beat: u64) {
        self.asked.retain(|asked| asked.beat != beat);
        let again = now_ms.saturating_add(BEAT_AGAIN_MS);
        // Only the latest one: an older one that fails says nothing that the latest will not.
        if beat == self.beats {
            self.next_beat_at_ms = self.next_beat_at_ms.map(|at| at.min(again));
        }
    }

    fn enter(&mut self, room_id: &str) {
        if let Some(room) = self.rooms.get_mut(room_id)
            && !room.is_entered
        {
            room.is_entered = true;
            self.outputs.push_back(Output::Enter(Held {
                room_id: room_id.to_owned(),
                epoch: room.epoch,
            }));
        }
    }

    fn leave(&mut self, held: Held) {
        if self.rooms.remove(&held.room_id).is_some() {
            self.outputs.push_back(Output::Leave(held));
        }
    }

    /// Leaves what can't be believed any more.
    fn stand_down(&mut self, now_ms: i64) {
        let is_over = |until: Option<i64>| until.is_some_and(|until| until <= now_ms);
        let stands = !is_over(self.proven_until_ms());
        let is_gone = |room: &Kept| match room.is_entered {
            true => !stands,
            false => room.since_ms.saturating_add(STANDS_MS) <= now_ms,
        };
        let gone: Vec<Held> = self.held_where(is_gone).collect();
        for held in gone {
            self.leave(held);
        }
    }

    fn beat(&mut self, now_ms: i64) {
        self.beats += 1;
        self.next_beat_at_ms = Some(now_ms.saturating_add(BEAT_EVERY_MS));
        let rooms: Vec<Held> = self.held_where(|_| true).collect();
        if self.asked.len() >= BEATS_MAX {
            self.asked.pop_front();
        }
        self.asked.push_back(Asked {
            beat: self.beats,
            at_ms: now_ms,
            rooms: rooms.clone(),
        });
        self.outputs.push_back(Output::Beat {
            beat: self.beats,
            rooms,
            draining: self.draining,
        });
    }
}
