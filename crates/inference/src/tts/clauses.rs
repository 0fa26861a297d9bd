//! Cuts text where a voice may breathe, so that the first words are heard before the last are made.

/// A clause shorter than this is not worth a cut, characters: it would sound chopped.
const CLAUSE_CHARS_MIN: usize = 24;
/// A clause longer than this is cut between words, characters: time and memory grow with its length.
const CLAUSE_CHARS_MAX: usize = 240;

/// The clauses of a text, in order; together they are the text but for the space between them.
pub fn clauses(text: &str) -> Vec<&str> {
    let mut clauses = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (clause, left) = rest.split_at(end_of_clause(rest));
        clauses.push(clause.trim());
        rest = left.trim_start();
    }
    clauses
}

/// Bytes of the first clause.
fn end_of_clause(text: &str) -> usize {
    let mut last_space = None;
    let mut chars = text.char_indices().enumerate().peekable();
    while let Some((count, (at, mark))) = chars.next() {
        let ends_word = chars.peek().is_none_or(|(_, (_, next))| next.is_whitespace());
        let is_sentence = matches!(mark, '.' | '!' | '?' | '…') && count + 1 >= CLAUSE_CHARS_MIN / 2;
        let is_pause = matches!(mark, ',' | ';' | ':' | '—') && count + 1 >= CLAUSE_CHARS_MIN;
        if ends_word && (is_sentence || is_pause) {
            return at + mark.len_utf8();
        }
        if mark.is_whitespace() {
            last_space = Some(at);
        }
        if count + 1 == CLAUSE_CHARS_MAX {
            return last_space.unwrap_or(at + mark.len_utf8());
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_pauses() {
        assert_eq!(
            clauses("Well, I thought about it all night, and you are right. Let's go!"),
            [
                "Well, I thought about it all night,",
                "and you are right.",
                "Let's go!"
            ]
        );
        assert_eq!(
            clauses("It costs 3.50 dollars in all"),
            ["It costs 3.50 dollars in all"]
        );
        assert!(clauses("  ").is_empty());
    }

    #[test]
    fn endless_text_is_cut_between_words() {
        let text = "word ".repeat(200);
        let cut = clauses(&text);
        assert!(
            cut.iter()
                .all(|clause| clause.len() <= CLAUSE_CHARS_MAX && clause.ends_with("word"))
        );
        assert_eq!(cut.join(" "), text.trim());
        assert_eq!(clauses(&"é".repeat(500)).len(), 3);
    }
}
