//! Chooses the next token from logits.

/// Only this many of the likeliest tokens are considered; the tail of a small model is noise, and
/// sorting a whole vocabulary takes longer than a layer.
const CANDIDATES_MAX: usize = 64;
/// An answer may begin with so many tokens of another one: "Oh, I" and "Well, you" begin many.
const ALIKE_TOKENS_MAX: usize = 3;
/// The repetition penalty looks back this many tokens of the answer.
const PENALTY_WINDOW_TOKENS: usize = 64;

/// How tokens are chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sampling {
    /// 0 always takes the likeliest.
    pub(super) temperature: f32,
    /// Share of probability the candidates must cover, 0.0–1.0.
    pub(super) top_p: f32,
    /// Divides the logits of tokens the answer already holds; 1.0 does nothing.
    pub(super) repeat_penalty: f32,
}

/// Draws tokens; the same seed and logits give the same tokens.
#[derive(Debug)]
pub(super) struct Sampler {
    sampling: Sampling,
    state: u64,
    recent: Vec<u32>,
    /// Answers that this one must not begin like.
    unlike: Vec<Vec<u32>>,
}

impl Sampler {
    /// A sampler at the start of an answer.
    pub(super) fn new(sampling: Sampling, seed: u64) -> Self {
        Self {
            sampling,
            state: seed,
            recent: Vec::new(),
            unlike: Vec::new(),
        }
    }

    /// The same; the answer will not begin like these.
    pub(super) fn unlike(self, answers: Vec<Vec<u32>>) -> Self {
        Self {
            unlike: answers,
            ..self
        }
    }

    /// Draws the next token. Returns none for no logits.
    pub(super) fn draw(&mut self, mut logits: Vec<f32>) -> Option<u32> {
        self.penalise(&mut logits);
        self.forbid(&mut logits);
        let token = if self.sampling.temperature <= 0.0 {
            likeliest(&logits)?
        } else {
            self.draw_among(&logits)?
        };
        self.recent.push(token);
        Some(token)
    }

    /// Leaves the way of an answer that this one has gone so far.
    fn forbid(&self, logits: &mut [f32]) {
        if self.recent.len() < ALIKE_TOKENS_MAX {
            return;
        }
        for answer in &self.unlike {
            if let Some([next, ..]) = answer.strip_prefix(self.recent.as_slice())
                && let Some(logit) = logits.get_mut(*next as usize)
            {
                *logit = f32::NEG_INFINITY;
            }
        }
    }

    fn penalise(&self, logits: &mut [f32]) {
        let mut window = self
            .recent
            .iter()
            .rev()
            .take(PENALTY_WINDOW_TOKENS)
            .copied()
            .collect::<Vec<_>>();
        window.sort_unstable();
        window.dedup();
        for token in window {
            if let Some(logit) = logits.get_mut(token as usize) {
                let penalty = self.sampling.repeat_penalty;
                *logit = if *logit > 0.0 {
                    *logit / penalty
                } else {
                    *logit * penalty
                };
            }
        }
    }

    fn draw_among(&mut self, logits: &[f32]) -> Option<u32> {
        let mut candidates: Vec<(u32, f32)> = (0..).zip(logits.iter().copied()).collect();
        let by_logit = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if candidates.len() > CANDIDATES_MAX {
            candidates.select_nth_unstable_by(CANDIDATES_MAX, by_logit);
            candidates.truncate(CANDIDATES_MAX);
        }
        candidates.sort_unstable_by(by_logit);
        let top = candidates.first()?.1;
        let weights: Vec<f32> = candidates
            .iter()
            .map(|(_, logit)| ((logit - top) / self.sampling.temperature).exp())
            .collect();
        let total: f32 = weights.iter().sum();
        let mut covered = 0.0;
        let mut kept = 0;
        for weight in &weights {
            covered += weight;
            kept += 1;
            if covered >= self.sampling.top_p * total {
                break;
            }
        }
        let mut point = self.uniform() * covered;
        for ((token, _), weight) in candidates.iter().zip(&weights).take(kept) {
            point -= weight;
            if point < 0.0 {
                return Some(*token);
            }
        }
        candidates.first().map(|(token, _)| *token)
    }

    /// A number in `[0, 1)` (SplitMix64, Steele et al. 2014, upper 24 bits).
    fn uniform(&mut self) -> f32 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        (bits >> 40) as f32 / (1u32 << 24) as f32
    }
}

fn likeliest(logits: &[f32]) -> Option<u32> {
    (0..)
        .zip(logits)
        .max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)))
        .map(|(token, _)| token)
}

#[cfg(test)]
mod tests {
    use super::{Sampler, Sampling};

    const WARM: Sampling = Sampling {
        temperature: 0.8,
        top_p: 0.9,
        repeat_penalty: 1.0,
    };

    fn draws(sampling: Sampling, seed: u64, logits: &[f32]) -> Vec<u32> {
        let mut sampler = Sampler::new(sampling, seed);
        (0..32).filter_map(|_| sampler.draw(logits.to_vec())).collect()
    }

    fn varied() -> Vec<f32> {
        (0..200).map(|i| ((i * 37) % 101) as f32 / 20.0).collect()
    }

    #[test]
    fn a_seed_fixes_the_draws() {
        assert_eq!(draws(WARM, 7, &varied()), draws(WARM, 7, &varied()));
        assert_ne!(draws(WARM, 7, &varied()), draws(WARM, 8, &varied()));
    }

    #[test]
    fn no_temperature_takes_the_likeliest() {
        let cold = Sampling {
            temperature: 0.0,
            ..WARM
        };
        assert!(draws(cold, 1, &[0.0, 3.0, 1.0]).iter().all(|token| *token == 1));
    }

    #[test]
    fn tokens_outside_top_p_are_never_drawn() {
        let narrow = Sampling { top_p: 0.5, ..WARM };
        assert!(
            draws(narrow, 3, &[5.0, 0.0, 0.0, 0.0])
                .iter()
                .all(|token| *token == 0)
        );
    }

    #[test]
    fn a_penalty_makes_the_same_token_less_likely() {
        let strict = Sampling {
            temperature: 0.0,
            top_p: 1.0,
            repeat_penalty: 2.0,
        };
        assert_eq!(draws(strict, 1, &[3.0, 2.0, 1.0]).get(..2), Some(&[0, 1][..]));
    }

    #[test]
    fn an_answer_leaves_the_way_of_another_after_a_few_tokens() {
        let cold = Sampling {
            temperature: 0.0,
            top_p: 1.0,
            repeat_penalty: 1.0,
        };
        let draws = |unlike: &[&[u32]]| -> Vec<u32> {
            let unlike = unlike.iter().map(|answer| answer.to_vec()).collect();
            let mut sampler = Sampler::new(cold, 1).unlike(unlike);
            (0..5)
                .filter_map(|_| sampler.draw(vec![0.0, 3.0, 2.0, 1.0]))
                .collect()
        };
        assert_eq!(draws(&[]), [1, 1, 1, 1, 1]);
        assert_eq!(draws(&[&[1, 1, 1, 1, 1]]), [1, 1, 1, 2, 1]);
        assert_eq!(draws(&[&[1, 1, 1, 1], &[1, 1, 1, 2]]), [1, 1, 1, 3, 1]);
        // One that ends there, or went another way, is not repeated.
        assert_eq!(draws(&[&[1, 1, 1], &[1, 2, 1, 1]]), [1, 1, 1, 1, 1]);
    }

    #[test]
    fn no_logits_give_no_token() {
        assert_eq!(Sampler::new(WARM, 1).draw(Vec::new()), None);
    }
}
