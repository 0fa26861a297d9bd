//! One section that is received.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::audio::{Incoming, RemoteAudio};
use crate::receive::RtpIn;
use crate::rtp::{Block, Missing, Reception, RtpHeader, SenderTime, without_padding};
use crate::srtp::{Opener, Replay};

/// Sources of one section that are told apart; the one that came first goes for a new one.
const SOURCES_MAX: usize = 8;

#[derive(Debug)]
pub(super) struct Receiver {
    pub(super) mid: String,
    pub(super) payload_type: u8,
    /// Lost packets may be asked for again.
    pub(super) asks: bool,
    sources: Vec<Source>,
    /// The one that is heard.
    heard: Option<u32>,
    pub(super) incoming: Incoming,
}

/// One source of a section, and what came of it.
#[derive(Debug, Default)]
struct Source {
    ssrc: u32,
    replay: Replay,
    reception: Reception,
    missing: Missing,
}

impl Receiver {
    pub(super) fn new(mid: String, remote: Arc<RemoteAudio>) -> Self {
        Self {
            mid,
            payload_type: 0,
            asks: false,
            sources: Vec::new(),
            heard: None,
            incoming: Incoming::new(remote, Instant::now()),
        }
    }

    /// The sources that the description names are known from the first packet on.
    pub(super) fn announce(&mut self, ssrcs: &[u32]) {
        for &ssrc in ssrcs.iter().take(SOURCES_MAX) {
            if self.find(ssrc).is_none() {
                self.add(Source {
                    ssrc,
                    ..Source::default()
                });
            }
        }
    }

    pub(super) fn ssrcs(&self) -> impl Iterator<Item = u32> {
        self.sources.iter().map(|source| source.ssrc)
    }

    fn find(&mut self, ssrc: u32) -> Option<&mut Source> {
        self.sources.iter_mut().find(|source| source.ssrc == ssrc)
    }

    fn add(&mut self, source: Source) {
        if self.sources.len() >= SOURCES_MAX {
            self.sources.remove(0);
        }
        self.sources.push(source);
    }

    /// Takes a packet of a source that is known.
    pub(super) fn take(&mut self, now: Instant, header: &RtpHeader, packet: &mut [u8], opener: &Opener) {
        let Some(source) = self.find(header.ssrc) else {
            return;
        };
        if let Some(payload) = source.take(now, header, packet, opener) {
            self.hear(now, header, payload);
        }
    }

    /// Takes a packet of a source that is not known, whose header names this section: if it is genuine, the source is.
    /// True then.
    pub(super) fn meet(
        &mut self,
        now: Instant,
        header: &RtpHeader,
        packet: &mut [u8],
        opener: &Opener,
    ) -> bool {
        let mut source = Source {
            ssrc: header.ssrc,
            ..Source::default()
        };
        let Some(payload) = source.take(now, header, packet, opener) else {
            return false;
        };
        self.add(source);
        self.hear(now, header, payload);
        true
    }

    fn hear(&mut self, now: Instant, header: &RtpHeader, payload: &[u8]) {
        if header.payload_type != self.payload_type {
            return;
        }
        self.heard = Some(header.ssrc);
        let (sequence, timestamp) = (header.sequence, header.timestamp);
        self.incoming.push(
            now,
            RtpIn {
                sequence,
                timestamp,
                payload,
            },
        );
    }

    /// When audio is to be delivered or packets to be asked for.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let missing = self.heard_source().and_then(|source| source.missing.deadline());
        let missing = missing.filter(|_| self.asks);
        self.incoming.deadline().into_iter().chain(missing).min()
    }

    fn heard_source(&self) -> Option<&Source> {
        let ssrc = self.heard?;
        self.sources.iter().find(|source| source.ssrc == ssrc)
    }

    /// The source that is heard, with the packets of it that are to be asked for now.
    pub(super) fn ask(
        &mut self,
        now: Instant,
        round_trip: Option<Duration>,
        sequences: &mut Vec<u16>,
    ) -> Option<u32> {
        let ssrc = self.heard.filter(|_| self.asks)?;
        let source = self.find(ssrc)?;
        source.missing.ask(now, round_trip, sequences);
        (!sequences.is_empty()).then_some(ssrc)
    }

    pub(super) fn on_sender(&mut self, ssrc: u32, time: SenderTime, now: Instant) {
        if let Some(source) = self.find(ssrc) {
            source.reception.on_sender(time, now);
        }
    }

    /// What there is to report of it.
    pub(super) fn report(&mut self, now: Instant) -> Option<Block> {
        let jitter = self.incoming.jitter_samples();
        let ssrc = self.heard?;
        self.find(ssrc)?.reception.report(ssrc, jitter, now)
    }
}

impl Source {
    /// The payload of a packet, if it is genuine and new.
    fn take<'a>(
        &mut self,
        now: Instant,
        header: &RtpHeader,
        packet: &'a mut [u8],
        opener: &Opener,
    ) -> Option<&'a [u8]> {
        let index = self.replay.index(header.sequence);
        let id = (header.ssrc, header.sequence);
        let payload = opener.open_rtp(&mut self.replay, id, header.length, packet)?;
        self.reception.on_packet(index);
        self.missing.on_packet(index, now);
        if header.is_padded {
            without_padding(payload)
        } else {
            Some(payload)
        }
    }
}
