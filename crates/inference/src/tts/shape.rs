//! What is done to the sound that a voice made: moved in pitch, trimmed, made integer.

use std::f64::consts::PI;

/// Samples on each side of a point that its new value is made of.
const REACH: usize = 12;
/// Below this part of the loudest sample it is silence.
const SILENCE: f32 = 0.02;
/// Silence kept before the first sound, ms: enough not to clip its onset.
const HEAD_MS: usize = 10;

/// Plays `pcm` faster by `factor`, which raises its pitch by as much: band-limited interpolation with a
/// Hann-windowed sinc.
pub(super) fn resample(pcm: &[f32], factor: f64) -> Vec<f32> {
    if (factor - 1.0).abs() < 1e-6 {
        return pcm.to_vec();
    }
    // Played faster, the highest frequencies would fold back; they are cut off below the new limit.
    let cutoff = (1.0 / factor).min(1.0);
    let reach = REACH as f64 / cutoff;
    let len = (pcm.len() as f64 / factor) as usize;
    (0..len)
        .map(|at| {
            let center = at as f64 * factor;
            let first = (center - reach).ceil().max(0.0) as usize;
            let last = ((center + reach).floor() as usize + 1).min(pcm.len());
            let taps = pcm.get(first..last).unwrap_or_default().iter().enumerate();
            let sum: f64 = taps
                .map(|(offset, sample)| {
                    let distance = (first + offset) as f64 - center;
                    let window = 0.5 + 0.5 * (PI * distance / reach).cos();
                    f64::from(*sample) * cutoff * sinc(cutoff * distance) * window
                })
                .sum();
            sum as f32
        })
        .collect()
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 {
        1.0
    } else {
        (PI * x).sin() / (PI * x)
    }
}

/// The speech with 10 ms of silence before and `tail_ms` after it, however much there was.
pub(super) fn trimmed(pcm: &[f32], rate_hz: u32, tail_ms: usize) -> Vec<f32> {
    let samples = |ms: usize| rate_hz as usize * ms / 1000;
    let loudest = pcm
        .iter()
        .fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
    let is_sound = |sample: &f32| sample.abs() > loudest * SILENCE;
    let (Some(first), Some(last)) = (pcm.iter().position(is_sound), pcm.iter().rposition(is_sound)) else {
        return Vec::new();
    };
    let (head, tail) = (samples(HEAD_MS), samples(tail_ms));
    let mut out = vec![0.0; head.saturating_sub(first)];
    let end = (last + 1 + tail).min(pcm.len());
    out.extend_from_slice(pcm.get(first.saturating_sub(head)..end).unwrap_or_default());
    out.resize(out.len() + (last + 1 + tail - end), 0.0);
    out
}

/// 16-bit samples, louder by `gain`, clipped where they must be.
pub(super) fn to_i16(pcm: &[f32], gain: f32) -> Vec<i16> {
    pcm.iter()
        .map(|sample| (sample * gain * 32_767.0).clamp(-32_768.0, 32_767.0) as i16)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE_HZ: u32 = 22_050;

    fn tone(hz: f64, len: usize) -> Vec<f32> {
        (0..len)
            .map(|at| (at as f64 * hz * 2.0 * PI / f64::from(RATE_HZ)).sin() as f32 * 0.5)
            .collect()
    }

    fn crossings(pcm: &[f32]) -> usize {
        pcm.windows(2)
            .filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0)
            .count()
    }

    #[test]
    fn faster_is_shorter_and_higher() {
        let out = resample(&tone(400.0, 22_050), 1.25);
        assert_eq!(out.len(), 17_640);
        assert!((399..=401).contains(&crossings(&out)));
        let middle = &out[1_000..16_000];
        assert!(middle.iter().fold(0.0_f32, |max, sample| max.max(*sample)) > 0.49);
    }

    #[test]
    fn what_would_fold_back_is_removed() {
        let out = resample(&tone(10_000.0, 22_050), 1.5);
        assert!(out[500..14_000].iter().all(|sample| sample.abs() < 0.02));
    }

    #[test]
    fn the_same_pitch_changes_nothing() {
        assert_eq!(resample(&tone(400.0, 100), 1.0), tone(400.0, 100));
        assert!(resample(&[], 1.3).is_empty());
    }

    #[test]
    fn silence_is_trimmed_to_fixed_pads() {
        let mut pcm = vec![0.001; 10_000];
        pcm.extend([0.5; 1_000]);
        pcm.extend([0.001; 10_000]);
        let short = vec![0.5; 1_000];
        for pcm in [pcm, short] {
            let out = trimmed(&pcm, 20_000, 50);
            assert_eq!(out.len(), 200 + 1_000 + 1_000);
            assert_eq!(out.iter().position(|sample| *sample == 0.5), Some(200));
        }
        assert!(trimmed(&[0.0; 100], 20_000, 50).is_empty());
    }

    #[test]
    fn loud_samples_are_clipped() {
        assert_eq!(to_i16(&[0.0, 2.0, -2.0, 0.5], 1.0), [0, 32_767, -32_768, 16_383]);
    }
}
