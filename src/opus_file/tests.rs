#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::Cursor;

use troupe_rtc::opus::{Encoded, Encoder, EncoderConfig};

use super::*;

/// A tone of 500 Hz between the packets `on` and `off`, of `packets` in all.
fn file(packets: u64, on: u64, off: u64) -> Vec<u8> {
    let config = EncoderConfig {
        dtx: false,
        fec: false,
        ..EncoderConfig::default()
    };
    let mut encoder = Encoder::new(config).unwrap();
    let mut writer = OpusWriter::new(Vec::new(), 7).unwrap();
    for packet in 0..packets {
        let from = packet * PACKET_SAMPLES as u64;
        let pcm: Vec<i16> = (from..from + PACKET_SAMPLES as u64)
            .map(|n| (n as f32 * std::f32::consts::TAU / 96.0).sin() * 8000.0)
            .map(|sample| {
                if (on..off).contains(&packet) {
                    sample as i16
                } else {
                    0
                }
            })
            .collect();
        match encoder.encode(&pcm).unwrap() {
            Encoded::Packet(bytes) => writer.push(bytes).unwrap(),
            Encoded::Silence => writer.push(&SILENCE).unwrap(),
        }
    }
    writer.finish().unwrap()
}

fn pcm(file: Vec<u8>) -> Vec<i16> {
    let mut reader = PcmReader::open(Cursor::new(file)).unwrap();
    let mut all = Vec::new();
    while let Some(block) = reader.next_block().unwrap() {
        all.extend(block);
    }
    all
}

#[test]
fn sound_comes_back_where_it_was() {
    let pcm = pcm(file(100, 20, 60));
    assert_eq!(pcm.len() as u64, samples_of(100));
    let loud = |sample: &i16| sample.unsigned_abs() > 2000;
    let first = pcm.iter().position(loud).unwrap();
    let last = pcm.iter().rposition(loud).unwrap();
    assert!(first.abs_diff(20 * PACKET_SAMPLES) < 240, "begins at {first}");
    assert!(last.abs_diff(60 * PACKET_SAMPLES) < 240, "ends at {last}");
}

#[test]
fn pages_carry_the_time_and_the_last_one_ends_the_stream() {
    let mut packets = ogg::PacketReader::new(Cursor::new(file(120, 0, 120)));
    let (mut granules, mut ends) = (Vec::new(), Vec::new());
    while let Some(packet) = packets.read_packet().unwrap() {
        if packet.last_in_page() {
            granules.push(packet.absgp_page());
        }
        ends.push(packet.last_in_stream());
    }
    // Two headers come first.
    assert_eq!(ends.iter().position(|end| *end), Some(2 + 120 - 1));
    assert_eq!(granules, [0, 0, 50 * 960, 100 * 960, 120 * 960]);
}

#[test]
fn silence_is_a_packet_like_any_other() {
    let mut writer = OpusWriter::new(Vec::new(), 1).unwrap();
    for _ in 0..10 {
        writer.push(&SILENCE).unwrap();
    }
    assert_eq!(writer.packets(), 10);
    let file = writer.finish().unwrap();
    assert_eq!(packets_of(&file, 10).unwrap().len(), 10);
    assert!(pcm(file).iter().all(|sample| *sample == 0));
}

#[test]
fn other_files_are_refused() {
    let good = file(10, 0, 5);
    assert!(matches!(packets_of(&good, 9), Err(OpusFileError::Unlike(_))));
    assert!(packets_of(&good[..good.len() - 5], 10).is_err(), "cut off");
    assert!(packets_of(b"", 10).is_err());
    assert!(packets_of(&[7; 4000], 10).is_err());
    let mut damaged = good;
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0x40;
    assert!(
        packets_of(&damaged, 10).is_err(),
        "the checksum of a page is wrong"
    );
}
