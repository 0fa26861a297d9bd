//! The parts the objects are made of: of the official ones those fields that are known here.

use super::{IceCandidateType, IceTransportState};

/// Of any object.
#[derive(Debug, Default, Clone)]
pub struct RtcStats {
    /// Names it among the others.
    pub id: String,
    /// When it was read, in microseconds since 1970.
    pub timestamp: i64,
}

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
    /// Packets that never came, or too late.
    pub packets_lost: i64,
    /// How unevenly they come, in seconds (RFC 3550).
    pub jitter: f64,
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
    /// Packets dropped unplayed.
    pub packets_discarded: u64,
    /// The delay of the jitter buffer summed over all samples, in seconds: now times samples.
    pub jitter_buffer_delay: f64,
    /// The same of the delay that is steered to.
    pub jitter_buffer_target_delay: f64,
    /// Samples that left the jitter buffer.
    pub jitter_buffer_emitted_count: u64,
    /// Samples handed to readers, made-up ones included.
    pub total_samples_received: u64,
    /// Samples made up for what was lost or late.
    pub concealed_samples: u64,
    /// Samples restored from the redundant copy in a later packet. Not in the official crate.
    pub fec_samples: u64,
    /// Samples handed to readers, in seconds.
    pub total_samples_duration: f64,
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
    /// Whether it is on.
    pub active: bool,
    /// The bit rate the encoder aims at.
    pub target_bitrate: f64,
    /// Requests to send a packet again.
    pub nack_count: u32,
}

/// What the other side says of what it received.
#[derive(Debug, Default, Clone)]
pub struct RemoteInboundRtpStreamStats {
    /// The id of the stream it speaks of.
    pub local_id: String,
    /// The round trip, in seconds.
    pub round_trip_time: f64,
    /// The share lost lately, 0 to 1.
    pub fraction_lost: f64,
}

/// Of the transport.
#[derive(Debug, Default, Clone)]
pub struct TransportStats {
    /// Bytes sent.
    pub bytes_sent: u64,
    /// Bytes received.
    pub bytes_received: u64,
    /// The state of ICE.
    pub ice_state: Option<IceTransportState>,
    /// The id of the pair in use.
    pub selected_candidate_pair_id: String,
    /// Times the pair changed.
    pub selected_candidate_pair_changes: u32,
}

/// Of the pair in use.
#[derive(Debug, Default, Clone)]
pub struct CandidatePairStats {
    /// The id of our end.
    pub local_candidate_id: String,
    /// The id of theirs.
    pub remote_candidate_id: String,
    /// It is the one in use.
    pub nominated: bool,
    /// Bytes sent.
    pub bytes_sent: u64,
    /// Bytes received.
    pub bytes_received: u64,
    /// The last round trip, in seconds.
    pub current_round_trip_time: f64,
    /// The sum of all round trips, in seconds.
    pub total_round_trip_time: f64,
    /// Answers to our checks.
    pub responses_received: u64,
}

/// Of one end of the pair in use.
#[derive(Debug, Default, Clone)]
pub struct IceCandidateStats {
    /// Its address.
    pub address: String,
    /// Its port.
    pub port: i32,
    /// `udp` or `tcp`.
    pub protocol: String,
    /// Its kind; of the other side's it is not known.
    pub candidate_type: Option<IceCandidateType>,
}
