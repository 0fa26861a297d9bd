//! Cuts text where a voice may breathe, so that the first words are heard before the last are made.

/// A clause shorter than this is not worth a cut, in widths: it would sound chopped.
const CLAUSE_WIDTH_MIN: usize = 24;
/// A clause longer than this is cut between words, in widths: time and memory grow with its length.
const CLAUSE_WIDTH_MAX: usize = 240;
/// Words before which a speaker may hesitate.
const JOINTS: [&str; 24] = [
    "and", "or", "but", "because", "that", "which", "who", "with", "for", "to", "of", "in", "on", "at",
    "from", "when", "where", "while", "if", "as", "than", "so", "about", "into",
];
/// Width of a kana or a kanji, where that of a letter is 1: it is a syllable or two.
const WIDE: usize = 3;

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

/// Cuts like [`clauses`], and longer ones further, for a voice that takes a while: the first piece is about `first`
/// wide, and each next one at most `growth` times as wide as the one before, so that it is made while that one is heard.
/// Words that go together stay together where there is a choice.
pub fn pieces(text: &str, first: usize, growth: f64) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut limit = first as f64;
    for clause in clauses(text) {
        let mut rest = clause;
        while let Some(end) = cut(rest, limit as usize) {
            let (piece, left) = rest.split_at(end);
            pieces.push(piece.trim());
            rest = left.trim_start();
            limit *= growth;
        }
        pieces.push(rest);
        limit = (width(rest) as f64).min(limit).max(first as f64) * growth;
    }
    pieces
}

/// Where a clause wider than `limit` is cut, in bytes; `None` if it is hardly wider, or has no place for it.
fn cut(clause: &str, limit: usize) -> Option<usize> {
    if width(clause) <= limit + limit / 2 {
        return None;
    }
    let mut best: Option<(usize, bool)> = None;
    let mut so_far = 0;
    for (at, mark) in clause.char_indices() {
        if so_far > limit {
            break;
        }
        if mark.is_whitespace() {
            // A joint in the second half is worth a shorter piece.
            let is_joint = so_far * 2 > limit && begins_with_joint(clause.get(at..).unwrap_or_default());
            if is_joint || best.is_none_or(|(_, was_joint)| !was_joint) {
                best = Some((at, is_joint));
            }
        }
        so_far += width_of(mark);
    }
    best.map(|(at, _)| at).filter(|at| *at > 0)
}

fn begins_with_joint(text: &str) -> bool {
    text.split_whitespace()
        .next()
        .is_some_and(|word| JOINTS.contains(&word))
}

fn width(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

fn width_of(mark: char) -> usize {
    if is_wide(mark) { WIDE } else { 1 }
}

/// Bytes of the first clause.
fn end_of_clause(text: &str) -> usize {
    let mut last_pause = None;
    let mut width = 0;
    let mut before = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, mark)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let end = at + mark.len_utf8();
        width += width_of(mark);
        if ends_word(mark, next) {
            let is_quoted_sentence =
                is_closing(mark) && before.is_some_and(is_sentence_mark) && next != Some('と');
            let is_sentence = is_sentence_mark(mark) || is_quoted_sentence;
            let is_pause = matches!(mark, ',' | ';' | ':' | '—' | '、' | '，');
            let width_min = if is_sentence {
                CLAUSE_WIDTH_MIN / 2
            } else {
                CLAUSE_WIDTH_MIN
            };
            if (is_sentence || is_pause) && width >= width_min {
                return end;
            }
        }
        if mark.is_whitespace() {
            last_pause = Some(at);
        } else if mark == '、' {
            last_pause = Some(end);
        }
        if width >= CLAUSE_WIDTH_MAX {
            return last_pause.unwrap_or(end);
        }
        before = Some(mark);
    }
    text.len()
}

/// Whether a word ends behind `mark`. Marks of full width bring no space; what closes a quotation belongs to it.
fn ends_word(mark: char, next: Option<char>) -> bool {
    next.is_none_or(|next| {
        let goes_on = is_closing(next) || is_sentence_mark(next);
        next.is_whitespace()
            || (is_wide(mark) && !goes_on)
            || (matches!(mark, '!' | '?') && is_wide(next) && !goes_on)
    })
}

fn is_sentence_mark(mark: char) -> bool {
    matches!(mark, '.' | '!' | '?' | '…' | '。' | '！' | '？')
}

fn is_closing(mark: char) -> bool {
    matches!(mark, '」' | '』' | '）')
}

/// Characters of East Asian scripts, and marks of their width.
fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF01}'..='\u{FF60}' | '\u{20000}'..='\u{323AF}')
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
    fn pieces_grow_and_begin_where_a_speaker_may_hesitate() {
        let text =
            "I would like to hear what the people of this little town think about the bridge that was built";
        let cut = pieces(text, 24, 2.0);
        assert_eq!(
            cut,
            [
                "I would like to hear",
                "what the people of this little town think",
                "about the bridge that was built"
            ]
        );
        assert_eq!(cut.join(" "), text);
        assert_eq!(
            pieces("Yes, of course. I will.", 24, 2.0),
            ["Yes, of course.", "I will."]
        );
        assert_eq!(pieces(text, 24, 1.0).join(" "), text);
        assert_eq!(
            pieces("駅の前で待っています駅の前で待っています", 6, 1.0).len(),
            1
        );
    }

    #[test]
    fn endless_text_is_cut_between_words() {
        let text = "word ".repeat(200);
        let cut = clauses(&text);
        assert!(
            cut.iter()
                .all(|clause| clause.len() <= CLAUSE_WIDTH_MAX && clause.ends_with("word"))
        );
        assert_eq!(cut.join(" "), text.trim());
        assert_eq!(clauses(&"é".repeat(500)).len(), 3);
    }

    #[test]
    fn japanese_is_cut_at_its_own_marks() {
        assert_eq!(
            clauses(
                "はい、分かりました。明日の朝は、駅の前で待っています！？「行こう。」と言った。いい?いいよ"
            ),
            [
                "はい、分かりました。",
                "明日の朝は、駅の前で待っています！？",
                "「行こう。」と言った。",
                "いい?いいよ"
            ]
        );
        assert_eq!(
            clauses("「もう帰るの。」「うん、帰る。」"),
            ["「もう帰るの。」", "「うん、帰る。」"]
        );
        let endless = clauses(&"漢字".repeat(100)).len();
        assert_eq!(endless, 3);
    }
}
