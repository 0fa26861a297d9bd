//! Sound that can be found again.

use std::io::Cursor;

use troupe::opus_file::{OpusWriter, PACKET_SAMPLES, PcmReader, RATE_HZ, SILENCE};
use troupe_rtc::opus::{Encoded, Encoder, EncoderConfig};

/// From which level on a sample counts as sound.
pub(crate) const LOUD: u16 = 2000;

/// A segment of `packets`, with a tone of 500 Hz in those of `tone`.
pub(crate) fn segment(packets: u64, tone: std::ops::Range<u64>) -> Vec<u8> {
    let config = EncoderConfig {
        dtx: false,
        fec: false,
        ..EncoderConfig::default()
    };
    let mut encoder = Encoder::new(config).unwrap();
    let mut writer = OpusWriter::new(Vec::new(), 1).unwrap();
    for packet in 0..packets {
        let at = packet * PACKET_SAMPLES as u64;
        let wave = |n: u64| ((n as f32 * std::f32::consts::TAU / 96.0).sin() * 8000.0) as i16;
        let pcm: Vec<i16> = (at..at + PACKET_SAMPLES as u64)
            .map(|n| if tone.contains(&packet) { wave(n) } else { 0 })
            .collect();
        match encoder.encode(&pcm).unwrap() {
            Encoded::Packet(bytes) => writer.push(bytes).unwrap(),
            Encoded::Silence => writer.push(&SILENCE).unwrap(),
        }
    }
    writer.finish().unwrap()
}

/// All samples of an Ogg/Opus file.
pub(crate) fn decode(file: &[u8]) -> Vec<i16> {
    let mut reader = PcmReader::open(Cursor::new(file)).unwrap();
    let mut pcm = Vec::new();
    while let Some(block) = reader.next_block().unwrap() {
        pcm.extend(block);
    }
    pcm
}

/// The stretches of sound, ms, with pauses under 100 ms bridged.
pub(crate) fn stretches(pcm: &[i16]) -> Vec<(u64, u64)> {
    stretches_with(pcm, LOUD, 100)
}

/// The stretches of sound of at least this level, ms, with pauses up to `gap_ms` bridged.
pub(crate) fn stretches_with(pcm: &[i16], loud: u16, gap_ms: u64) -> Vec<(u64, u64)> {
    let mut found: Vec<(u64, u64)> = Vec::new();
    for (index, piece) in pcm.chunks(RATE_HZ as usize / 100).enumerate() {
        if piece.iter().all(|sample| sample.unsigned_abs() < loud) {
            continue;
        }
        let at = index as u64 * 10;
        match found.last_mut() {
            Some((_, end)) if at <= *end + gap_ms => *end = at + 10,
            _ => found.push((at, at + 10)),
        }
    }
    found
}

/// Whether both are the same stretches to within `tolerance_ms`.
#[track_caller]
pub(crate) fn assert_near(found: &[(u64, u64)], expected: &[(u64, u64)], tolerance_ms: u64) {
    let near = |(a, b): (&(u64, u64), &(u64, u64))| {
        a.0.abs_diff(b.0) <= tolerance_ms && a.1.abs_diff(b.1) <= tolerance_ms
    };
    assert!(
        found.len() == expected.len() && found.iter().zip(expected).all(near),
        "{found:?} instead of {expected:?}"
    );
}
