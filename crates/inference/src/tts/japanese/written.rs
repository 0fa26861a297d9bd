//! Text as it is written → pieces, each of which is said in its own way.

use unicode_normalization::UnicodeNormalization;

use super::{kana, numbers};

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Kanji and kana, for the dictionary.
    Japanese(&'a str),
    /// Latin letters.
    Latin(&'a str),
    /// What is said in any case, in kana.
    Said(String),
    /// A pause or a quotation mark, in the notation of the sounds.
    Mark(char),
    /// Space, or what is neither said nor a pause.
    Gap,
}

/// Symbols that are said.
const SYMBOLS: &[(char, &str)] = &[
    ('&', "アンド"),
    ('+', "プラス"),
    ('=', "イコール"),
    ('@', "アットマーク"),
    ('#', "シャープ"),
    ('%', "パーセント"),
    ('→', "ヤジルシ"),
    ('〒', "ユービンバンゴー"),
];

/// One width for letters, digits and marks, and composed kana (NFKC). Marks for which that form has only a
/// replacement are kept.
pub(super) fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive('…') {
        match part.strip_suffix('…') {
            Some(before) => {
                out.extend(before.nfkc());
                out.push('…');
            }
            None => out.extend(part.nfkc()),
        }
    }
    out
}

/// The pieces of a text of [`normal`] form.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut before = None;
    while let Some(first) = rest.chars().next() {
        let (piece, len) = piece(rest, first, before);
        let (taken, left) = rest.split_at(len);
        before = taken.chars().next_back();
        pieces.push(piece);
        rest = left;
    }
    pieces
}

fn piece(text: &str, first: char, before: Option<char>) -> (Piece<'_>, usize) {
    if let Some((said, len)) = numbers::scan(text) {
        return (Piece::Said(said), len);
    }
    let run = |of: fn(char) -> bool| text.find(|letter| !of(letter)).unwrap_or(text.len());
    if is_japanese(first) {
        let len = run(is_japanese);
        return (Piece::Japanese(text.get(..len).unwrap_or_default()), len);
    }
    if first.is_alphabetic() {
        let len = run(|letter| (letter.is_alphabetic() && !is_japanese(letter)) || letter == '\'');
        return (Piece::Latin(text.get(..len).unwrap_or_default()), len);
    }
    if matches!(first, '〜' | '~') {
        return (wave(text, first, before), first.len_utf8());
    }
    let said = SYMBOLS.iter().find(|(symbol, _)| *symbol == first);
    let piece = match (said, mark(first)) {
        (Some((_, said)), _) => Piece::Said((*said).to_owned()),
        (None, Some(mark)) => Piece::Mark(mark),
        (None, None) => Piece::Gap,
    };
    (piece, first.len_utf8())
}

/// A wave is *from … to* before a number, and else a long vowel.
fn wave(text: &str, wave: char, before: Option<char>) -> Piece<'static> {
    let after = text.get(wave.len_utf8()..).and_then(|rest| rest.chars().next());
    if after.is_some_and(|after| after.is_ascii_digit()) && before.is_some() {
        Piece::Said("カラ".to_owned())
    } else if before.is_some_and(kana::is_kana) {
        Piece::Said("ー".to_owned())
    } else {
        Piece::Gap
    }
}

/// What the dictionary reads: kana, kanji, and the signs that repeat them.
pub(super) fn is_japanese(letter: char) -> bool {
    kana::is_kana(letter) || is_kanji(letter)
}

pub(super) fn is_kanji(letter: char) -> bool {
    matches!(letter, '々' | '〆' | '〇' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{323AF}')
}

/// The mark that the voices know for one that is written.
fn mark(written: char) -> Option<char> {
    Some(match written {
        '。' | '.' | '\n' => '.',
        '、' | ',' | '(' | ')' | '[' | ']' | '【' | '】' | '《' | '》' | '/' => ',',
        '!' => '!',
        '?' => '?',
        '…' | '‥' => '…',
        ':' => ':',
        ';' => ';',
        '—' | '―' | '–' => '—',
        '「' | '『' | '“' | '«' => '“',
        '」' | '』' | '”' | '»' => '”',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_falls_into_pieces() {
        let said = |text: &str| Piece::Said(text.to_owned());
        assert_eq!(
            pieces(&normal("「ＡＩ」は３本、ｶﾞﾗｽ〜！")),
            [
                Piece::Mark('“'),
                Piece::Latin("AI"),
                Piece::Mark('”'),
                Piece::Japanese("は"),
                said("サンボン"),
                Piece::Mark(','),
                Piece::Japanese("ガラス"),
                said("ー"),
                Piece::Mark('!'),
            ]
        );
        assert_eq!(
            pieces(&normal("3〜5人 100%…🙂")),
            [
                said("サン"),
                said("カラ"),
                said("ゴニン"),
                Piece::Gap,
                said("ヒャクパーセント"),
                Piece::Mark('…'),
                Piece::Gap,
            ]
        );
        assert!(pieces("").is_empty());
    }
}
