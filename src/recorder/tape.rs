//! One room's recording, without a clock or a thread: sound in, segments out.

use std::sync::Arc;

use ringbuf::HeapCons;
use troupe_rtc::opus::OpusError;

use super::block::Block;
use super::segment::Segment;
use super::track::{Packet, Track, Writing};
use super::{Shared, TrackInfo};
use crate::opus_file::PACKET_SAMPLES;
use crate::protocol::{RecordingFault, TrackKind};

/// Time after which sound is encoded, samples: 400 ms. Received sound may be placed 200 ms back, and a cut takes
/// back what lies at most 260 ms ahead of it.
const HORIZON: u64 = super::RECORDED_RATE_HZ as u64 * 400 / 1000;
/// Tracks of one tape, those that ended included. More are not recorded, and the mix says so.
const TRACKS_MAX: u32 = 500;
/// The mix's number.
const MIX: u32 = 0;

/// What a tape gives out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taped {
    /// A track begins.
    Track {
        /// Its number within the tape.
        track: u32,
        /// Whose it is.
        info: TrackInfo,
    },
    /// A piece is complete.
    Segment(Segment),
    /// A track is over.
    Ended(TrackEnd),
}

/// What a track came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackEnd {
    /// Its number within the tape.
    pub track: u32,
    /// Segments given out.
    pub segments: u32,
    /// Why it is not whole.
    pub fault: Option<RecordingFault>,
}

/// The tape of one room under one claim.
pub(super) struct Tape {
    origin_ms: u64,
    /// Packets encoded so far.
    position: u64,
    tracks: Vec<Track>,
    opened: u32,
    mix: Writing,
    out: Vec<Taped>,
}

impl Tape {
    /// A tape that begins `origin_ms` after the room's start.
    pub(super) fn new(origin_ms: u64) -> Result<Self, OpusError> {
        let info = TrackInfo {
            kind: TrackKind::Mix,
            identity: String::new(),
            name: None,
            character_id: None,
        };
        Ok(Self {
            origin_ms,
            position: 0,
            tracks: Vec::new(),
            opened: 0,
            mix: Writing::new(MIX, origin_ms)?,
            out: vec![Taped::Track { track: MIX, info }],
        })
    }

    /// Begins a track.
    pub(super) fn open(&mut self, info: TrackInfo, ring: HeapCons<Block>, shared: Arc<Shared>) {
        if self.opened == TRACKS_MAX {
            self.mix.fault.get_or_insert(RecordingFault::TooManyTracks);
            return;
        }
        let track = self.opened + 1;
        match Writing::new(track, self.origin_ms) {
            Ok(writing) => {
                self.opened = track;
                self.tracks
                    .push(Track::new(track, writing, ring, shared, self.position));
                self.out.push(Taped::Track { track, info });
            }
            Err(error) => {
                tracing::error!(%error, "record a track");
                self.mix.fault.get_or_insert(RecordingFault::EncodingFailed);
            }
        }
    }

    /// Somebody's track never reached the tape.
    pub(super) fn miss_a_track(&mut self) {
        self.mix.fault.get_or_insert(RecordingFault::FramesDropped);
    }

    /// Encodes what can't change any more at `now`, samples since the tape's beginning.
    pub(super) fn run(&mut self, now: u64) {
        self.receive();
        self.encode_until(now.saturating_sub(HORIZON));
        self.end_tracks(Track::is_over);
    }

    /// Encodes everything up to `now` and ends all tracks.
    pub(super) fn finish(&mut self, now: u64) {
        self.run(now);
        self.receive();
        self.encode_until(now);
        self.end_tracks(|_| true);
        self.out.extend(self.mix.end().map(Taped::Segment));
        self.out.push(Taped::Ended(TrackEnd {
            track: MIX,
            segments: self.mix.segments.count,
            fault: self.mix.fault,
        }));
    }

    /// What came of it since, oldest first.
    pub(super) fn drain(&mut self) -> std::vec::Drain<'_, Taped> {
        self.out.drain(..)
    }

    fn receive(&mut self) {
        for track in &mut self.tracks {
            track.receive();
            if let Some(fault) = track.writing.fault {
                self.mix.fault.get_or_insert(fault);
            }
        }
    }

    fn encode_until(&mut self, end: u64) {
        let mut pcm: Packet = [0; PACKET_SAMPLES];
        while (self.position + 1) * PACKET_SAMPLES as u64 <= end {
            let mut sum: Packet = [0; PACKET_SAMPLES];
            for track in &mut self.tracks {
                track.take(&mut pcm);
                for (sum, sample) in sum.iter_mut().zip(pcm) {
                    *sum = sum.saturating_add(sample);
                }
                self.out
                    .extend(track.writing.push(self.position, &pcm).map(Taped::Segment));
            }
            self.out
                .extend(self.mix.push(self.position, &sum).map(Taped::Segment));
            self.position += 1;
        }
    }

    fn end_tracks(&mut self, is_over: impl Fn(&Track) -> bool) {
        let out = &mut self.out;
        self.tracks.retain_mut(|track| {
            if !is_over(track) {
                return true;
            }
            out.extend(track.writing.end().map(Taped::Segment));
            out.push(Taped::Ended(TrackEnd {
                track: track.number,
                segments: track.writing.segments.count,
                fault: track.writing.fault,
            }));
            false
        });
    }
}
