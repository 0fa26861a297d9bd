//! What is done with a person's sound before it is heard.

use crate::suppress;
use crate::{GainControl, Suppressor};

/// Share of the sound that stays as it came: noise falls by at most 20 dB, and what is said gets fewer holes.
const KEPT: f32 = 0.1;

/// What is done; by default nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Treatment {
    /// Noise is taken out.
    pub suppress: bool,
    /// Quiet and loud speakers are brought to one level.
    pub gain: bool,
}

impl Treatment {
    /// The treatment of one stream.
    pub fn stream(self) -> Treated {
        Treated {
            suppressor: self.suppress.then(|| Suppressor::new(KEPT)),
            gain: self.gain.then(GainControl::default),
        }
    }
}

/// One stream under treatment, at [`crate::HEARD_RATE_HZ`].
pub struct Treated {
    suppressor: Option<Suppressor>,
    gain: Option<GainControl>,
}

impl Treated {
    /// Takes samples in and appends what is ready to `out`.
    pub fn push(&mut self, pcm: &[i16], out: &mut Vec<i16>) {
        let from = out.len();
        match &mut self.suppressor {
            Some(suppressor) => suppressor.push(pcm, out),
            None => out.extend_from_slice(pcm),
        }
        if let Some(gain) = &mut self.gain {
            gain.apply(&mut out[from..]);
        }
    }

    /// Samples by which sound comes out later than it went in.
    pub fn delay_samples(&self) -> u64 {
        match self.suppressor {
            Some(_) => suppress::DELAY_SAMPLES as u64,
            None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_treatment_nothing_changes() {
        let mut out = vec![9];
        let mut treated = Treatment::default().stream();
        treated.push(&[1, 2, 3], &mut out);
        assert_eq!((out, treated.delay_samples()), (vec![9, 1, 2, 3], 0));
    }

    #[test]
    fn with_all_of_it_sound_is_late_by_what_it_says() {
        let everything = Treatment {
            suppress: true,
            gain: true,
        };
        let mut treated = everything.stream();
        let mut click = vec![0; 3_200];
        click[1_600..1_616].fill(8_000);
        let mut out = Vec::new();
        treated.push(&click, &mut out);
        let loudest = (0..out.len()).max_by_key(|at| out[*at].unsigned_abs());
        let late = loudest.unwrap_or(0) as i64 - 1_608;
        let said = treated.delay_samples() as i64;
        assert!((late - said).abs() < 16, "{late} samples late, {said} said");
    }
}
