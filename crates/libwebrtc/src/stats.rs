//! Statistics: true numbers, in the official shapes and a part of them.

pub mod dictionaries;

use std::time::{SystemTime, UNIX_EPOCH};

use dictionaries as d;
use troupe_rtc::{
    audio::{LocalAudio, OPUS_CLOCK_HZ, TrafficSnapshot},
    peer::{Path, PathKind, Report, VitalsSnapshot},
};

/// The state of ICE.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the WebRTC standard")]
pub enum IceTransportState {
    New,
    Checking,
    Connected,
    Completed,
    Disconnected,
    Failed,
    Closed,
}

/// The kind of a candidate.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the WebRTC standard")]
pub enum IceCandidateType {
    Host,
    Srflx,
    Prflx,
    Relay,
}

/// One object of statistics.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum RtcStats {
    /// A stream we receive.
    InboundRtp(InboundRtpStats),
    /// A stream we send.
    OutboundRtp(OutboundRtpStats),
    /// What the other side says of a stream we send.
    RemoteInboundRtp(RemoteInboundRtpStats),
    /// The transport.
    Transport(TransportStats),
    /// The candidate pair in use.
    CandidatePair(CandidatePairStats),
    /// Our end of it.
    LocalCandidate(LocalCandidateStats),
    /// Their end of it.
    RemoteCandidate(RemoteCandidateStats),
}

/// Declares an object as the official crate does: its common part and those of its kind.
macro_rules! object {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $part:ident),+ }) => {
        $(#[$doc])*
        #[derive(Debug, Default, Clone)]
        #[expect(missing_docs, reason = "each part is documented")]
        pub struct $name {
            pub rtc: d::RtcStats,
            $(pub $field: d::$part,)+
        }
    };
}

object! {
    /// A stream we receive.
    InboundRtpStats { stream: RtpStreamStats, received: ReceivedRtpStreamStats, inbound: InboundRtpStreamStats }
}
object! {
    /// A stream we send.
    OutboundRtpStats { stream: RtpStreamStats, sent: SentRtpStreamStats, outbound: OutboundRtpStreamStats }
}
object! {
    /// What the other side says of a stream we send.
    RemoteInboundRtpStats {
        stream: RtpStreamStats,
        received: ReceivedRtpStreamStats,
        remote_inbound: RemoteInboundRtpStreamStats
    }
}
object! {
    /// The transport.
    TransportStats { transport: TransportStats }
}
object! {
    /// The candidate pair in use.
    CandidatePairStats { candidate_pair: CandidatePairStats }
}
object! {
    /// Our end of the pair.
    LocalCandidateStats { candidate: IceCandidateStats }
}
object! {
    /// Their end of the pair.
    RemoteCandidateStats { candidate: IceCandidateStats }
}

fn seconds(samples: u64) -> f64 {
    samples as f64 / f64::from(OPUS_CLOCK_HZ)
}

fn audio(ssrc: u32) -> d::RtpStreamStats {
    d::RtpStreamStats {
        kind: "audio".to_owned(),
        ssrc,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "statistics carry the wall clock, as the specification of WebRTC asks"
)]
fn named(id: String) -> d::RtcStats {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    d::RtcStats {
        id,
        timestamp: i64::try_from(now.as_micros()).unwrap_or(i64::MAX),
    }
}

impl RtcStats {
    pub(crate) fn is_outbound(&self) -> bool {
        matches!(self, Self::OutboundRtp(_) | Self::RemoteInboundRtp(_))
    }

    pub(crate) fn inbound(mid: &str, track: &str, traffic: TrafficSnapshot) -> Self {
        let receiver = traffic.receiver;
        let delay = |ms: u32| f64::from(ms) / 1000.0 * traffic.samples as f64;
        Self::InboundRtp(InboundRtpStats {
            rtc: named(format!("IT-{mid}")),
            stream: audio(0),
            received: d::ReceivedRtpStreamStats {
                packets_received: traffic.packets,
                packets_lost: receiver.lost.cast_signed(),
                jitter: seconds(traffic.jitter_samples),
            },
            inbound: d::InboundRtpStreamStats {
                track_identifier: track.to_owned(),
                mid: mid.to_owned(),
                bytes_received: traffic.bytes,
                packets_discarded: receiver.discarded + receiver.late,
                jitter_buffer_delay: delay(receiver.delay_ms),
                jitter_buffer_target_delay: delay(receiver.delay_target_ms),
                jitter_buffer_emitted_count: traffic.samples,
                total_samples_received: traffic.samples,
                concealed_samples: receiver.concealed_samples + receiver.expanded_samples,
                fec_samples: receiver.recovered_samples,
                total_samples_duration: seconds(traffic.samples),
            },
        })
    }

