//! What is known of a connection as a whole: its path, its round trips, and what the other side reports.

use std::{net::SocketAddr, time::Duration};

use parking_lot::Mutex;
use str0m::{CandidateKind, net::Protocol, stats::PeerStats};

/// How often it is brought up to date.
pub(super) const INTERVAL: Duration = Duration::from_secs(1);

/// Streams the other side may report on.
const REPORTS_MAX: usize = 64;

/// What kind of address one of ours is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathKind {
    /// A socket's own.
    Host,
    /// As a STUN server sees it.
    Reflexive,
    /// At a relay.
    Relayed,
}

/// The way that packets take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Our end.
    pub local: SocketAddr,
    /// What kind of address that is.
    pub kind: PathKind,
    /// Their end.
    pub remote: SocketAddr,
    /// Over TCP instead of UDP.
    pub is_tcp: bool,
    /// The last round trip.
    pub round_trip: Option<Duration>,
    /// The sum of all round trips, and how many.
    pub total_round_trip: Duration,
    /// See `total_round_trip`.
    pub responses: u64,
}

/// What the other side says of a stream that we send (RTCP receiver reports).
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The section.
    pub mid: String,
    /// The share lost lately, 0 to 1.
    pub loss: f32,
    /// Packets lost in all.
    pub lost: u64,
    /// How unevenly packets come there, in samples at 48 kHz.
    pub jitter_samples: u32,
    /// The round trip, by RTCP.
    pub round_trip: Option<Duration>,
    /// Requests to send packets again.
    pub nacks: u64,
}

/// What is known of a connection at one moment, at most a second old.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VitalsSnapshot {
    /// Bytes sent and received in all, as they were on the wire.
    pub bytes_sent: u64,
    /// See `bytes_sent`.
    pub bytes_received: u64,
    /// The way in use, once there is one.
    pub path: Option<Path>,
    /// Times the way changed.
    pub path_changes: u32,
    /// Reports on our streams.
    pub reports: Vec<Report>,
}

/// Written once a second by the owner task.
#[derive(Debug, Default)]
pub(super) struct Vitals(Mutex<VitalsSnapshot>);

impl Vitals {
    pub(super) fn snapshot(&self) -> VitalsSnapshot {
        self.0.lock().clone()
    }

    /// Takes what `str0m` knows, and the bytes (sent, received) that it does not know of.
    pub(super) fn on_peer(
        &self,
        stats: &PeerStats,
        (sent, received): (u64, u64),
        kind_of: impl Fn(SocketAddr) -> Option<CandidateKind>,
    ) {
        let path = stats.selected_candidate_pair.as_ref().map(|pair| Path {
            local: pair.local.addr,
            kind: match kind_of(pair.local.addr) {
                Some(CandidateKind::Relayed) => PathKind::Relayed,
                Some(CandidateKind::ServerReflexive) => PathKind::Reflexive,
                _ => PathKind::Host,
            },
            remote: pair.remote.addr,
            is_tcp: pair.protocol != Protocol::Udp,
            round_trip: pair.current_round_trip_time,
            total_round_trip: pair.total_round_trip_time,
            responses: pair.responses_received,
        });
        let mut vitals = self.0.lock();
        let ends = |path: &Option<Path>| path.as_ref().map(|path| (path.local, path.remote, path.is_tcp));
        if ends(&vitals.path) != ends(&path) {
            vitals.path_changes += 1;
        }
        vitals.bytes_sent = stats.peer_bytes_tx + sent;
        vitals.bytes_received = stats.peer_bytes_rx + received;
        vitals.path = path;
    }

    pub(super) fn on_report(&self, report: Report) {
        let mut vitals = self.0.lock();
        let reports = &mut vitals.reports;
        match reports.iter().position(|known| known.mid == report.mid) {
            Some(known) => reports.splice(known..=known, [report]).for_each(drop),
            None if reports.len() < REPORTS_MAX => reports.push(report),
            None => {}
        }
    }
}
