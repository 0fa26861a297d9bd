#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::Cursor;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ringbuf::HeapRb;
use ringbuf::traits::Split;

use super::tape::Tape;
use super::*;
use crate::opus_file::PcmReader;
use crate::protocol::RecordingFault;

const MS: u64 = RECORDED_RATE_HZ as u64 / 1000;

/// A tape on virtual time, and everything that came of it.
struct Deck {
    tape: Tape,
    taped: Vec<Taped>,
}

impl Deck {
    fn new(origin_ms: u64) -> Self {
        Self {
            tape: Tape::new(origin_ms).unwrap(),
            taped: Vec::new(),
        }
    }

    fn track(&mut self, identity: &str, arrival: Arrival) -> TrackInput {
        let (ring, consumer) = HeapRb::new(RING_BLOCKS).split();
        let shared = Arc::new(Shared::default());
        let info = TrackInfo {
            kind: TrackKind::Participant,
            identity: identity.to_owned(),
            name: None,
            character_id: None,
        };
        self.tape.open(info, consumer, shared.clone());
        TrackInput {
            ring,
            shared,
            placement: Placement::new(arrival),
            began: Instant::now(),
        }
    }

    fn run(&mut self, now_ms: u64) {
        self.tape.run(now_ms * MS);
        self.taped.extend(self.tape.drain());
    }

    fn finish(&mut self, now_ms: u64) {
        self.tape.finish(now_ms * MS);
        self.taped.extend(self.tape.drain());
    }

    fn segments(&self, track: u32) -> Vec<&Segment> {
        let of_track = |taped: &'_ Taped| matches!(taped, Taped::Segment(segment) if segment.track == track);
        self.taped
            .iter()
            .filter(|taped| of_track(taped))
            .filter_map(|taped| match taped {
                Taped::Segment(segment) => Some(segment),
                _ => None,
            })
            .collect()
    }

    fn end(&self, track: u32) -> TrackEnd {
        let ends = self.taped.iter().filter_map(|taped| match taped {
            Taped::Ended(end) if end.track == track => Some(end.clone()),
            _ => None,
        });
        ends.last().unwrap()
    }

    /// The stretches of sound of a track, ms since the room's start, rounded to 10 ms.
    fn sound(&self, track: u32) -> Vec<(u64, u64)> {
        let mut stretches: Vec<(u64, u64)> = Vec::new();
        for segment in self.segments(track) {
            let mut reader = PcmReader::open(Cursor::new(segment.file.to_vec())).unwrap();
            let mut pcm: Vec<i16> = Vec::new();
            while let Some(block) = reader.next_block().unwrap() {
                pcm.extend(block);
            }
            for (index, piece) in pcm.chunks(480).enumerate() {
                if piece.iter().all(|sample| sample.unsigned_abs() < 1500) {
                    continue;
                }
                let at = segment.start_ms + index as u64 * 10;
                match stretches.last_mut() {
                    Some((_, end)) if at <= *end + 30 => *end = at + 10,
                    _ => stretches.push((at, at + 10)),
                }
            }
        }
        stretches
    }
}

fn tone(from: u64, samples: usize) -> Vec<i16> {
    (from..from + samples as u64)
        .map(|n| ((n as f32 * std::f32::consts::TAU / 96.0).sin() * 8000.0) as i16)
        .collect()
}

/// Speaks in blocks of 10 ms from `from_ms` to `to_ms`, in real time, while the tape runs.
fn speak(deck: &mut Deck, input: &mut TrackInput, from_ms: u64, to_ms: u64) {
    for at in (from_ms..to_ms).step_by(10) {
        input.push_at(at * MS, &tone(at * MS, 480));
        deck.run(at);
    }
}

#[track_caller]
fn assert_near(found: &[(u64, u64)], expected: &[(u64, u64)]) {
    let near = |(a, b): (&(u64, u64), &(u64, u64))| a.0.abs_diff(b.0) <= 20 && a.1.abs_diff(b.1) <= 20;
    assert!(
        found.len() == expected.len() && found.iter().zip(expected).all(near),
        "{found:?} instead of {expected:?}"
    );
}

#[test]
fn all_tracks_stand_on_one_time_line_with_their_gaps() {
    let mut deck = Deck::new(250);
    let mut guest = deck.track("guest", Arrival::Received);
    let mut ada = deck.track("agent-ada", Arrival::Paced);
    speak(&mut deck, &mut guest, 100, 1000);
    // A sender in DTX sends nothing for a while.
    speak(&mut deck, &mut guest, 3000, 3500);
    speak(&mut deck, &mut ada, 4000, 5000);
    deck.finish(6000);
    assert_near(&deck.sound(1), &[(350, 1250), (3250, 3750)]);
    assert_near(&deck.sound(2), &[(4250, 5250)]);
    assert_near(&deck.sound(0), &[(350, 1250), (3250, 3750), (4250, 5250)]);
    for track in 0..3 {
        let end = deck.end(track);
        assert_eq!((end.segments, end.fault), (1, None));
        assert_eq!(deck.segments(track)[0].start_ms, 250);
    }
}

