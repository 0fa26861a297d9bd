//! What came of a call, in words for the model.

/// Longest text that a model is given, characters: a page of a book, and a third of what it remembers of the talk.
const TEXT_CHARS_MAX: usize = 4_000;

/// Why a call brought nothing. What it says goes to the model: no address, no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Problem {
    #[error("There is no such tool.")]
    Unknown,
    #[error("The arguments must be a JSON object.")]
    Arguments,
    #[error("The argument {0} is missing or can't be used.")]
    Argument(String),
    #[error("The tool may not be used here.")]
    Refused,
    #[error("The tool took too long and was given up; it may have done it nevertheless.")]
    TooSlow,
    #[error("The tool can't be reached.")]
    Unreachable,
    #[error("The tool broke off in the middle of its answer.")]
    BrokenOff,
    #[error("The tool's answer is too long or no text.")]
    Unreadable,
    #[error("The tool failed ({0}).")]
    Status(u16),
    /// The tool's own words.
    #[error("The tool failed: {0}")]
    Failed(String),
}

/// Text of a tool as a model is given it: without control characters, and cut where it gets too long.
pub(super) fn presentable(text: &str) -> String {
    let mut kept: String = text
        .trim()
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .take(TEXT_CHARS_MAX + 1)
        .collect();
    if let Some((end, _)) = kept.char_indices().nth(TEXT_CHARS_MAX) {
        kept.truncate(end);
        kept.push_str(" [cut here]");
    }
    if kept.is_empty() { "Done.".to_owned() } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_model_is_given_is_text_of_a_bounded_length() {
        assert_eq!(presentable(" a\u{0}b\n "), "ab");
        assert_eq!(presentable(""), "Done.");
        let long = presentable(&"ä".repeat(TEXT_CHARS_MAX + 5));
        assert!(long.ends_with("ä [cut here]"));
        assert_eq!(long.chars().count(), TEXT_CHARS_MAX + 11);
        assert_eq!(
            presentable(&"ä".repeat(TEXT_CHARS_MAX)).chars().count(),
            TEXT_CHARS_MAX
        );
    }
}
