//! The thread that all tapes of the process share.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use ringbuf::traits::Split;
use ringbuf::{HeapCons, HeapRb};
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use super::block::Block;
use super::placement::Placement;
use super::tape::{Tape, Taped};
use super::{Arrival, RING_BLOCKS, RecorderError, Shared, TrackInfo, TrackInput, position};

/// How often rings are looked at.
const TICK: Duration = Duration::from_millis(50);
/// New rooms and tracks that wait for the thread. Full: a room is not recorded, a track is missing in a partial
/// recording.
const ORDERS_MAX: usize = 256;

enum Order {
    Room(Box<Room>),
    Track {
        room: u64,
        info: TrackInfo,
        ring: HeapCons<Block>,
        shared: Arc<Shared>,
    },
    /// The room's next run panics.
    #[cfg(test)]
    Break(u64),
}

/// What the room's handle and the thread both see.
#[derive(Default)]
struct RoomState {
    over: AtomicBool,
    missed_a_track: AtomicBool,
}

struct Room {
    number: u64,
    began: Instant,
    tape: Tape,
    state: Arc<RoomState>,
    out: Sender<Taped>,
    /// Words about tracks that found no space; segments do not wait.
    waiting: VecDeque<Taped>,
    finished: bool,
    #[cfg(test)]
    breaks: bool,
}

/// Records rooms; all clones share one thread, which ends with the last of them.
#[derive(Clone)]
pub struct Recorder {
    orders: SyncSender<Order>,
    rooms: Arc<AtomicU64>,
}

impl Recorder {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system has no thread.
    pub fn start() -> Result<Self, RecorderError> {
        let (orders, inbox) = sync_channel(ORDERS_MAX);
        std::thread::Builder::new()
            .name("recorder".into())
            .spawn(move || run(&inbox))
            .map_err(|error| RecorderError(error.to_string()))?;
        Ok(Self {
            orders,
            rooms: Arc::default(),
        })
    }

    /// Begins a tape at `began`, which is `origin_ms` after the room's start. What is recorded goes to `out`,
    /// which is closed after the last word. A segment that finds `out` full is lost.
    ///
    /// # Errors
    /// When the thread takes no more or no encoder can be made.
    pub fn record(
        &self,
        began: Instant,
        origin_ms: u64,
        out: Sender<Taped>,
    ) -> Result<RoomRecorder, RecorderError> {
        let number = self.rooms.fetch_add(1, Ordering::Relaxed);
        let state = Arc::new(RoomState::default());
        let tape = Tape::new(origin_ms).map_err(|error| RecorderError(error.to_string()))?;
        let room = Room {
            number,
            began,
            tape,
            state: state.clone(),
            out,
            waiting: VecDeque::new(),
            finished: false,
            #[cfg(test)]
            breaks: false,
        };
        self.orders
            .try_send(Order::Room(Box::new(room)))
            .map_err(|_| RecorderError("the recorder's thread takes no more".into()))?;
        Ok(RoomRecorder {
            orders: self.orders.clone(),
            number,
            began,
            state,
        })
    }
}

/// The recording of one room; dropping it ends the tape.
pub struct RoomRecorder {
    orders: SyncSender<Order>,
    number: u64,
    began: Instant,
    state: Arc<RoomState>,
}

impl RoomRecorder {
    /// Begins a track; `None` when the thread takes no more, which makes the recording partial.
    pub fn track(&self, info: TrackInfo, arrival: Arrival) -> Option<TrackInput> {
        let (ring, consumer) = HeapRb::new(RING_BLOCKS).split();
        let shared = Arc::new(Shared::default());
        let order = Order::Track {
            room: self.number,
            info,
            ring: consumer,
            shared: shared.clone(),
        };
        if self.orders.try_send(order).is_err() {
            tracing::error!("record a track: the recorder's thread takes no more");
            self.state.missed_a_track.store(true, Ordering::Release);
            return None;
        }
        Some(TrackInput {
            ring,
            shared,
            placement: Placement::new(arrival),
            began: self.began,
        })
    }
}

#[cfg(test)]
impl RoomRecorder {
    /// Has the tape panic.
    pub(super) fn breaks(&self) {
        let _ = self.orders.send(Order::Break(self.number));
    }
}

