#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::path::{Path, PathBuf};

use super::{read_mono, write_stereo};

/// A file that is gone after the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("troupe-audio-{:016x}", rand::random::<u64>()));
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn tone(rate_hz: u32, seconds: f32) -> Vec<i16> {
    let samples = (rate_hz as f32 * seconds) as u32;
    let step = std::f32::consts::TAU * 440.0 / rate_hz as f32;
    (0..samples)
        .map(|n| ((n as f32 * step).sin() * 9000.0) as i16)
        .collect()
}

fn rms(pcm: &[i16]) -> f64 {
    (pcm.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / pcm.len() as f64).sqrt()
}

#[test]
fn stereo_is_mixed_down_and_resampled_without_losing_time_or_level() {
    let file = Scratch::new(b"");
    let side = tone(44_100, 1.0);
    write_stereo(&file.0, 44_100, &side, &side).unwrap();
    for rate_hz in [16_000, 48_000] {
        let pcm = read_mono(&file.0, rate_hz).unwrap();
        assert!(
            pcm.len().abs_diff(rate_hz as usize) <= 2,
            "{} samples at {rate_hz} Hz",
            pcm.len()
        );
        assert!(
            (rms(&pcm) / rms(&side) - 1.0).abs() < 0.02,
            "level at {rate_hz} Hz"
        );
    }
}

#[test]
fn the_shorter_side_is_filled_with_silence() {
    let file = Scratch::new(b"");
    write_stereo(&file.0, 16_000, &[1000, 1000], &[]).unwrap();
    assert_eq!(read_mono(&file.0, 16_000).unwrap(), [500, 500]);
}

#[test]
fn the_shipped_recording_is_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/caller.flac");
    let pcm = read_mono(&path, 48_000).unwrap();
    assert!(pcm.len() > 48_000 && rms(&pcm) > 300.0);
}

#[test]
fn unusable_files_are_named_with_the_reason() {
    let cases: [(&[u8], &str); 4] = [
        (b"", "neither WAV nor FLAC"),
        (b"ID3 something", "neither WAV nor FLAC"),
        (b"RIFF\0\0\0\0WAVEfmt ", "damaged WAV"),
        (b"fLaC\0\0\0\x22\0", "damaged FLAC"),
    ];
    for (bytes, reason) in cases {
        let file = Scratch::new(bytes);
        let error = read_mono(&file.0, 48_000).unwrap_err().to_string();
        assert!(
            error.contains(reason) && error.contains("troupe-audio-"),
            "{error}"
        );
    }
    let error = read_mono(Path::new("/nonexistent.wav"), 48_000)
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("/nonexistent.wav: can't be read"), "{error}");
}

#[test]
fn damage_in_the_middle_is_an_error_and_never_a_panic() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/caller.flac");
    let whole = std::fs::read(path).unwrap();
    let mut flipped = whole.clone();
    for byte in flipped.iter_mut().skip(5_000).step_by(97) {
        *byte ^= 0x55;
    }
    for bytes in [&whole[..whole.len() / 2], &flipped] {
        assert!(read_mono(&Scratch::new(bytes).0, 48_000).is_err());
    }
}
