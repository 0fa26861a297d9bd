//! A voice as a direction.

/// What is particular to a voice: a vector of length 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding(Vec<f32>);

impl Embedding {
    /// The direction of these numbers; without any but zeros, none.
    pub fn new(mut numbers: Vec<f32>) -> Self {
        let length = dot(&numbers, &numbers).sqrt();
        if length > 0.0 {
            for number in &mut numbers {
                *number = (f64::from(*number) / length) as f32;
            }
        }
        Self(numbers)
    }

    /// The direction between several.
    pub fn mean(embeddings: impl IntoIterator<Item = Self>) -> Self {
        let sum = embeddings.into_iter().reduce(|mut sum, embedding| {
            for (sum, number) in sum.0.iter_mut().zip(embedding.0) {
                *sum += number;
            }
            sum
        });
        Self::new(sum.map_or_else(Vec::new, |sum| sum.0))
    }

    /// How alike two voices are: the cosine of the angle between them. The encoder gives no negative numbers, so
    /// that it lies within 0.0–1.0; one voice with other words is mostly above 0.75, two voices mostly below 0.7.
    pub fn similarity(&self, other: &Self) -> f64 {
        dot(&self.0, &other.0)
    }
}

fn dot(one: &[f32], other: &[f32]) -> f64 {
    one.iter()
        .zip(other)
        .map(|(one, other)| f64::from(*one) * f64::from(*other))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_count_and_lengths_do_not() {
        let right = Embedding::new(vec![3.0, 0.0]);
        let up = Embedding::new(vec![0.0, 0.5]);
        assert!((right.similarity(&Embedding::new(vec![9.0, 0.0])) - 1.0).abs() < 1e-6);
        assert!(right.similarity(&up).abs() < 1e-6);
        let between = Embedding::mean([right.clone(), up]);
        assert!((between.similarity(&right) - 0.5_f64.sqrt()).abs() < 1e-6);
    }

    #[test]
    fn nothing_is_like_nothing() {
        let nothing = Embedding::new(vec![0.0; 2]);
        assert!(nothing.similarity(&Embedding::new(vec![1.0, 1.0])).abs() < 1e-6);
        assert_eq!(Embedding::mean([]), Embedding::new(Vec::new()));
    }
}