impl Drop for RoomRecorder {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::Release);
    }
}

fn run(orders: &Receiver<Order>) {
    let mut rooms: Vec<Box<Room>> = Vec::new();
    loop {
        // With nothing to record, sleep until there is.
        if rooms.is_empty() {
            match orders.recv() {
                Ok(order) => obey(&mut rooms, order),
                Err(_) => return,
            }
        }
        let started = Instant::now();
        // Looked at before the orders: a track that was ordered before the end is on the tape at the end.
        let over: Vec<bool> = rooms
            .iter()
            .map(|room| room.state.over.load(Ordering::Acquire))
            .collect();
        while let Ok(order) = orders.try_recv() {
            obey(&mut rooms, order);
        }
        let mut over = over.into_iter().chain(std::iter::repeat(false));
        rooms.retain_mut(|room| {
            let is_over = over.next().unwrap_or_default();
            // A tape that panics costs its own recording: its channel closes, and what came of it is partial.
            let ran = catch_unwind(AssertUnwindSafe(|| room.run(started, is_over)));
            if ran.is_err() {
                tracing::error!("record a room: the tape broke");
            }
            ran.is_ok() && !room.is_done()
        });
        std::thread::park_timeout(TICK.saturating_sub(started.elapsed()));
    }
}

fn obey(rooms: &mut Vec<Box<Room>>, order: Order) {
    match order {
        Order::Room(room) => rooms.push(room),
        Order::Track {
            room,
            info,
            ring,
            shared,
        } => {
            if let Some(room) = rooms.iter_mut().find(|known| known.number == room) {
                room.tape.open(info, ring, shared);
            }
        }
        #[cfg(test)]
        Order::Break(number) => {
            for room in rooms.iter_mut().filter(|known| known.number == number) {
                room.breaks = true;
            }
        }
    }
}

impl Room {
    fn run(&mut self, now: Instant, is_over: bool) {
        #[cfg(test)]
        assert!(!self.breaks, "told to break");
        if !self.finished {
            if self.state.missed_a_track.load(Ordering::Acquire) {
                self.tape.miss_a_track();
            }
            let now = position(now.saturating_duration_since(self.began));
            if is_over {
                self.tape.finish(now);
                self.finished = true;
            } else {
                self.tape.run(now);
            }
        }
        self.waiting.extend(self.tape.drain());
        while let Some(taped) = self.waiting.pop_front() {
            match self.out.try_send(taped) {
                Ok(()) => {}
                Err(TrySendError::Full(Taped::Segment(segment))) => {
                    tracing::error!(
                        track = segment.track,
                        sequence = segment.sequence,
                        "hand in a recorded segment: nobody takes it"
                    );
                }
                Err(TrySendError::Full(taped)) => {
                    self.waiting.push_front(taped);
                    break;
                }
                Err(TrySendError::Closed(_)) => {
                    self.finished = true;
                    self.waiting.clear();
                }
            }
        }
    }

    fn is_done(&self) -> bool {
        self.finished && self.waiting.is_empty()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use tokio::sync::mpsc::channel;

    use super::*;
    use crate::protocol::TrackKind;

    fn info() -> TrackInfo {
        TrackInfo {
            kind: TrackKind::Participant,
            identity: "guest".to_owned(),
            name: None,
            character_id: None,
        }
    }

    #[tokio::test]
    async fn a_tape_that_panics_costs_its_own_recording_alone() {
        let recorder = Recorder::start().unwrap();
        let (broken_out, mut broken_taped) = channel(16);
        let (out, mut taped) = channel(16);
        let broken = recorder.record(Instant::now(), 0, broken_out).unwrap();
        let whole = recorder.record(Instant::now(), 0, out).unwrap();
        let _track = whole.track(info(), Arrival::Received).unwrap();
        broken.breaks();
        assert_eq!(
            broken_taped.recv().await,
            None,
            "its channel closes without a last word"
        );
        drop(whole);
        let mut last = None;
        while let Some(next) = taped.recv().await {
            last = Some(next);
        }
        assert!(matches!(last, Some(Taped::Ended(_))), "{last:?}");
    }
}
