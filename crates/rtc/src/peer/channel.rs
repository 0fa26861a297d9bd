use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicI32, AtomicU8, AtomicU64, Ordering},
    },
};

use parking_lot::Mutex;

use super::command::{Command, Commands};

/// Bytes that may wait on one channel; a send that would go over fails.
const QUEUE_MAX_BYTES: u64 = 16 * 1024 * 1024;

/// How a channel is made.
#[derive(Debug, Clone, Default)]
pub struct ChannelOptions {
    /// Its name.
    pub label: String,
    /// Its protocol; mostly empty.
    pub protocol: String,
    /// Deliver in any order.
    pub unordered: bool,
    /// Send a message again at most so often.
    pub max_retransmits: Option<u16>,
    /// Send a message again for at most so long, in milliseconds.
    pub max_lifetime_ms: Option<u16>,
    /// The stream both sides agreed on beforehand; without it the channel is announced in-band.
    pub negotiated_id: Option<u16>,
}

/// Where a channel stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ChannelState {
    /// Not yet usable.
    Connecting = 0,
    /// Usable.
    Open = 1,
    /// Closing.
    Closing = 2,
    /// Closed for good.
    Closed = 3,
}

/// Why a message was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The channel is not open.
    #[error("the data channel is not open")]
    NotOpen,
    /// Too much waits already.
    #[error("more than {QUEUE_MAX_BYTES} bytes wait on the data channel")]
    Full,
}

type OnMessage = Box<dyn FnMut(&[u8], bool) + Send>;
type OnState = Box<dyn FnMut(ChannelState) + Send>;
type OnSent = Box<dyn FnMut(u64) + Send>;

/// A data channel. Callbacks run on the owner task and must not block.
#[derive(Clone)]
pub struct DataChannel {
    shared: Arc<Shared>,
}

struct Shared {
    options: ChannelOptions,
    commands: Commands,
    state: AtomicU8,
    stream_id: AtomicI32,
    /// Bytes given to `send` and not yet on the wire.
    waiting_bytes: AtomicU64,
    queue: Mutex<VecDeque<(Vec<u8>, bool)>>,
    on_message: Slot<OnMessage>,
    on_state: Slot<OnState>,
    on_sent: Slot<OnSent>,
}

impl DataChannel {
    pub(super) fn new(options: ChannelOptions, commands: Commands) -> Self {
        let shared = Shared {
            stream_id: AtomicI32::new(options.negotiated_id.map_or(-1, i32::from)),
            options,
            commands,
            state: AtomicU8::new(ChannelState::Connecting as u8),
            waiting_bytes: AtomicU64::new(0),
            queue: Mutex::default(),
            on_message: Slot::default(),
            on_state: Slot::default(),
            on_sent: Slot::default(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Its name.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.shared.options.label
    }

    /// Its SCTP stream, or -1 while none is known.
    #[must_use]
    pub fn stream_id(&self) -> i32 {
        self.shared.stream_id.load(Ordering::Relaxed)
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> ChannelState {
        match self.shared.state.load(Ordering::Acquire) {
            0 => ChannelState::Connecting,
            1 => ChannelState::Open,
            2 => ChannelState::Closing,
            _ => ChannelState::Closed,
        }
    }

    /// Bytes given to [`DataChannel::send`] and not yet on the wire.
    #[must_use]
    pub fn buffered_bytes(&self) -> u64 {
        self.shared.waiting_bytes.load(Ordering::Relaxed)
    }

    /// Queues a message.
    pub fn send(&self, message: &[u8], binary: bool) -> Result<(), SendError> {
        if self.state() != ChannelState::Open {
            return Err(SendError::NotOpen);
        }
        let bytes = message.len() as u64;
        if self.buffered_bytes().saturating_add(bytes) > QUEUE_MAX_BYTES {
            return Err(SendError::Full);
        }
        {
            let mut queue = self.shared.queue.lock();
            self.shared.waiting_bytes.fetch_add(bytes, Ordering::Relaxed);
            queue.push_back((message.to_vec(), binary));
        }
        self.shared.commands.signal.wake.ring();
        Ok(())
    }

    /// Closes it.
    pub fn close(&self) {
        if self.state() != ChannelState::Closed {
            self.shared
                .state
                .store(ChannelState::Closing as u8, Ordering::Release);
            // Without a task there is nothing left to close; one that is full is about to be closed.
            if let Some(queue) = self.shared.commands.queue.upgrade() {
                let _ = queue.try_send(Command::CloseChannel(self.clone()));
                self.shared.commands.signal.wake.ring();
            }
        }
    }

    /// Sets or removes what takes messages: the bytes, and whether they are binary.
    pub fn on_message(&self, callback: Option<OnMessage>) {
        self.shared.on_message.set(callback);
    }

    /// Sets or removes what is told the state.
    pub fn on_state(&self, callback: Option<OnState>) {
        self.shared.on_state.set(callback);
    }

    /// Sets or removes what is told how many bytes went out since the last time.
    pub fn on_sent(&self, callback: Option<OnSent>) {
        self.shared.on_sent.set(callback);
    }

    pub(super) fn options(&self) -> &ChannelOptions {
        &self.shared.options
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// The message next in line.
    pub(super) fn next_message(&self) -> Option<(Vec<u8>, bool)> {
        self.shared.queue.lock().pop_front()
    }

    /// Puts back a message for which there was no room.
    pub(super) fn put_back(&self, message: (Vec<u8>, bool)) {
        self.shared.queue.lock().push_front(message);
    }

    pub(super) fn has_queued(&self) -> bool {
        !self.shared.queue.lock().is_empty()
    }

    /// Tells the application what went out, given what still waits below this queue.
    pub(super) fn settle(&self, below_bytes: u64) {
        // The counter first: a message queued in between is then counted as waiting, and so next time.
        let before = self.buffered_bytes();
        let queued: u64 = self
            .shared
            .queue
            .lock()
            .iter()
            .map(|(message, _)| message.len() as u64)
            .sum();
        let sent = before.saturating_sub(queued + below_bytes);
        if sent > 0 {
            self.shared.waiting_bytes.fetch_sub(sent, Ordering::Relaxed);
            self.shared.on_sent.call(|callback| callback(sent));
        }
    }

    pub(super) fn set_open(&self, stream_id: Option<u16>) {
        if let Some(id) = stream_id {
            self.shared.stream_id.store(i32::from(id), Ordering::Relaxed);
        }
        self.change_state(ChannelState::Open);
    }

    pub(super) fn set_closed(&self) {
        self.change_state(ChannelState::Closed);
    }

    fn change_state(&self, state: ChannelState) {
        if self.shared.state.swap(state as u8, Ordering::AcqRel) != state as u8 {
            self.shared.on_state.call(|callback| callback(state));
        }
    }

    pub(super) fn deliver(&self, message: &[u8], binary: bool) {
        self.shared.on_message.call(|callback| callback(message, binary));
    }
}

impl std::fmt::Debug for DataChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DataChannel")
            .field("label", &self.label())
            .field("state", &self.state())
            .finish()
    }
}

/// A callback that may replace itself while it runs: it is taken out for the call.
struct Slot<F>(Mutex<Option<F>>);

impl<F> Default for Slot<F> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<F> Slot<F> {
    fn set(&self, callback: Option<F>) {
        *self.0.lock() = callback;
    }

    fn call(&self, call: impl FnOnce(&mut F)) {
        let taken = self.0.lock().take();
        if let Some(mut callback) = taken {
            call(&mut callback);
            self.0.lock().get_or_insert(callback);
        }
    }
}
