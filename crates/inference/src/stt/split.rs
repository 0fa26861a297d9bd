//! Where to cut speech that is longer than the model takes at once.

use std::ops::Range;

/// Sound is compared in steps of 20 ms.
const STEP_SAMPLES: usize = 320;
/// A pause is looked for around each step, over 100 ms.
const PAUSE_STEPS: usize = 5;

/// Cuts `pcm` into pieces of at most `samples_max`, each but the last cut at the quietest 100 ms of its second
/// half. Pieces are in order and cover everything.
pub(crate) fn at_pauses(pcm: &[f32], samples_max: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    while pcm.len() - from > samples_max {
        let window = pcm
            .get(from + samples_max / 2..from + samples_max)
            .unwrap_or_default();
        let cut = (from + samples_max / 2 + quietest(window)).max(from + 1);
        pieces.push(from..cut);
        from = cut;
    }
    pieces.push(from..pcm.len());
    pieces
}

/// The middle of the quietest 100 ms, samples from the start.
fn quietest(pcm: &[f32]) -> usize {
    let energies: Vec<f32> = pcm
        .chunks(STEP_SAMPLES)
        .map(|step| step.iter().map(|sample| sample * sample).sum())
        .collect();
    let quietest = energies
        .windows(PAUSE_STEPS)
        .map(|steps| steps.iter().sum::<f32>())
        .enumerate()
        .min_by(|(_, one), (_, other)| one.total_cmp(other));
    quietest.map_or(pcm.len(), |(step, _)| {
        (step * STEP_SAMPLES) + PAUSE_STEPS * STEP_SAMPLES / 2
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_speech_stays_whole() {
        assert_eq!(at_pauses(&[0.5; 1000], 1000), vec![0..1000]);
        assert_eq!(at_pauses(&[], 1000), vec![0..0]);
    }

    #[test]
    fn long_speech_is_cut_where_it_pauses() {
        let mut pcm = vec![0.5; 40_000];
        pcm[14_400..16_000].fill(0.0);
        let pieces = at_pauses(&pcm, 20_000);
        assert!(
            pieces
                .first()
                .is_some_and(|piece| (14_400..16_000).contains(&piece.end))
        );
    }

    #[test]
    fn pieces_cover_everything_and_none_is_too_long() {
        for len in [1, 20_000, 20_001, 123_457] {
            let pcm: Vec<f32> = (0..len).map(|at| ((at * 7919) % 101) as f32 / 101.0).collect();
            let pieces = at_pauses(&pcm, 20_000);
            assert_eq!(pieces.first().map(|piece| piece.start), Some(0));
            assert_eq!(pieces.last().map(|piece| piece.end), Some(len));
            assert!(pieces.windows(2).all(|pair| pair[0].end == pair[1].start));
            assert!(
                pieces
                    .iter()
                    .all(|piece| !piece.is_empty() && piece.len() <= 20_000)
            );
        }
    }

    #[test]
    fn a_tiny_maximum_still_ends() {
        assert_eq!(at_pauses(&[0.0; 5], 1).len(), 5);
    }
}
