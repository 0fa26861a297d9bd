//! When the words of a chunk have been said.

use std::ops::Range;
use std::time::Duration;

use super::Sounding;

/// A pause within a chunk shorter than this belongs to a word: stop consonants have a gap.
const PAUSE_MIN: Duration = Duration::from_millis(90);

/// Ends of the words of one chunk: byte after the word, and when it has been said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Timeline(Vec<(usize, Duration)>);

impl Timeline {
    /// Lays the words of `text` over `total` of sound.
    pub(crate) fn new(text: &str, total: Duration, sounding: Option<&Sounding>) -> Self {
        let words = word_spans(text);
        let ends = match sounding {
            Some(Sounding::WordEnds(ends)) if ends.len() == words.len() => ends.clone(),
            Some(Sounding::Stretches(stretches)) if !stretches.is_empty() => {
                over_stretches(text, &words, stretches)
            }
            _ => over_stretches(text, &words, std::slice::from_ref(&(Duration::ZERO..total))),
        };
        Self(words.into_iter().map(|word| word.end).zip(ends).collect())
    }

    /// Ends of the words, in order.
    pub(crate) fn into_ends(self) -> impl Iterator<Item = (usize, Duration)> {
        self.0.into_iter()
    }

    /// The part of `text` that was heard after `heard`, cut after the last word that was said whole.
    pub(crate) fn heard<'t>(&self, text: &'t str, heard: Duration) -> &'t str {
        let said = self.0.iter().take_while(|(_, end)| *end <= heard).last();
        said.map_or("", |(end, _)| text.get(..*end).unwrap_or(text))
            .trim()
    }
}

/// The words of a text with the punctuation that sticks to them.
fn word_spans(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut start = None;
    for (at, mark) in text.char_indices() {
        match (mark.is_whitespace(), start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                spans.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        spans.push(from..text.len());
    }
    // A dash between spaces is no word: it belongs to the one before.
    let mut words: Vec<Range<usize>> = Vec::with_capacity(spans.len());
    for span in spans {
        let speaks = text
            .get(span.clone())
            .is_some_and(|word| word.chars().any(char::is_alphanumeric));
        match words.last_mut() {
            Some(last) if !speaks => last.end = span.end,
            _ => words.push(span),
        }
    }
    words
}

/// Lays words over stretches of sound. Where the sound pauses and the text has a comma or stop nearby, they are
/// the same place; between such places words take time by their length.
fn over_stretches(text: &str, words: &[Range<usize>], stretches: &[Range<Duration>]) -> Vec<Duration> {
    let stretches = joined(stretches);
    let weights: Vec<f64> = words
        .iter()
        .map(|word| weight(text.get(word.clone()).unwrap_or("")))
        .collect();
    let breaks: Vec<bool> = words.iter().map(|word| ends_clause(text, word)).collect();
    let mut ends = vec![Duration::ZERO; words.len()];
    let (mut from_word, mut weight_left) = (0, weights.iter().sum::<f64>());
    let mut sound_left: f64 = stretches.iter().map(length).sum();
    for (index, stretch) in stretches.iter().enumerate() {
        let is_last = index + 1 == stretches.len();
        let share = if sound_left > 0.0 {
            length(stretch) / sound_left * weight_left
        } else {
            0.0
        };
        let to_word = if is_last {
            words.len()
        } else {
            cut(&weights, &breaks, from_word, share)
        };
        let taken = weights.get(from_word..to_word).unwrap_or_default();
        let total: f64 = taken.iter().sum();
        let mut sum = 0.0;
        for (offset, weight) in taken.iter().enumerate() {
            sum += weight;
            let part = if total > 0.0 { sum / total } else { 1.0 };
            if let Some(end) = ends.get_mut(from_word + offset) {
                *end = stretch.start + Duration::from_secs_f64(length(stretch) * part);
            }
        }
        from_word = to_word;
        weight_left -= total;
        sound_left -= length(stretch);
    }
    ends
}

/// The word before which a stretch ends that holds about `share` of weight: a clause's end nearby wins.
fn cut(weights: &[f64], breaks: &[bool], from: usize, share: f64) -> usize {
    let mut sum = 0.0;
    let mut best = (f64::INFINITY, from);
    for (at, weight) in weights.iter().enumerate().skip(from) {
        sum += weight;
        let off = (sum - share).abs();
        // A pause inside a clause is less likely than a misjudged length.
        let off = if breaks.get(at).copied().unwrap_or(false) {
            off * 0.3
        } else {
            off
        };
        if off < best.0 {
            best = (off, at + 1);
        }
    }
    best.1
}

/// Stretches without the gaps that words have inside.
fn joined(stretches: &[Range<Duration>]) -> Vec<Range<Duration>> {
    let mut joined: Vec<Range<Duration>> = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        match joined.last_mut() {
            Some(last) if stretch.start.saturating_sub(last.end) < PAUSE_MIN => {
                last.end = last.end.max(stretch.end);
            }
            _ => joined.push(stretch.clone()),
        }
    }
    joined
}

