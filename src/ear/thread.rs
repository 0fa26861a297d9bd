//! The thread that all ears of the process share.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use ringbuf::HeapRb;
use ringbuf::traits::Split;
use troupe_inference::vad::SileroModel;
use troupe_sound::Treatment;

use super::listener::Listener;
use super::{Ear, EarError, EarInput, Heard, RING_SAMPLES, Shared};

/// How often rings are looked at: what an edge waits at most.
const TICK: Duration = Duration::from_millis(10);
/// New ears that wait for the thread. Full: opening an ear fails, as the thread has stopped.
const OPENING_MAX: usize = 256;

type Callback = Box<dyn FnMut(Heard) + Send>;

struct Opening {
    ring: ringbuf::HeapCons<i16>,
    shared: Arc<Shared>,
    treatment: Treatment,
    heard: Callback,
}

/// Opens ears; all clones share one thread, which ends with the last of them.
#[derive(Clone)]
pub struct Ears {
    opening: SyncSender<Opening>,
    treatment: Treatment,
}

impl Ears {
    /// Loads the model and starts the thread. All sound gets `treatment` first.
    ///
    /// # Errors
    /// When the model or the thread can't be had.
    pub fn start(treatment: Treatment) -> Result<Self, EarError> {
        let model = SileroModel::load().map_err(|error| EarError(error.to_string()))?;
        let (opening, openings) = sync_channel(OPENING_MAX);
        std::thread::Builder::new()
            .name("ears".into())
            .spawn(move || run(&openings, &model))
            .map_err(|error| EarError(error.to_string()))?;
        Ok(Self { opening, treatment })
    }

    /// Opens an ear. `heard` is called on the ears' thread and must not wait.
    ///
    /// # Errors
    /// When the thread takes no more.
    pub fn open(&self, heard: impl FnMut(Heard) + Send + 'static) -> Result<(EarInput, Ear), EarError> {
        let (producer, consumer) = HeapRb::new(RING_SAMPLES).split();
        let shared = Arc::new(Shared::default());
        let opening = Opening {
            ring: consumer,
            shared: shared.clone(),
            treatment: self.treatment,
            heard: Box::new(heard),
        };
        self.opening
            .try_send(opening)
            .map_err(|_| EarError("the ears' thread takes no more".into()))?;
        Ok((
            EarInput {
                ring: producer,
                shared: shared.clone(),
            },
            Ear { shared },
        ))
    }
}

fn run(openings: &Receiver<Opening>, model: &SileroModel) {
    let mut listeners: Vec<(Listener, Callback)> = Vec::new();
    loop {
        // With nobody to hear, sleep until somebody comes.
        if listeners.is_empty() {
            match openings.recv() {
                Ok(opening) => add(&mut listeners, opening),
                Err(_) => return,
            }
        }
        loop {
            match openings.try_recv() {
                Ok(opening) => add(&mut listeners, opening),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) if listeners.is_empty() => return,
                Err(TryRecvError::Disconnected) => break,
            }
        }
        let started = Instant::now();
        listeners.retain(|(listener, _)| !listener.is_closed());
        listeners.retain_mut(|(listener, heard)| {
            // A panic closes one ear, and no other.
            let ran = catch_unwind(AssertUnwindSafe(|| listener.run(started, model, &mut *heard)));
            if ran.is_err() {
                tracing::error!("hear a person: their ear panicked");
                heard(Heard::Broken);
            }
            ran.is_ok()
        });
        std::thread::park_timeout(TICK.saturating_sub(started.elapsed()));
    }
}

fn add(listeners: &mut Vec<(Listener, Callback)>, opening: Opening) {
    let listener = Listener::new(opening.ring, opening.shared, opening.treatment, Instant::now());
    listeners.push((listener, opening.heard));
}
