//! Median, 95th percentile and range of what was measured.

use serde::{Deserialize, Serialize};

use super::tenths;

/// What many figures come to; all but the count are missing when there are none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// How many.
    pub n: usize,
    /// The middle one, or the mean of the two in the middle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median: Option<f64>,
    /// The smallest one that 95 % of them don't exceed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p95: Option<f64>,
    /// The smallest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The largest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
}

impl Summary {
    /// Sums up.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let n = values.len();
        let at = |place: usize| values.get(place).copied();
        let middle = match (at(n.saturating_sub(1) / 2), at(n / 2)) {
            (Some(one), Some(other)) => Some(f64::midpoint(one, other)),
            (one, _) => one,
        };
        let ninety_fifth = (n * 95).div_ceil(100).saturating_sub(1);
        let mean = (n > 0).then(|| values.iter().sum::<f64>() / n as f64);
        Self {
            n,
            median: middle.map(tenths),
            p95: at(ninety_fifth),
            min: at(0),
            max: values.last().copied(),
            mean: mean.map(tenths),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Summary;

    #[test]
    fn it_is_the_middle_and_the_ninety_fifth_of_a_hundred() {
        let of = |range: std::ops::RangeInclusive<u32>| Summary::of(range.map(f64::from));
        let hundred = of(1..=100);
        assert_eq!((hundred.median, hundred.p95), (Some(50.5), Some(95.0)));
        let three = of(1..=3);
        assert_eq!(
            (three.median, three.p95, three.max),
            (Some(2.0), Some(3.0), Some(3.0))
        );
        let one = of(7..=7);
        assert_eq!((one.median, one.p95, one.n), (Some(7.0), Some(7.0), 1));
        assert_eq!(Summary::of([]), Summary::default());
    }
}
