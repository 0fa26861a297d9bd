//! Audio on its way out ([`AudioSource`] to RTP) and in (RTP to [`AudioSink`]).

mod incoming;
mod local;
mod outgoing;
pub mod pace;
mod remote;
mod resample;
mod sink;
mod source;
mod stereo;
mod traffic;

pub use incoming::Incoming;
pub use local::LocalAudio;
pub use outgoing::{EncoderSettings, Outgoing, OutgoingPacket, PACKET_MS};
pub use remote::RemoteAudio;
pub use resample::Resampler;
pub use sink::{AudioSink, Capture, Delivery, PcmFrame};
pub use source::{AudioSource, AudioSourceConfig, CaptureError, PlaybackPosition};
pub use stereo::StereoResampler;
pub use traffic::{Traffic, TrafficSnapshot};

/// The RTP clock of Opus in Hz (RFC 7587), and the rate at which audio is coded and decoded.
pub const OPUS_CLOCK_HZ: u32 = crate::opus::SAMPLE_RATE_HZ;
