//! When the other side can be heard: PCM as it arrives → onset, last sound, gaps.

use super::RATE_HZ;

/// Level from which a sample counts as sound, dB of full scale.
pub const THRESHOLD_DB: f64 = -35.0;
/// Sound shorter than this is a blip and no speech, s.
const SOUND_MIN_S: f64 = 0.05;
/// Silence up to this long does not end a sound, s.
const GAP_MAX_S: f64 = 0.06;

/// Follows one track. Times are seconds on the caller's clock.
#[derive(Debug)]
pub struct Ear {
    threshold: u16,
    /// The sound that goes on: its first and its last moment.
    sound: Option<(f64, f64)>,
    /// First moment of the reply.
    pub onset: Option<f64>,
    /// Last audible moment of it.
    pub last: Option<f64>,
    /// Gaps in it: where after the onset, and how long, s.
    pub gaps: Vec<(f64, f64)>,
    /// Sounds too short to be speech: when, and how long, s.
    pub blips: Vec<(f64, f64)>,
}

impl Default for Ear {
    fn default() -> Self {
        Self {
            threshold: (32_768.0 * 10_f64.powf(THRESHOLD_DB / 20.0)) as u16,
            sound: None,
            onset: None,
            last: None,
            gaps: Vec::new(),
            blips: Vec::new(),
        }
    }
}

impl Ear {
    /// Waits for the next reply.
    pub fn reset(&mut self) {
        (self.onset, self.last) = (None, None);
        self.gaps.clear();
        self.blips.clear();
    }

    /// Takes PCM at [`RATE_HZ`] that arrived just `now_s`.
    pub fn hear(&mut self, pcm: &[i16], now_s: f64) {
        let is_loud = |sample: &i16| sample.unsigned_abs() > self.threshold;
        let (Some(first), Some(last)) = (pcm.iter().position(is_loud), pcm.iter().rposition(is_loud)) else {
            return;
        };
        let seconds = |samples: usize| samples as f64 / f64::from(RATE_HZ);
        let from = now_s - seconds(pcm.len() - first);
        let to = now_s - seconds(pcm.len() - 1 - last);
        let began = match self.sound {
            Some((began, until)) if from - until <= GAP_MAX_S => began,
            former => {
                if let Some((began, until)) = former
                    && until - began < SOUND_MIN_S
                {
                    self.blips.push((began, until - began));
                }
                from
            }
        };
        self.sound = Some((began, to));
        if to - began < SOUND_MIN_S {
            return;
        }
        match (self.onset, self.last) {
            (Some(onset), Some(last)) => {
                if began - last > GAP_MAX_S {
                    self.gaps.push((last - onset, began - last));
                }
            }
            _ => self.onset = Some(began),
        }
        self.last = Some(to);
    }

    /// Whether nothing was heard for longer than `seconds`.
    pub fn is_quiet(&self, seconds: f64, now_s: f64) -> bool {
        self.last.is_none_or(|last| now_s - last > seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: usize = RATE_HZ as usize / 100;

    /// Lets frames of 10 ms arrive one after another, loud or silent.
    fn hear(ear: &mut Ear, from_s: f64, frames: &[bool]) -> f64 {
        let mut now = from_s;
        for is_loud in frames {
            now += 0.01;
            ear.hear(&[if *is_loud { 3000 } else { 100 }; FRAME], now);
        }
        now
    }

    #[test]
    fn a_reply_begins_with_its_first_loud_sample_and_ends_with_its_last() {
        let mut ear = Ear::default();
        let mut frame = [0; FRAME];
        frame[FRAME / 2..].fill(-3000);
        ear.hear(&frame, 1.0);
        let end = hear(&mut ear, 1.0, &[true; 10]);
        let onset = ear.onset.unwrap_or_default();
        assert!((onset - 0.995).abs() < 1e-6, "{onset}");
        assert!((ear.last.unwrap_or_default() - end).abs() < 1e-3);
        assert!(ear.is_quiet(0.3, end + 0.31) && !ear.is_quiet(0.3, end + 0.29));
    }

    #[test]
    fn a_blip_is_no_reply_and_a_gap_is_told() {
        let mut ear = Ear::default();
        hear(&mut ear, 1.0, &[true, true]);
        hear(&mut ear, 2.0, &[true; 10]);
        assert!(ear.onset.is_some_and(|onset| (onset - 2.0).abs() < 1e-3));
        assert_eq!((ear.blips.len(), ear.gaps.len()), (1, 0));
        hear(&mut ear, 2.3, &[true; 10]);
        // The gap is noted with every frame of the sound after it until that counts as speech.
        assert!(ear.gaps.iter().all(|(_, gap)| (gap - 0.2).abs() < 1e-3));
        assert!(!ear.gaps.is_empty());
        ear.reset();
        assert!(ear.onset.is_none() && ear.last.is_none() && ear.gaps.is_empty());
    }

    #[test]
    fn the_threshold_is_that_of_the_other_callers() {
        assert_eq!(Ear::default().threshold, 582);
    }
}
