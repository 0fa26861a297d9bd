//! How many words of a transcript are wrong.

/// Words that are wrong, missing or too many in `heard`, and words of `said`.
pub fn errors(said: &str, heard: &str) -> (usize, usize) {
    let (said, heard) = (words(said), words(heard));
    // Distance between the words so far and each beginning of `heard`, a row a word of `said`.
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (place, word) in said.iter().enumerate() {
        let mut diagonal = place;
        let mut left = place + 1;
        let mut next = vec![left];
        for (other, above) in heard.iter().zip(row.iter().skip(1)) {
            let replaced = diagonal + usize::from(word != other);
            left = replaced.min(above + 1).min(left + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    (row.last().copied().unwrap_or(0), said.len())
}

/// Small letters and digits alone: how something is spelled or marked is no error of hearing.
fn words(text: &str) -> Vec<String> {
    let plain: String = text
        .chars()
        .filter(|character| *character != '\'' && *character != '’')
        .map(|character| {
            if character.is_alphanumeric() {
                character
            } else {
                ' '
            }
        })
        .collect();
    plain
        .to_lowercase()
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::errors;

    #[test]
    fn wrong_missing_and_extra_words_count_one_each() {
        for (said, heard, wrong, words) in [
            ("How old is the Bridge?", "how old is the bridge", 0, 5),
            ("How old is the Bridge?", "How cold is Bridge", 2, 5),
            ("don't", "dont it", 1, 1),
            ("one two", "", 2, 2),
            ("", "one", 1, 0),
            ("a b c", "b c a", 2, 3),
        ] {
            assert_eq!(errors(said, heard), (wrong, words), "{said} | {heard}");
        }
    }
}
