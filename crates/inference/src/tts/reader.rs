//! Splits a text into words, numbers and pauses, and asks the dictionary for the sounds of each.

use super::dictionary::{Around, Dictionary};
use super::{grammar, numbers};

/// Pauses and tones that voices know.
const PAUSES: &str = ";:,.!?—…\"“”()";
/// Marks of stress; they stand before the sound they are for.
const STRESS: &str = "ˈˌ";
/// Sounds with which a word begins like a vowel.
const VOWELS: &str = "AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻɐ";

/// One thing to say, or to pause for.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    text: String,
    /// A space stands before it.
    spaced: bool,
    is_pause: bool,
}

/// The sounds of a text in the dictionary's notation.
pub(super) fn sounds(dictionary: &Dictionary, text: &str) -> String {
    let pieces = pieces(dictionary, text);
    let lower: Vec<String> = pieces.iter().map(|piece| piece.text.to_lowercase()).collect();
    let neighbour = |at: Option<usize>| {
        let at = at?;
        let piece = pieces.get(at).filter(|piece| !piece.is_pause)?;
        (!piece.text.is_empty())
            .then(|| lower.get(at).map(String::as_str))
            .flatten()
    };
    // From the end, because how a word sounds depends on what follows.
    let mut around = Around::default();
    let mut said: Vec<String> = Vec::with_capacity(pieces.len());
    for (at, piece) in pieces.iter().enumerate().rev() {
        let sounds = if piece.is_pause {
            piece.text.clone()
        } else {
            let word = lower.get(at).map_or("", String::as_str);
            let tag = grammar::tag(neighbour(at.checked_sub(1)), word, neighbour(at.checked_add(1)));
            let sounds = dictionary.sounds(&piece.text, tag, around).unwrap_or_default();
            around.to_next = word == "to";
            sounds
        };
        let first = sounds
            .chars()
            .find(|sound| PAUSES.contains(*sound) || (sound.is_alphabetic() && !STRESS.contains(*sound)));
        if let Some(first) = first {
            around.vowel_next = (!PAUSES.contains(first)).then(|| VOWELS.contains(first));
        }
        said.push(sounds);
    }
    let mut out = String::new();
    for (piece, sounds) in pieces.iter().zip(said.iter().rev()) {
        if piece.spaced && !out.is_empty() && !sounds.is_empty() {
            out.push(' ');
        }
        out.push_str(sounds);
    }
    // Endings that the dictionary adds by rule come with the flap as the phonetic alphabet writes it.
    out.replace('ɾ', "T")
}

fn pieces(dictionary: &Dictionary, text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for chunk in text.split_whitespace() {
        let mut spaced = true;
        let mut rest = chunk;
        while let Some(first) = rest.chars().next() {
            let end = piece_end(dictionary, rest, first);
            let (piece, left) = rest.split_at(end);
            rest = left;
            spaced = push(&mut pieces, piece, first, spaced);
        }
    }
    pieces
}

/// Adds what `piece` says; answers whether a space is still due.
fn push(pieces: &mut Vec<Piece>, piece: &str, first: char, spaced: bool) -> bool {
    let mut add = |text: &str, spaced: bool, is_pause: bool| {
        pieces.push(Piece {
            text: text.to_owned(),
            spaced,
            is_pause,
        });
    };
    if PAUSES.contains(first) {
        // A dash stands apart from the words around it, other marks lean on the word before.
        let opens = matches!(first, '(' | '“');
        add(piece, spaced && (opens || first == '—'), true);
        return spaced && !opens && first != '—';
    }
    if let Some(said) = numbers::words(piece) {
        for (at, word) in said.split_whitespace().enumerate() {
            add(word, at > 0 || spaced, false);
        }
        return true;
    }
    let word = match first {
        '&' => "and",
        '+' => "plus",
        '@' => "at",
        '%' => "percent",
        '=' => "equals",
        _ if first.is_alphabetic() => piece,
        // A hyphen, a slash: nothing to hear, and words on both sides are one.
        _ => return spaced && !matches!(first, '-' | '/'),
    };
    add(word, spaced, false);
    // What follows without a space is a word of its own only after a sign.
    !first.is_alphabetic()
}

/// Where the piece ends that `rest` begins with.
fn piece_end(dictionary: &Dictionary, rest: &str, first: char) -> usize {
    let is_sign = matches!(first, '$' | '£' | '€' | '#' | '-' | '+');
    if first.is_ascii_digit() || (is_sign && numbers::words(rest).is_some()) {
        let after_sign = if first.is_ascii_digit() {
            0
        } else {
            first.len_utf8()
        };
        let tail = rest.get(after_sign..).unwrap_or_default();
        let is_part =
            |mark: char| mark.is_ascii_alphanumeric() || matches!(mark, ',' | '.' | '%' | '$' | '£' | '€');
        let end = tail.find(|mark| !is_part(mark)).unwrap_or(tail.len());
        // A full stop or comma behind the last digit belongs to the sentence.
        let number = tail.get(..end).unwrap_or_default().trim_end_matches([',', '.']);
        return after_sign + number.len().max(1);
    }
    if !first.is_alphabetic() {
        return first.len_utf8();
    }
    let end = rest
        .find(|mark: char| !mark.is_alphabetic() && mark != '\'')
        .unwrap_or(rest.len());
    // `Mr.`, `U.S.A.`, `a.m.`: with the full stops it is an entry, or letters one by one.
    let dotted_end = rest
        .find(|mark: char| !mark.is_alphabetic() && mark != '.')
        .unwrap_or(rest.len());
    let dotted = rest.get(..dotted_end).unwrap_or_default();
    let is_initials = dotted.len() > 3 && dotted.split_terminator('.').all(|part| part.chars().count() == 1);
    if dotted_end > end && (dictionary.has(dotted) || is_initials) {
        return dotted_end;
    }
    let word = rest.get(..end).unwrap_or_default();
    let trimmed = word.trim_end_matches('\'');
    let word = if trimmed.is_empty() { word } else { trimmed };
    if dictionary.has(word) || dictionary.has(&word.to_lowercase()) {
        return word.len();
    }
    camel_end(word)
}

/// `WiFi`, `iPhone`: unknown words end before a capital that follows a small letter.
fn camel_end(word: &str) -> usize {
    let mut before = None;
    for (at, letter) in word.char_indices() {
        if letter.is_uppercase() && before.is_some_and(char::is_lowercase) {
            return at;
        }
        before = Some(letter);
    }
    word.len()
}
