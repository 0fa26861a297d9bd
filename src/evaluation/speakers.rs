//! Whether voices are told apart by a model that tells speakers apart.

use serde::{Deserialize, Serialize};
use troupe_inference::speaker::Embedding;

/// What one voice said.
#[derive(Debug, Clone)]
pub struct Voice {
    /// What it is called.
    pub name: String,
    /// One for each line, the same lines for all voices; `None` where a voice failed or said too little.
    pub lines: Vec<Option<Embedding>>,
}

/// How alike voices are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Likeness {
    /// What they are called.
    pub voices: Vec<String>,
    /// For each voice, how alike it is to each of them, itself included: the mean over all pairs of different
    /// lines, since the same words make voices more alike. 0 to 1.
    pub similarity: Vec<Vec<f64>>,
    /// The voice that is least like itself.
    pub own_min: Pair,
    /// The two voices that are most alike.
    pub between_max: Pair,
    /// Whether each voice is more like itself than any two voices are alike.
    pub told_apart: bool,
    /// Lines that are more like the other lines of their voice than like those of any other voice.
    pub lines_right: usize,
    /// All lines.
    pub lines: usize,
}

/// How alike two voices are, or a voice with itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// Names of the two.
    pub voices: [String; 2],
    /// 0 to 1.
    pub similarity: f64,
}

impl Likeness {
    /// Lays each voice beside each; `None` when there are no two that said two lines each.
    pub fn of(voices: &[Voice]) -> Option<Self> {
        let voices: Vec<&Voice> = voices
            .iter()
            .filter(|voice| voice.lines.iter().flatten().nth(1).is_some())
            .collect();
        let similarity: Vec<Vec<f64>> = voices
            .iter()
            .map(|one| voices.iter().map(|other| alike(one, other)).collect())
            .collect();
        let pairs = || (0..voices.len()).flat_map(|one| (one..voices.len()).map(move |other| (one, other)));
        let pair = |(one, other): (usize, usize)| Pair {
            voices: [voices[one].name.clone(), voices[other].name.clone()],
            similarity: similarity[one][other],
        };
        let by_similarity = |one: &Pair, other: &Pair| one.similarity.total_cmp(&other.similarity);
        let own_min = pairs()
            .filter(|(one, other)| one == other)
            .map(pair)
            .min_by(by_similarity)?;
        let between_max = pairs()
            .filter(|(one, other)| one != other)
            .map(pair)
            .max_by(by_similarity)?;
        let right: Vec<bool> = (0..voices.len())
            .flat_map(|own| recognised(&voices, own))
            .collect();
        Some(Self {
            voices: voices.iter().map(|voice| voice.name.clone()).collect(),
            told_apart: own_min.similarity > between_max.similarity,
            own_min,
            between_max,
            lines_right: right.iter().filter(|right| **right).count(),
            lines: right.len(),
            similarity,
        })
    }
}

/// Mean over all pairs of different lines.
fn alike(one: &Voice, other: &Voice) -> f64 {
    let places = 0..one.lines.len();
    thousandths(mean(places.flat_map(|place| pairs_of(one, place, other))))
}

/// How alike one line of a voice is to each of the other lines of some voice.
fn pairs_of(voice: &Voice, place: usize, other: &Voice) -> Vec<f64> {
    let Some(line) = voice.lines.get(place).and_then(Option::as_ref) else {
        return Vec::new();
    };
    let others = other.lines.iter().enumerate();
    let others = others
        .filter(|(at, _)| *at != place)
        .filter_map(|(_, line)| line.as_ref());
    others.map(|other| line.similarity(other)).collect()
}

/// How alike one line of a voice is to the other lines of some voice: their mean.
fn beside(voice: &Voice, place: usize, other: &Voice) -> Option<f64> {
    let pairs = pairs_of(voice, place, other);
    (!pairs.is_empty()).then(|| mean(pairs.into_iter()))
}

/// For each line of a voice, whether it is most like its own.
fn recognised(voices: &[&Voice], own: usize) -> Vec<bool> {
    let voice = voices[own];
    let is_right = |place: usize| {
        let like_own = beside(voice, place, voice)?;
        let others = voices.iter().enumerate().filter(|(other, _)| *other != own);
        Some(
            others
                .filter_map(|(_, other)| beside(voice, place, other))
                .all(|like_other| like_own > like_other),
        )
    };
    (0..voice.lines.len()).filter_map(is_right).collect()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    sum / f64::from(count.max(1))
}

fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    /// A voice whose lines point at these angles, in degrees.
    fn voice(name: &str, degrees: &[Option<f32>]) -> Voice {
        let line = |degrees: &Option<f32>| {
            degrees.map(|degrees| {
                let (sin, cos) = degrees.to_radians().sin_cos();
                Embedding::new(vec![cos, sin])
            })
        };
        Voice {
            name: name.into(),
            lines: degrees.iter().map(line).collect(),
        }
    }

    #[test]
    fn voices_that_keep_to_themselves_are_told_apart() {
        let low = voice("low", &[Some(0.0), Some(10.0), Some(20.0)]);
        let high = voice("high", &[Some(80.0), None, Some(90.0)]);
        let likeness = Likeness::of(&[low, high]).unwrap();
        assert_eq!(likeness.voices, ["low", "high"]);
        assert!(likeness.told_apart);
        assert_eq!((likeness.lines_right, likeness.lines), (5, 5));
        assert_eq!(likeness.own_min.voices, ["low", "low"]);
        // Pairs of 10°, 20° and 10°.
        assert!((likeness.own_min.similarity - 0.97).abs() < 0.001);
        assert_eq!(likeness.between_max.voices, ["low", "high"]);
        assert_eq!(likeness.similarity[0][1], likeness.similarity[1][0]);
    }

    #[test]
    fn a_voice_that_sounds_like_another_is_not() {
        let one = voice("one", &[Some(0.0), Some(40.0)]);
        let twin = voice("twin", &[Some(38.0), Some(1.0)]);
        let likeness = Likeness::of(&[one, twin]).unwrap();
        assert!(!likeness.told_apart);
        assert_eq!((likeness.lines_right, likeness.lines), (0, 4));
    }

    #[test]
    fn one_voice_is_beside_none() {
        let alone = voice("alone", &[Some(0.0), Some(10.0)]);
        let silent = voice("silent", &[Some(0.0), None]);
        assert_eq!(Likeness::of(&[alone, silent]), None);
        assert_eq!(Likeness::of(&[]), None);
    }
}
