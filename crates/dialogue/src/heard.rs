//! How much of a speech was heard, in words.

use std::time::Duration;

/// The part of `text` that was heard when `heard` of `total` was played, cut after the last whole word.
///
/// Speech is taken to be even over the characters of one chunk, which is right to about a word for
/// the clause-sized chunks that are spoken here.
pub fn heard_text(text: &str, heard: Duration, total: Duration) -> &str {
    if heard >= total {
        return text;
    }
    let characters = text.chars().count();
    let share = heard.as_secs_f64() / total.as_secs_f64();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a length lies within it"
    )]
    let reached = (characters as f64 * share) as usize;
    let end = text.char_indices().nth(reached).map_or(text.len(), |(at, _)| at);
    let whole = match text[end..].chars().next() {
        Some(next) if !next.is_whitespace() => text[..end].rfind(char::is_whitespace).unwrap_or(0),
        _ => end,
    };
    text[..whole].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_after_the_last_whole_word() {
        let second = Duration::from_secs(1);
        assert_eq!(heard_text("one two three", Duration::ZERO, second), "");
        assert_eq!(heard_text("one two three", second / 2, second), "one");
        assert_eq!(heard_text("one two three", second * 2 / 3, second), "one two");
        assert_eq!(heard_text("one two three", second, second), "one two three");
        assert_eq!(heard_text("où ça", second / 2, second), "où");
    }
}
