//! Fits the weights of the end-of-turn decision: a logistic model with a small ridge, by Newton's method.

use troupe_dialogue::endpointing::{Ending, Weights, WordCues, length, log_odds};

use super::Sample;

/// Weights that are fitted: base, audio, finished, length.
const PARAMETERS: usize = 4;
/// Penalty on the square of each weight but the base: keeps rare evidence from weighing much.
const RIDGE: f64 = 1.0;
/// Steps of Newton's method; it has settled long before.
const STEPS: usize = 30;

type Vector = [f64; PARAMETERS];

/// Fits the weights to samples; what samples don't tell (spelling, answers) stays as it is in the product.
pub fn weights<'s>(samples: impl Iterator<Item = &'s Sample>) -> Weights {
    let rows: Vec<(Vector, f64)> = samples
        .filter(|sample| sample.heard_after_s.is_some())
        .map(|sample| (features(sample), if sample.is_end() { 1.0 } else { 0.0 }))
        .collect();
    let fitted = newton(&rows);
    let [base, audio, finished, length] = fitted.map(|weight| weight as f32);
    Weights {
        base,
        audio,
        finished,
        length,
        ..Weights::FITTED
    }
}

/// The features as the product computes them.
fn features(sample: &Sample) -> Vector {
    let evidence = sample.evidence();
    let is_finished = WordCues::of(evidence.words).ending != Ending::Open;
    [
        1.0,
        evidence
            .audio
            .map_or(0.0, |probability| f64::from(log_odds(probability))),
        if is_finished { 1.0 } else { 0.0 },
        f64::from(length(evidence.spoken)),
    ]
}

fn newton(rows: &[(Vector, f64)]) -> Vector {
    let mut weights = [0.0; PARAMETERS];
    for _ in 0..STEPS {
        let mut gradient = [0.0; PARAMETERS];
        let mut curvature = [[0.0; PARAMETERS]; PARAMETERS];
        for (x, y) in rows {
            let sum: f64 = x.iter().zip(&weights).map(|(x, weight)| x * weight).sum();
            let p = 1.0 / (1.0 + (-sum).exp());
            for a in 0..PARAMETERS {
                gradient[a] += x[a] * (p - y);
                for b in 0..PARAMETERS {
                    curvature[a][b] += x[a] * x[b] * p * (1.0 - p);
                }
            }
        }
        for at in 0..PARAMETERS {
            let ridge = if at == 0 { 1e-6 } else { RIDGE };
            gradient[at] += ridge * weights[at];
            curvature[at][at] += ridge;
        }
        for (weight, step) in weights.iter_mut().zip(solve(curvature, gradient)) {
            *weight -= step;
        }
    }
    weights
}

/// Solves a positive definite system by elimination.
fn solve(mut matrix: [Vector; PARAMETERS], mut right: Vector) -> Vector {
    for at in 0..PARAMETERS {
        let row = matrix[at];
        let pivot = row[at].max(1e-12);
        for below in at + 1..PARAMETERS {
            let factor = matrix[below][at] / pivot;
            for (cell, above) in matrix[below].iter_mut().zip(row).skip(at) {
                *cell -= factor * above;
            }
            right[below] -= factor * right[at];
        }
    }
    let mut solution = [0.0; PARAMETERS];
    for at in (0..PARAMETERS).rev() {
        let known: f64 = (at + 1..PARAMETERS)
            .map(|column| matrix[at][column] * solution[column])
            .sum();
        solution[at] = (right[at] - known) / matrix[at][at].max(1e-12);
    }
    solution
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_model_is_found_again() {
        let truth = [-1.0, 0.5, 2.0, -1.5];
        let mut rows = Vec::new();
        for index in 0..4000_u32 {
            let bit = |shift: u32| f64::from(index >> shift & 1);
            let audio = f64::from(index % 13) - 6.0;
            let x = [1.0, audio, bit(1), bit(4)];
            let sum: f64 = x.iter().zip(&truth).map(|(x, weight)| x * weight).sum();
            // Exact shares instead of draws: each row stands for its probability.
            rows.push((x, 1.0 / (1.0 + (-sum).exp())));
        }
        let fitted = newton(&rows);
        for (found, truth) in fitted.iter().zip(truth) {
            assert!((found - truth).abs() < 0.05, "{fitted:?}");
        }
    }
}
