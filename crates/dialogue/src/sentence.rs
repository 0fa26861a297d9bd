//! Cuts a reply into chunks that text-to-speech can speak.

use std::time::Duration;

use crate::length::expected_length;

/// The first chunk may be as short as this clause, so that speech starts early, characters.
const FIRST_CLAUSE_MIN: usize = 4;
/// Later chunks end at sentences; a sentence shorter than this waits for the next, characters.
const SENTENCE_MIN: usize = 12;
/// A later sentence longer than this may also end at a clause, characters.
const CLAUSE_FROM: usize = 120;
/// A chunk is cut at a word when it grows past this without any stop, characters.
const CHUNK_MAX: usize = 240;

/// A chunk without any stop has at least so many words.
const HURRIED_WORDS_MIN: usize = 4;
/// Letters of the word that such a chunk ends with: what is shorter is mostly an article or a preposition, which leans
/// on the next word.
const HURRIED_LETTERS_MIN: usize = 4;

/// Collects streamed text and hands out chunks: the first clause at once, then whole sentences.
#[derive(Debug, Clone, Default)]
pub struct Chunker {
    buffer: String,
    spoken: bool,
}

impl Chunker {
    /// Takes the next piece of text.
    pub fn push(&mut self, delta: &str) {
        self.buffer.push_str(delta);
    }

    /// The next chunk that is complete, without surrounding space. The first one is expected to sound for `first_sound`
    /// at least.
    pub fn next_chunk(&mut self, first_sound: Duration) -> Option<String> {
        while let Some(end) = self.boundary(first_sound) {
            let rest = self.buffer.split_off(end);
            let chunk = std::mem::replace(&mut self.buffer, rest);
            if let Some(chunk) = speakable(&chunk) {
                self.spoken = true;
                return Some(chunk);
            }
        }
        None
    }

    /// The next words without a stop, for when a stop is too long in coming.
    pub fn hurried_chunk(&mut self) -> Option<String> {
        let mut words = 0;
        let mut letters = 0;
        let mut end = None;
        for (at, mark) in self.buffer.char_indices() {
            if !mark.is_whitespace() {
                letters += usize::from(mark.is_alphabetic());
                continue;
            }
            words += usize::from(letters > 0);
            if words >= HURRIED_WORDS_MIN && letters >= HURRIED_LETTERS_MIN {
                end = Some(at);
            }
            letters = 0;
        }
        let rest = self.buffer.split_off(end?);
        let chunk = std::mem::replace(&mut self.buffer, rest);
        self.spoken = true;
        speakable(&chunk)
    }

    /// What is left when no more text comes.
    pub fn finish(&mut self) -> Option<String> {
        let rest = std::mem::take(&mut self.buffer);
        speakable(&rest)
    }

    /// The byte after the first usable stop. A stop counts once the character after it is known, so
    /// that "3.5" and "e.g" are not cut.
    fn boundary(&self, first_sound: Duration) -> Option<usize> {
        let mut last_space = None;
        let mut length = 0;
        let mut marks = self.buffer.char_indices().peekable();
        while let Some((at, mark)) = marks.next() {
            length += 1;
            let end = at + mark.len_utf8();
            if mark == '\n' && length > 1 && self.may_end(at, first_sound) {
                return Some(end);
            }
            if mark.is_whitespace() {
                last_space = Some(end);
            }
            let wide = matches!(mark, '。' | '！' | '？' | '、' | '，');
            let closes = match marks.peek() {
                Some((_, next)) => wide || next.is_whitespace() || matches!(next, '"' | '”' | ')'),
                None => false,
            };
            if closes && self.is_stop(mark, length, at) && self.may_end(end, first_sound) {
                return Some(end);
            }
            if length >= CHUNK_MAX
                && let Some(space) = last_space
            {
                return Some(space);
            }
        }
        None
    }

    /// Whether a chunk may end at this byte, as far as its length goes.
    fn may_end(&self, end: usize, first_sound: Duration) -> bool {
        self.spoken || expected_length(&self.buffer[..end]) >= first_sound
    }

