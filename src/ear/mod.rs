//! The ears: one per person, from PCM to the beginnings and pauses of speech.
//!
//! ```text
//! track, decoded at 16 kHz → ring buffer → treatment, if any → WebRTC gate → Silero → detector → Heard
//! ```
//!
//! One thread serves all ears of the process. A track's task writes to its ring and never waits; a
//! full ring drops what is new and counts it, since the thread being that late means the machine is.

mod detector;
pub mod judge;
mod listener;
pub mod offline;
mod thread;
mod turn_audio;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use ringbuf::HeapProd;
use ringbuf::traits::Producer;

pub use thread::Ears;

/// Sample rate of the PCM that an ear takes, Hz, mono: what its models hear.
pub const TRACK_RATE_HZ: u32 = troupe_inference::vad::RATE_HZ;
/// Capacity of a ring, samples: 1.5 s. After a stall of the network up to 1 s comes at once.
const RING_SAMPLES: usize = TRACK_RATE_HZ as usize * 3 / 2;

/// An ear could not be made.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the ear can't start: {0}")]
pub struct EarError(String);

impl From<rubato::ResamplerConstructionError> for EarError {
    fn from(error: rubato::ResamplerConstructionError) -> Self {
        Self(error.to_string())
    }
}

/// What an ear heard; `ago` counts back from now.
#[derive(Debug, Clone)]
pub enum Heard {
    /// A voice began.
    Started {
        /// Since when.
        ago: Duration,
    },
    /// A voice paused.
    Paused {
        /// The end of the last sound.
        ago: Duration,
        /// The turn so far, mono at 16 kHz.
        pcm: Arc<[i16]>,
        /// Where in the stream it ends, for [`Ear::forget`].
        end: u64,
    },
    /// Sound of a turn that goes on, mono at 16 kHz, as it comes and before the pause that it leads to; only from ears
    /// that were asked for it: [`Ear::pass_on`].
    Sound {
        /// What came since the last time; a turn that is under way comes as a whole first.
        pcm: Arc<[i16]>,
    },
    /// The ear panicked and hears no more.
    Broken,
    /// The answer to [`Ear::probe`].
    Probed {
        /// The turn so far, mono at 16 kHz.
        pcm: Arc<[i16]>,
        /// Where in the stream it ends, for [`Ear::forget`].
        end: u64,
    },
}

/// What both sides of an ear see.
#[derive(Debug, Default)]
struct Shared {
    forget_before: AtomicU64,
    probe: AtomicBool,
    passes_on: AtomicBool,
    closed: AtomicBool,
    /// Samples that found the ring full.
    overrun: AtomicU64,
}

/// Where a person's sound goes in.
pub struct EarInput {
    ring: HeapProd<i16>,
    shared: Arc<Shared>,
}

impl EarInput {
    /// Takes PCM at [`TRACK_RATE_HZ`]; never waits.
    pub fn push(&mut self, pcm: &[i16]) {
        let taken = self.ring.push_slice(pcm);
        if taken < pcm.len() {
            self.shared
                .overrun
                .fetch_add((pcm.len() - taken) as u64, Ordering::Relaxed);
        }
    }
}

/// A person's ear; it closes when dropped.
pub struct Ear {
    shared: Arc<Shared>,
}

impl Ear {
    /// What was heard up to this place in the stream is settled: the next turn begins behind it.
    pub fn forget(&self, end: u64) {
        self.shared.forget_before.fetch_max(end, Ordering::AcqRel);
    }

    /// Asks for the turn so far although the voice is on.
    pub fn probe(&self) {
        self.shared.probe.store(true, Ordering::Release);
    }

    /// From now on the sound of turns is passed on while they go on.
    pub fn pass_on(&self) {
        self.shared.passes_on.store(true, Ordering::Release);
    }

    /// Samples lost because the machine was too late.
    pub fn overrun_samples(&self) -> u64 {
        self.shared.overrun.load(Ordering::Relaxed)
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Release);
    }
}
