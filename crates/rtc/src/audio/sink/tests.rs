use std::task::{Context, Poll, Waker};

use super::*;
use crate::{
    audio::{AudioReader, Delivery, reader},
    opus::Channels,
};

const MONO: Format = Format {
    channels: Channels::Mono,
    rate: Rate::Full,
};

fn next(reader: &AudioReader) -> Poll<Option<PcmFrame>> {
    reader.poll_frame(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn drops_the_oldest_and_counts() {
    let (mut sink, reader) = reader(Delivery::Paced, 48_000, 1, 2);
    for value in 1..=3 {
        sink.push(&[value; 480], MONO, Played::Speech);
    }
    assert_eq!(reader.dropped_frames(), 1);
    assert!(matches!(next(&reader), Poll::Ready(Some(frame)) if frame.samples == [2; 480]));
}

#[test]
fn any_capacity_is_a_bound() {
    let (mut sink, reader) = reader(Delivery::Paced, 48_000, 1, usize::MAX);
    for _ in 0..3_001 {
        sink.push(&[1; 480], MONO, Played::Speech);
    }
    assert_eq!(reader.dropped_frames(), 1);
}

#[test]
fn cuts_frames_of_ten_milliseconds_at_the_readers_rate() {
    let (mut sink, reader) = reader(Delivery::Paced, 16_000, 2, 0);
    for _ in 0..10 {
        sink.push(&[0; 480], MONO, Played::Speech);
    }
    assert!(matches!(next(&reader), Poll::Ready(Some(frame)) if frame.samples.len() == 320));
}

#[test]
fn two_channels_stay_apart_and_mix_into_one() {
    let pair: Vec<i16> = [1_000, 3_000].repeat(480);
    for (channels, expected) in [(2, pair.clone()), (1, vec![2_000; 480])] {
        let (mut sink, reader) = reader(Delivery::Paced, 48_000, channels, 0);
        sink.push(&pair, Channels::Stereo.into(), Played::Speech);
        assert!(matches!(next(&reader), Poll::Ready(Some(frame)) if frame.samples == expected));
    }
}

#[test]
fn every_frame_has_the_time_of_its_first_sample() {
    let (mut sink, reader) = reader(Delivery::Immediate, 16_000, 1, 0);
    let start = Instant::now();
    for n in 0..20u64 {
        sink.push_piece(&Piece {
            pcm: &[0; 300],
            format: MONO,
            kind: Played::Speech,
            media_samples: Some(n * 300),
            captured_at: start + Duration::from_micros(n * 6_250),
        });
    }
    for n in 0..10u64 {
        let Poll::Ready(Some(frame)) = next(&reader) else {
            unreachable!()
        };
        let capture = frame.capture.unwrap_or(Capture {
            at: start,
            media_samples: None,
        });
        // The resampler holds back less than a millisecond.
        let media = capture.media_samples.unwrap_or(u64::MAX);
        assert!((n * 480..n * 480 + 48).contains(&media), "{n}: {media}");
        let at = capture.at.saturating_duration_since(start);
        assert!(
            at.abs_diff(Duration::from_millis(10 * n)) < Duration::from_millis(1),
            "{n}: {at:?}"
        );
    }
}

#[test]
fn a_closed_stream_ends() {
    let (mut sink, reader) = reader(Delivery::Paced, 48_000, 1, 2);
    assert!(next(&reader).is_pending());
    sink.push(&[1; 480], MONO, Played::Speech);
    reader.close();
    sink.push(&[1; 480], MONO, Played::Speech);
    assert_eq!(next(&reader), Poll::Ready(None));
}

#[test]
fn the_time_of_capture_never_falls() {
    let (mut sink, reader) = reader(Delivery::Immediate, 48_000, 1, 0);
    let start = Instant::now();
    // The times of pieces stand still; the second frame begins in the first piece.
    for _ in 0..2 {
        let piece = Piece {
            pcm: &[0; 700],
            format: MONO,
            kind: Played::Speech,
            media_samples: None,
            captured_at: start + Duration::from_millis(100),
        };
        sink.push_piece(&piece);
    }
    let mut latest = start;
    while let Poll::Ready(Some(PcmFrame {
        capture: Some(capture),
        ..
    })) = next(&reader)
    {
        assert!(capture.at >= latest);
        latest = capture.at;
    }
    assert!(latest > start);
}

#[test]
fn a_decoder_may_change_its_rate() {
    let (mut sink, reader) = reader(Delivery::Immediate, 16_000, 1, 0);
    for rate in [Rate::Wide, Rate::Full, Rate::Wide] {
        let format = Format { rate, ..MONO };
        for _ in 0..10 {
            sink.push(&vec![1_000; 480 / rate.ticks()], format, Played::Speech);
        }
    }
    let mut frames = 0;
    while let Poll::Ready(Some(frame)) = next(&reader) {
        assert_eq!(frame.samples.len(), 160);
        frames += 1;
    }
    // What the resampler still holds is lost with it: less than a frame.
    assert!((29..=30).contains(&frames), "{frames}");
}

#[test]
fn the_stream_ends_with_its_track() {
    let (sink, reader) = reader(Delivery::Paced, 48_000, 1, 2);
    assert!(next(&reader).is_pending());
    drop(sink);
    assert_eq!(next(&reader), Poll::Ready(None));
}
