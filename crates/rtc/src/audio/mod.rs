//! Audio on its way out ([`AudioSource`] to RTP) and in (RTP to [`AudioSink`]).

mod incoming;
mod outgoing;
mod remote;
mod resample;
mod sink;
mod source;

pub use incoming::Incoming;
pub use outgoing::{EncoderSettings, Outgoing, OutgoingPacket};
pub use remote::{RemoteAudio, Traffic, TrafficSnapshot};
pub use resample::Resampler;
pub use sink::{AudioSink, PcmFrame};
pub use source::{AudioSource, AudioSourceConfig, CaptureError, LocalAudio};

/// The RTP clock of Opus in Hz (RFC 7587), and the rate at which audio is coded and decoded.
pub const OPUS_CLOCK_HZ: u32 = crate::opus::SAMPLE_RATE_HZ;