    fn is_stop(&self, mark: char, length: usize, at: usize) -> bool {
        let sentence = matches!(mark, '.' | '!' | '?' | '…' | '。' | '！' | '？');
        let clause = matches!(mark, ',' | ';' | ':' | '—' | '–' | '、' | '，');
        if mark == '.' && is_abbreviation(&self.buffer[..at]) {
            return false;
        }
        if self.spoken {
            sentence && length >= SENTENCE_MIN || clause && length >= CLAUSE_FROM
        } else {
            sentence || clause && length >= FIRST_CLAUSE_MIN
        }
    }
}

/// Whether the text before a full stop ends in an abbreviation or an initial.
fn is_abbreviation(before: &str) -> bool {
    let word = before
        .rsplit(|c: char| c.is_whitespace())
        .next()
        .unwrap_or_default();
    matches!(
        word,
        "Mr" | "Mrs" | "Ms" | "Dr" | "St" | "Prof" | "vs" | "etc" | "No" | "Jr" | "Sr"
    ) || word.chars().count() == 1 && word.chars().all(char::is_uppercase) && word != "I"
}

fn speakable(chunk: &str) -> Option<String> {
    let chunk = chunk.trim();
    chunk.chars().any(char::is_alphanumeric).then(|| chunk.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `text` letter by letter: chunks may not depend on how the stream was cut.
    fn check_of(first_sound: Duration, text: &str, expect: &[&str]) {
        let mut chunker = Chunker::default();
        let mut chunks = Vec::new();
        for letter in text.chars() {
            chunker.push(&letter.to_string());
            while let Some(chunk) = chunker.next_chunk(first_sound) {
                chunks.push(chunk);
            }
        }
        chunks.extend(chunker.finish());
        assert_eq!(chunks, expect, "{text:?}");
    }

    fn check(text: &str, expect: &[&str]) {
        check_of(Duration::ZERO, text, expect);
    }

    #[test]
    fn the_first_clause_goes_out_at_once_and_sentences_follow() {
        check(
            "Sure, I can help you with that. Let me look, slowly, at the details. Done.",
            &[
                "Sure,",
                "I can help you with that.",
                "Let me look, slowly, at the details.",
                "Done.",
            ],
        );
    }

    #[test]
    fn a_slow_voice_has_a_first_chunk_that_lasts_until_the_next_is_made() {
        let first_sound = Duration::from_millis(750);
        check_of(
            first_sound,
            "Sure, I can help, of course. Let me look.",
            &["Sure, I can help,", "of course. Let me look."],
        );
        check_of(
            first_sound,
            "Oh!\nYes. Well, then it is so. I see.",
            &["Oh!\nYes. Well,", "then it is so.", "I see."],
        );
        check_of(first_sound, "Sure.", &["Sure."]);
        check_of(
            first_sound,
            "はい、そうです。お茶を飲みましょう。",
            &["はい、そうです。", "お茶を飲みましょう。"],
        );
    }

    #[test]
    fn slow_words_are_not_waited_for() {
        let mut chunker = Chunker::default();
        chunker.push("I was thinking ");
        assert_eq!(chunker.hurried_chunk(), None, "too few");
        chunker.push("of the ");
        assert_eq!(chunker.hurried_chunk(), None, "an article leans on what follows");
        chunker.push("weather in ");
        assert_eq!(
            chunker.hurried_chunk().as_deref(),
            Some("I was thinking of the weather")
        );
        chunker.push("London this morning, and of tea, ");
        assert_eq!(chunker.next_chunk(Duration::ZERO), None);
        assert_eq!(
            chunker.hurried_chunk().as_deref(),
            Some("in London this morning,")
        );
        chunker.push("mostly. So ");
        let rest = chunker.next_chunk(Duration::ZERO);
        assert_eq!(rest.as_deref(), Some("and of tea, mostly."));
    }

    #[test]
    fn numbers_and_abbreviations_are_not_cut() {
        check(
            "It is 3.5 metres, says Dr. Who.",
            &["It is 3.5 metres,", "says Dr. Who."],
        );
        check("J. R. was here.", &["J. R. was here."]);
    }

    #[test]
    fn nothing_unspeakable_is_a_chunk() {
        check("... \n\n — ", &[]);
        check("  ", &[]);
    }

    #[test]
    fn endless_text_is_cut_at_a_word() {
        let text = "word ".repeat(100);
        let mut chunker = Chunker::default();
        chunker.push(&text);
        let chunk = chunker.next_chunk(Duration::ZERO).unwrap_or_default();
        assert!(chunk.len() <= CHUNK_MAX && chunk.ends_with("word"));
    }
}
