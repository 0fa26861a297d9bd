//! Trailers on video frames: types only, there are no video frames.

use std::sync::Arc;

use crate::{
    peer_connection_factory::PeerConnectionFactory, rtp_receiver::RtpReceiver, rtp_sender::RtpSender,
};

/// A step of publishing video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "none of them ever happens here")]
pub enum PublishTimingStage {
    EncoderUpload,
    EncoderOutput,
    WebrtcPacketize,
}

/// A step of receiving video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "none of them ever happens here")]
pub enum SubscribeTimingStage {
    WebrtcReceive,
    DecoderUpload,
    DecoderOutput,
}

/// When a frame reached a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishTimingEvent {
    /// The step.
    pub stage: PublishTimingStage,
    /// When, in microseconds since 1970.
    pub timestamp_us: u64,
    /// When the frame was captured, in microseconds since 1970.
    pub capture_timestamp_us: u64,
    /// The frame's number.
    pub frame_id: Option<u32>,
}

/// When a frame reached a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubscribeTimingEvent {
    /// The step.
    pub stage: SubscribeTimingStage,
    /// When, in microseconds since 1970.
    pub timestamp_us: u64,
    /// When the frame was captured, in microseconds since 1970.
    pub capture_timestamp_us: u64,
    /// The frame's number.
    pub frame_id: Option<u32>,
}

/// Would be told of frames sent.
pub type PublishTimingObserver = Arc<dyn Fn(PublishTimingEvent) + Send + Sync + 'static>;
/// Would be told of frames received.
pub type SubscribeTimingObserver = Arc<dyn Fn(SubscribeTimingEvent) + Send + Sync + 'static>;

/// A handler that never has anything to handle.
#[derive(Clone, Debug)]
pub struct PacketTrailerHandler(());

impl PacketTrailerHandler {
    /// Does nothing.
    pub fn set_enabled(&self, _enabled: bool) {}

    /// Never.
    #[must_use]
    pub fn enabled(&self) -> bool {
        false
    }

    /// Does nothing.
    pub fn set_publish_timing_observer(&self, _observer: Option<PublishTimingObserver>) {}

    /// Does nothing.
    pub fn set_subscribe_timing_observer(&self, _observer: Option<SubscribeTimingObserver>) {}
}

/// A handler for a sender.
#[must_use]
pub fn create_sender_handler(_factory: &PeerConnectionFactory, _sender: &RtpSender) -> PacketTrailerHandler {
    PacketTrailerHandler(())
}

/// A handler for a receiver.
#[must_use]
pub fn create_receiver_handler(
    _factory: &PeerConnectionFactory,
    _receiver: &RtpReceiver,
) -> PacketTrailerHandler {
    PacketTrailerHandler(())
}
