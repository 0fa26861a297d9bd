//! The character's own words, coming back through a person's microphone.

use crate::endpointing::words;

/// Fewer words than this are no echo for sure: people repeat a word to ask about it.
const WORDS_MIN: usize = 3;
/// Share of the words that must be the character's, in its order, percent.
const SHARE_MIN_PERCENT: usize = 75;

/// Whether `text` repeats what a character has just `spoken`.
pub(crate) fn is_echo(text: &str, spoken: &str) -> bool {
    let (heard, spoken): (Vec<String>, Vec<String>) = (words(text).collect(), words(spoken).collect());
    if heard.len() < WORDS_MIN {
        return false;
    }
    let common = common_in_order(&heard, &spoken).max(common_in_runs(&heard, &spoken));
    common * 100 >= heard.len() * SHARE_MIN_PERCENT
}

/// Whether `text` is too short to be told from the beginning of an echo of what a character has `spoken`.
pub(crate) fn may_become_echo(text: &str, spoken: &str) -> bool {
    let (heard, spoken): (Vec<String>, Vec<String>) = (words(text).collect(), words(spoken).collect());
    !heard.is_empty() && heard.len() < WORDS_MIN && common_in_order(&heard, &spoken) == heard.len()
}

/// Words that stand next to one that they also stand next to in the other: an echo may come twice.
fn common_in_runs(one: &[String], other: &[String]) -> usize {
    let is_pair = |at: usize| {
        let pair = one.get(at..at + 2);
        pair.is_some_and(|pair| other.windows(2).any(|window| window == pair))
    };
    let in_run = (0..one.len()).filter(|at| is_pair(*at) || *at > 0 && is_pair(*at - 1));
    in_run.count()
}

/// Length of the longest common subsequence.
fn common_in_order(one: &[String], other: &[String]) -> usize {
    let mut row = vec![0_usize; other.len() + 1];
    for a in one {
        let mut diagonal = 0;
        for (at, b) in other.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if a == b { diagonal + 1 } else { above.max(row[at]) };
            diagonal = above;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_has_the_words_in_order_and_a_question_about_them_does_not() {
        let spoken = "It runs from the harbour to the old mill, twice a day.";
        assert!(is_echo("From the harbour to the mill", spoken));
        assert!(!is_echo("The harbour?", spoken));
        assert!(is_echo("to the old mill to the old mill twice", spoken));
        assert!(!is_echo("Does it run on a Sunday too", spoken));
        assert!(!is_echo("mill old harbour day the from", spoken));
    }

    #[test]
    fn two_words_of_a_character_may_become_an_echo() {
        let spoken = "It runs from the harbour to the old mill, twice a day.";
        assert!(may_become_echo("The harbour", spoken));
        assert!(!may_become_echo("The harbour to", spoken));
        assert!(!may_become_echo("No, the", spoken));
        assert!(!may_become_echo("harbour the runs", spoken));
        assert!(!may_become_echo("...", spoken));
    }
}