#[test]
fn segments_are_cut_at_the_same_moments_and_join_without_a_seam() {
    let mut deck = Deck::new(0);
    let mut guest = deck.track("guest", Arrival::Received);
    speak(&mut deck, &mut guest, 0, 12_000);
    let mut late = deck.track("late", Arrival::Received);
    speak(&mut deck, &mut late, 12_000, 25_000);
    deck.finish(25_000);
    let starts = |track| {
        deck.segments(track)
            .iter()
            .map(|segment| segment.start_ms)
            .collect::<Vec<_>>()
    };
    assert_eq!(starts(0), [0, 10_000, 20_000]);
    assert_eq!(starts(1), [0, 10_000, 20_000]);
    // The tape is 400 ms behind when the track begins.
    assert_eq!(starts(2), [11_580, 20_000]);
    assert_near(&deck.sound(1), &[(0, 12_000)]);
    assert_near(&deck.sound(2), &[(12_000, 25_000)]);
}

#[test]
fn a_cut_leaves_what_was_sent_and_no_more() {
    let mut deck = Deck::new(0);
    let mut ada = deck.track("agent-ada", Arrival::Paced);
    // A player hands over 60 ms at once and then keeps that lead.
    for packet in 0..50_u64 {
        let at = (packet * 20).saturating_sub(60);
        ada.push_at(at * MS, &tone(packet * 960, 960));
        deck.run(at);
    }
    // 920 ms have passed and 1000 ms were handed over; the cut takes the rest back.
    ada.cut_at(921 * MS);
    deck.finish(3000);
    assert_near(&deck.sound(1), &[(0, 940)]);
}

#[test]
fn late_wake_ups_do_not_tear_received_sound() {
    let mut deck = Deck::new(0);
    let mut guest = deck.track("guest", Arrival::Received);
    let mut came = 0;
    for at in (0..2000).step_by(10) {
        // Every tenth wake-up is held up, and what waited comes at once.
        if at % 100 == 0 {
            for block in (came..at).step_by(10) {
                guest.push_at(at * MS, &tone(block * MS, 480));
            }
            came = at;
        }
        deck.run(at);
    }
    deck.finish(2500);
    assert_eq!(deck.sound(1).len(), 1, "{:?}", deck.sound(1));
    assert_eq!(deck.end(1).fault, None);
}

#[test]
fn a_full_ring_loses_sound_says_so_and_keeps_the_time() {
    let mut deck = Deck::new(0);
    let mut guest = deck.track("guest", Arrival::Received);
    // The thread does not look for three seconds: the ring holds half of that.
    for at in (0..3000).step_by(10) {
        guest.push_at(at * MS, &tone(at * MS, 480));
    }
    deck.run(3000);
    speak(&mut deck, &mut guest, 3000, 4000);
    deck.finish(5000);
    assert_near(&deck.sound(1), &[(0, 1500), (3000, 4000)]);
    assert_eq!(deck.end(1).fault, Some(RecordingFault::FramesDropped));
    assert_eq!(deck.end(0).fault, Some(RecordingFault::FramesDropped));
}

#[test]
fn a_track_ends_with_its_participant() {
    let mut deck = Deck::new(0);
    let mut guest = deck.track("guest", Arrival::Received);
    speak(&mut deck, &mut guest, 0, 500);
    drop(guest);
    deck.run(5000);
    assert_eq!(deck.end(1).segments, 1);
    assert!(deck.segments(0).is_empty(), "the mix goes on");
    deck.finish(12_000);
    assert_eq!(deck.end(0).segments, 2);
}

#[tokio::test]
async fn the_thread_records_and_ends() {
    let recorder = Recorder::start().unwrap();
    let (out, mut taped) = tokio::sync::mpsc::channel(64);
    // The room began a while ago, so that its end is not waited for.
    let began = Instant::now() - Duration::from_secs(2);
    let room = recorder.record(began, 0, out).unwrap();
    let info = TrackInfo {
        kind: TrackKind::Participant,
        identity: "guest".into(),
        name: Some("Guest".into()),
        character_id: None,
    };
    let mut input = room.track(info.clone(), Arrival::Received).unwrap();
    input.push(&tone(0, 480));
    drop(input);
    drop(room);
    let mut all = Vec::new();
    while let Some(one) = taped.recv().await {
        all.push(one);
    }
    assert!(all.contains(&Taped::Track { track: 1, info }));
    let ends = |track| {
        all.iter()
            .any(|one| matches!(one, Taped::Ended(end) if end.track == track && end.fault.is_none()))
    };
    assert!(ends(0) && ends(1), "{all:?}");
}
