//! A guard against the loops that small speech models fall into on noise.

/// Longest phrase that is watched, tokens.
const PHRASE_TOKENS_MAX: usize = 24;
/// Tokens that repetitions must span to count: people do say "no no no no".
const SPAN_TOKENS_MIN: usize = 12;
/// Times that a phrase may follow itself.
const TIMES_MAX: usize = 3;

/// The length to keep, if the newest tokens are one phrase said over and over: its first saying stays.
pub(crate) fn looped_from(tokens: &[u32]) -> Option<usize> {
    (1..=PHRASE_TOKENS_MAX).find_map(|len| {
        let times = TIMES_MAX.max(SPAN_TOKENS_MIN.div_ceil(len));
        let start = tokens.len().checked_sub(len * times)?;
        let span = tokens.get(start..)?;
        let phrase = span.get(..len)?;
        span.chunks(len)
            .all(|chunk| chunk == phrase)
            .then_some(start + len)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_no_loop() {
        let text: Vec<u32> = (0..200).collect();
        assert_eq!(looped_from(&text), None);
        assert_eq!(looped_from(&[]), None);
    }

    #[test]
    fn a_word_said_a_few_times_is_no_loop() {
        assert_eq!(looped_from(&[1, 2, 7, 7, 7, 7]), None);
        assert_eq!(looped_from(&[5, 6, 7, 8, 5, 6, 7, 8]), None);
    }

    #[test]
    fn a_word_without_end_is_cut_to_one() {
        let mut tokens = vec![1, 2];
        tokens.extend([7; 12]);
        assert_eq!(looped_from(&tokens), Some(3));
    }

    #[test]
    fn a_sentence_said_three_times_is_cut_to_one() {
        let sentence: Vec<u32> = (10..20).collect();
        let mut tokens = vec![1];
        tokens.extend(sentence.repeat(3));
        assert_eq!(looped_from(&tokens), Some(11));
    }
}