    pub(crate) fn outbound(mid: &str, ssrc: u32, local: &LocalAudio, report: Option<&Report>) -> Vec<Self> {
        let traffic = local.traffic.snapshot();
        let id = format!("OT-{mid}");
        let mut all = vec![Self::OutboundRtp(OutboundRtpStats {
            rtc: named(id.clone()),
            stream: audio(ssrc),
            sent: d::SentRtpStreamStats {
                packets_sent: traffic.packets,
                bytes_sent: traffic.bytes,
            },
            outbound: d::OutboundRtpStreamStats {
                mid: mid.to_owned(),
                active: local.enabled.load(std::sync::atomic::Ordering::Relaxed),
                target_bitrate: traffic.bitrate_bps as f64,
                nack_count: report.map_or(0, |report| u32::try_from(report.nacks).unwrap_or(u32::MAX)),
            },
        })];
        if let Some(report) = report {
            all.push(Self::RemoteInboundRtp(RemoteInboundRtpStats {
                rtc: named(format!("RI-{mid}")),
                stream: audio(ssrc),
                received: d::ReceivedRtpStreamStats {
                    packets_received: traffic.packets.saturating_sub(report.lost),
                    packets_lost: report.lost.cast_signed(),
                    jitter: seconds(u64::from(report.jitter_samples)),
                },
                remote_inbound: d::RemoteInboundRtpStreamStats {
                    local_id: id,
                    round_trip_time: report.round_trip.unwrap_or_default().as_secs_f64(),
                    fraction_lost: f64::from(report.loss),
                },
            }));
        }
        all
    }

    /// The transport, the pair in use and its ends.
    pub(crate) fn transport(vitals: &VitalsSnapshot, ice_state: IceTransportState) -> Vec<Self> {
        let pair_id = vitals
            .path
            .as_ref()
            .map(|path| format!("CP-{}-{}", path.local, path.remote));
        let mut all = vec![Self::Transport(TransportStats {
            rtc: named("T0".to_owned()),
            transport: d::TransportStats {
                bytes_sent: vitals.bytes_sent,
                bytes_received: vitals.bytes_received,
                ice_state: Some(ice_state),
                selected_candidate_pair_id: pair_id.clone().unwrap_or_default(),
                selected_candidate_pair_changes: vitals.path_changes,
            },
        })];
        if let (Some(path), Some(id)) = (&vitals.path, pair_id) {
            all.extend(Self::path(path, id, vitals));
        }
        all
    }

    fn path(path: &Path, id: String, vitals: &VitalsSnapshot) -> [Self; 3] {
        let candidate = |address: std::net::SocketAddr, candidate_type| d::IceCandidateStats {
            address: address.ip().to_string(),
            port: i32::from(address.port()),
            protocol: if path.is_tcp { "tcp" } else { "udp" }.to_owned(),
            candidate_type,
        };
        let kind = match path.kind {
            PathKind::Host => IceCandidateType::Host,
            PathKind::Reflexive => IceCandidateType::Srflx,
            PathKind::Relayed => IceCandidateType::Relay,
        };
        let (local_id, remote_id) = (format!("I-{}", path.local), format!("I-{}", path.remote));
        [
            Self::CandidatePair(CandidatePairStats {
                rtc: named(id),
                candidate_pair: d::CandidatePairStats {
                    local_candidate_id: local_id.clone(),
                    remote_candidate_id: remote_id.clone(),
                    nominated: true,
                    bytes_sent: vitals.bytes_sent,
                    bytes_received: vitals.bytes_received,
                    current_round_trip_time: path.round_trip.unwrap_or_default().as_secs_f64(),
                    total_round_trip_time: path.total_round_trip.as_secs_f64(),
                    responses_received: path.responses,
                },
            }),
            Self::LocalCandidate(LocalCandidateStats {
                rtc: named(local_id),
                candidate: candidate(path.local, Some(kind)),
            }),
            Self::RemoteCandidate(RemoteCandidateStats {
                rtc: named(remote_id),
                candidate: candidate(path.remote, None),
            }),
        ]
    }
}
