//! How loud speech and noise are, and both mixed as wanted.

use crate::FULL_SCALE;

/// Samples of one look at 16 kHz: 10 ms.
const LOOK_SAMPLES: usize = 160;
/// Looks that are so much quieter than the loud ones are pauses, dB.
const PAUSE_DB: f32 = 25.0;
/// Level of silence, dB of full scale.
const SILENCE_DB: f32 = -100.0;

/// Mean level, dB of full scale; silence is −100.
pub fn rms_db(pcm: &[i16]) -> f32 {
    decibels(power(pcm))
}

/// Mean level of what is said, without the pauses, dB of full scale.
pub fn speech_db(pcm: &[i16]) -> f32 {
    let mut powers: Vec<f32> = pcm.chunks(LOOK_SAMPLES).map(power).collect();
    powers.sort_by(f32::total_cmp);
    let loud = powers.get(powers.len() * 95 / 100).copied().unwrap_or(0.0);
    let pause = loud / 10_f32.powf(PAUSE_DB / 10.0);
    let said: Vec<f32> = powers.into_iter().filter(|power| *power > pause).collect();
    decibels(said.iter().sum::<f32>() / said.len().max(1) as f32)
}

/// `speech` with `noise` over it, `snr_db` below the level of what is said. The noise begins anew when it is over.
pub fn mix(speech: &[i16], speech_db: f32, noise: &[i16], snr_db: f32) -> Vec<i16> {
    let gain = 10_f32.powf((speech_db - snr_db - rms_db(noise)) / 20.0);
    let noise = noise.iter().cycle().map(|sample| f32::from(*sample) * gain);
    let mixed = speech.iter().zip(noise);
    // The cast saturates, as clipping should.
    mixed
        .map(|(speech, noise)| (f32::from(*speech) + noise).round() as i16)
        .collect()
}

/// The same sound, louder or quieter.
pub fn scaled(pcm: &[i16], by_db: f32) -> Vec<i16> {
    let gain = 10_f32.powf(by_db / 20.0);
    pcm.iter()
        .map(|sample| (f32::from(*sample) * gain).round() as i16)
        .collect()
}

/// Mean power of samples, 1.0 being full scale.
pub(crate) fn power(pcm: &[i16]) -> f32 {
    let sum: f32 = pcm
        .iter()
        .map(|sample| (f32::from(*sample) / FULL_SCALE).powi(2))
        .sum();
    sum / pcm.len().max(1) as f32
}

/// A power in decibels.
pub(crate) fn decibels(power: f32) -> f32 {
    (10.0 * power.log10()).max(SILENCE_DB)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(seconds: usize, peak: f32) -> Vec<i16> {
        (0..seconds * 16_000)
            .map(|n| ((n as f32 * 0.2).sin() * peak * 32_767.0) as i16)
            .collect()
    }

    #[test]
    fn pauses_do_not_make_speech_quieter() {
        let said = tone(2, 0.1);
        let mut with_pauses = said.clone();
        with_pauses.extend(vec![0; 64_000]);
        assert!((speech_db(&with_pauses) - speech_db(&said)).abs() < 0.1);
        assert!(rms_db(&with_pauses) < rms_db(&said) - 4.0);
        assert_eq!(rms_db(&[]), SILENCE_DB);
    }

    #[test]
    fn a_mixture_has_the_wanted_ratio() {
        let said = tone(1, 0.1);
        let noise = scaled(&tone(1, 0.5).into_iter().rev().collect::<Vec<_>>(), -3.0);
        let mixed = mix(&vec![0; said.len()], speech_db(&said), &noise[..5_000], 10.0);
        assert!((rms_db(&said) - rms_db(&mixed) - 10.0).abs() < 0.3);
    }
}