fn length(stretch: &Range<Duration>) -> f64 {
    stretch.end.saturating_sub(stretch.start).as_secs_f64()
}

/// Time that a word takes, in letters: digits are read as words, and every word has a beginning.
fn weight(word: &str) -> f64 {
    let letters = word.chars().map(|c| match c {
        c if c.is_ascii_digit() => 4.0,
        c if c.is_alphabetic() => 1.0,
        _ => 0.0,
    });
    1.0 + letters.sum::<f64>()
}

fn ends_clause(text: &str, word: &Range<usize>) -> bool {
    let last = text.get(word.clone()).and_then(|word| word.chars().last());
    last.is_some_and(|mark| {
        matches!(
            mark,
            ',' | '.' | ';' | ':' | '!' | '?' | '—' | '–' | '…' | '。' | '、'
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn check(text: &str, sounding: Option<&Sounding>, heard: &[(u64, &str)]) {
        let timeline = Timeline::new(text, ms(1000), sounding);
        for (at, expect) in heard {
            assert_eq!(timeline.heard(text, ms(*at)), *expect, "{text:?} at {at}");
        }
    }

    #[test]
    fn without_any_sound_known_letters_are_even() {
        check(
            "one two three",
            None,
            &[(0, ""), (299, "one"), (650, "one two"), (1000, "one two three")],
        );
        check("où ça", None, &[(510, "où")]);
        check("", None, &[(500, "")]);
    }

    #[test]
    fn word_times_are_exact() {
        let times = Sounding::WordEnds(vec![ms(100), ms(200), ms(900)]);
        check(
            "one two three",
            Some(&times),
            &[(99, ""), (100, "one"), (899, "one two"), (900, "one two three")],
        );
    }

    #[test]
    fn as_many_times_as_words_or_none() {
        let times = Sounding::WordEnds(vec![ms(100)]);
        check("one two three", Some(&times), &[(150, "")]);
    }

    #[test]
    fn silence_around_the_sound_holds_no_words() {
        let sound = Sounding::Stretches(vec![ms(200)..ms(500)]);
        check(
            "one two",
            Some(&sound),
            &[(300, ""), (351, "one"), (500, "one two")],
        );
    }

    #[test]
    fn a_pause_in_the_sound_is_the_comma_in_the_text() {
        // By letters alone the first stretch would reach into "wait".
        let sound = Sounding::Stretches(vec![ms(0)..ms(450), ms(600)..ms(1000)]);
        check(
            "Well, wait a bit",
            Some(&sound),
            &[(449, ""), (451, "Well,"), (700, "Well,"), (800, "Well, wait")],
        );
    }

    #[test]
    fn a_dash_is_no_word() {
        let times = Sounding::WordEnds(vec![ms(100), ms(200)]);
        check("one — two", Some(&times), &[(150, "one —"), (200, "one — two")]);
    }
}
