//! A buzz that swells like syllables, so that the encoder takes it for speech, with a tone every half second.

use std::sync::OnceLock;

pub(crate) const RATE_HZ: usize = 48_000;
/// Samples between two marks.
pub(crate) const MARK_EVERY: usize = RATE_HZ / 2;
/// Samples before the first mark.
pub(crate) const MARK_FIRST: usize = RATE_HZ / 10;
const MARK: usize = RATE_HZ / 25;
const SECONDS: usize = 8;

pub(crate) fn signal() -> &'static [i16] {
    static SIGNAL: OnceLock<Vec<i16>> = OnceLock::new();
    SIGNAL.get_or_init(|| (0..SECONDS * RATE_HZ).map(sample).collect())
}

fn sample(n: usize) -> i16 {
    let at = n as f64 / RATE_HZ as f64;
    let wave = |pitch_hz: f64| (at * pitch_hz * std::f64::consts::TAU).sin();
    let buzz: f64 = (1..8)
        .map(|harmonic| wave(130.0 * f64::from(harmonic)) / f64::from(harmonic))
        .sum();
    let swell = 0.12 + wave(2.0).powi(2);
    let is_mark = (n + MARK_EVERY - MARK_FIRST) % MARK_EVERY < MARK;
    let tone = if is_mark { 12_000.0 * wave(1000.0) } else { 0.0 };
    (tone + 2_000.0 * swell * buzz) as i16
}

/// Where tones begin in pieces of audio that have a time each, in that time. Those that begin in a piece that is
/// not `whole` are left out.
pub(crate) fn onsets<'a>(pieces: impl Iterator<Item = (u64, &'a [i16], bool)>) -> Vec<u64> {
    let mut onsets = Vec::new();
    let mut last: Option<u64> = None;
    for (start, pcm, whole) in pieces {
        for (at, sample) in (start..).zip(pcm) {
            if sample.unsigned_abs() > 6_500 {
                if whole && last.is_none_or(|last| at > last + 4_800) {
                    onsets.push(at);
                }
                last = Some(at);
            }
        }
    }
    onsets
}
