//! Audio on its way out ([`AudioSource`] to RTP) and in (RTP to [`AudioSink`]).

mod copies;
mod encoded;
mod frames;
mod incoming;
mod local;
mod outgoing;
pub mod pace;
mod readers;
mod remote;
mod resample;
mod ring;
mod sink;
mod source;
mod stereo;
mod traffic;

pub use copies::Copies;
pub use encoded::EncodedAudio;
pub use frames::{AudioReader, Capture, Delivery, PcmFrame, reader};
pub use incoming::Incoming;
pub use local::LocalAudio;
pub use outgoing::{EncoderSettings, Outgoing, OutgoingPacket, PACKET_MS};
pub use remote::RemoteAudio;
pub use resample::Resampler;
pub use sink::AudioSink;
pub use source::{AudioSource, AudioSourceConfig, CaptureError, PlaybackPosition};
pub use stereo::StereoResampler;
pub use traffic::{Traffic, TrafficSnapshot};

/// The RTP clock of Opus in Hz (RFC 7587), and the rate at which audio is coded and decoded.
pub const OPUS_CLOCK_HZ: u32 = crate::opus::SAMPLE_RATE_HZ;

/// The level of `pcm` relative to full scale, as RFC 6464 counts it.
fn level_db(pcm: &[i16]) -> i8 {
    let power: f64 = pcm.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / pcm.len().max(1) as f64;
    let db = 10.0 * (power / f64::from(i16::MAX).powi(2)).max(1e-13).log10();
    db.clamp(-127.0, 0.0) as i8
}
