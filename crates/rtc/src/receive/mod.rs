//! From RTP packets to PCM: reordering, loss, silence, clock drift, for two kinds of reader. [`Receiver`]
//! plays an even flow after an adaptive delay; [`ImmediateReceiver`] tells what can be decoded at once.
//!
//! Pure: it reads no clock and does no I/O. The contract of the paced one:
//!
//! - [`Receiver::push`] each packet of one stream with the instant it arrived.
//! - [`Receiver::pull`] a frame every 10 ms. While [`Receiver::is_idle`] the caller may stop pulling; it goes
//!   on with the first pull after the next push.
//!
//! Time is true. A sample is played a steady delay after its timestamp, so a jump of the timestamp (a sender
//! silent by DTX) is played as exactly that much silence. The delay is the [`ReceiverConfig`]'s least one on a
//! good network; it grows as packets spread, and shrinks in pauses and by playing slightly faster.
//!
//! Invariant: after warm-up no call allocates, and a silent frame costs no decoding.

mod buffer;
mod clock;
mod config;
mod delay;
mod immediate;
mod intake;
mod playout;
mod receiver;
mod sequence;
mod staging;
mod stats;
mod steer;
mod stretch;
mod voice;

pub use config::{BUFFER_CAPACITY_PACKETS, FRAME_SAMPLES, ReceiverConfig};
pub use immediate::{ImmediateReceiver, Listener, PATIENCE_MS_MAX, Piece};
pub use intake::RtpIn;
pub use receiver::Receiver;
pub use staging::Played;
pub use stats::ReceiverStats;
