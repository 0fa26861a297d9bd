//! Statistics: counters of the streams, in the official shapes and a part of them.

use troupe_rtc::audio::TrafficSnapshot;

/// One object of statistics.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum RtcStats {
    /// A stream we receive.
    InboundRtp(InboundRtpStats),
    /// A stream we send.
    OutboundRtp(OutboundRtpStats),
}

impl RtcStats {
    pub(crate) fn is_outbound(&self) -> bool {
        matches!(self, Self::OutboundRtp(_))
    }

    pub(crate) fn inbound(mid: &str, track: &str, traffic: TrafficSnapshot) -> Self {
        Self::InboundRtp(InboundRtpStats {
            stream: dictionaries::RtpStreamStats {
                kind: "audio".to_owned(),
                ..Default::default()
            },
            received: dictionaries::ReceivedRtpStreamStats {
                packets_received: traffic.packets,
                packets_lost: traffic.receiver.lost.cast_signed(),
            },
            inbound: dictionaries::InboundRtpStreamStats {
                track_identifier: track.to_owned(),
                mid: mid.to_owned(),
                bytes_received: traffic.bytes,
            },
        })
    }

    pub(crate) fn outbound(mid: &str, ssrc: u32, traffic: TrafficSnapshot) -> Self {
        Self::OutboundRtp(OutboundRtpStats {
            stream: dictionaries::RtpStreamStats {
                kind: "audio".to_owned(),
                ssrc,
            },
            sent: dictionaries::SentRtpStreamStats {
                packets_sent: traffic.packets,
                bytes_sent: traffic.bytes,
            },
            outbound: dictionaries::OutboundRtpStreamStats {
                mid: mid.to_owned(),
                active: true,
            },
        })
    }
}

/// A stream we receive.
#[derive(Debug, Default, Clone)]
pub struct InboundRtpStats {
    /// Of any stream.
    pub stream: dictionaries::RtpStreamStats,
    /// Of what came.
    pub received: dictionaries::ReceivedRtpStreamStats,
    /// Of the receiver.
    pub inbound: dictionaries::InboundRtpStreamStats,
}

/// A stream we send.
#[derive(Debug, Default, Clone)]
pub struct OutboundRtpStats {
    /// Of any stream.
    pub stream: dictionaries::RtpStreamStats,
    /// Of what went.
    pub sent: dictionaries::SentRtpStreamStats,
    /// Of the sender.
    pub outbound: dictionaries::OutboundRtpStreamStats,
}

/// The parts the objects are made of.
pub mod dictionaries {
    /// Of any stream.
    #[derive(Debug, Default, Clone)]
    pub struct RtpStreamStats {
        /// The source; 0 when it is not known.
        pub ssrc: u32,
        /// `audio`.
        pub kind: String,
    }

    /// Of what came.
    #[derive(Debug, Default, Clone)]
    pub struct ReceivedRtpStreamStats {
        /// Packets received.
        pub packets_received: u64,
        /// Packets that never came.
        pub packets_lost: i64,
    }

    /// Of a receiver.
    #[derive(Debug, Default, Clone)]
    pub struct InboundRtpStreamStats {
        /// The track's id.
        pub track_identifier: String,
        /// The section.
        pub mid: String,
        /// Payload received, in bytes.
        pub bytes_received: u64,
    }

    /// Of what went.
    #[derive(Debug, Default, Clone)]
    pub struct SentRtpStreamStats {
        /// Packets sent.
        pub packets_sent: u64,
        /// Payload sent, in bytes.
        pub bytes_sent: u64,
    }

    /// Of a sender.
    #[derive(Debug, Default, Clone)]
    pub struct OutboundRtpStreamStats {
        /// The section.
        pub mid: String,
        /// Whether it is to send.
        pub active: bool,
    }
}
