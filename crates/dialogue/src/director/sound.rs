//! How names sound. A recogniser writes the spelling that it knows: Hannah for Hana, Dorothy for Dorothea.

/// Consonants from which on two words are one name by them and the places of vowels alone.
const CONSONANTS_MIN: usize = 3;
/// A run of vowels.
const VOWELS: char = 'V';

/// What is left of a word without its spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sound {
    /// One character a sound, each once where it is doubled.
    whole: String,
    /// The same with [`VOWELS`] for each run of vowels.
    frame: String,
}

impl Sound {
    /// Of a word in lower case, by English spelling.
    pub(super) fn of(word: &str) -> Self {
        let (mut whole, mut frame) = (String::new(), String::new());
        let letters: Vec<char> = word.chars().collect();
        let mut at = 0;
        while let Some(&letter) = letters.get(at) {
            let next = letters.get(at + 1).copied().unwrap_or(' ');
            let (sound, length) = match (letter, next) {
                ('p', 'h') => ("f", 2),
                ('t', 'h') => ("0", 2),
                ('s', 'h') => ("S", 2),
                ('c', 'h') => ("C", 2),
                ('c', 'k') => ("k", 2),
                ('g', 'h') => ("", 2),
                ('c', 'e' | 'i' | 'y') | ('z', _) => ("s", 1),
                ('c' | 'q', _) => ("k", 1),
                ('x', _) => ("ks", 1),
                ('y', _) => ("i", 1),
                // Only at the beginning is it heard.
                ('h', _) if at > 0 => ("", 1),
                _ => ("", 0),
            };
            if length == 0 {
                add(&mut whole, &mut frame, letter);
            }
            sound.chars().for_each(|sound| add(&mut whole, &mut frame, sound));
            at += length.max(1);
        }
        Self { whole, frame }
    }

    /// Whether a listener might take one for the other.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let consonants = self.frame.chars().filter(|sound| *sound != VOWELS).count();
        self.whole == other.whole || consonants >= CONSONANTS_MIN && self.frame == other.frame
    }
}

fn add(whole: &mut String, frame: &mut String, sound: char) {
    if !whole.ends_with(sound) {
        whole.push(sound);
    }
    let place = if matches!(sound, 'a' | 'e' | 'i' | 'o' | 'u') {
        VOWELS
    } else {
        sound
    };
    if !frame.ends_with(place) {
        frame.push(place);
    }
}

#[cfg(test)]
mod tests {
    use super::Sound;

    #[test]
    fn spellings_of_one_name_sound_alike() {
        let alike = |one: &str, other: &str| Sound::of(one).is_like(&Sound::of(other));
        for (name, written) in [
            ("hana", "hannah"),
            ("dorothea", "dorothy"),
            ("felix", "phelicks"),
            ("idris", "edriss"),
            ("theo", "theo"),
        ] {
            assert!(alike(name, written), "{name} {written}");
        }
        for (name, written) in [
            ("theo", "though"),
            ("ada", "adage"),
            ("felix", "phoenix"),
            ("bruno", "brain"),
            ("hana", "hen"),
        ] {
            assert!(!alike(name, written), "{name} {written}");
        }
    }
}
