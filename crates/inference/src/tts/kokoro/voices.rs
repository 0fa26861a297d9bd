//! Kokoro's voices: tables of styles, one for each length of a text.
//!
//! A voice's name tells its language by the first letter (`a` and `b` English, `j` Japanese) and the speaker's
//! sex by the second. English voices are a file each; the Japanese ones stand together in one NumPy archive,
//! as their package has them.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use zip::ZipArchive;

use super::{Language, NAME, SYMBOLS_MAX};
use crate::error::InferenceError;
use crate::models::KOKORO_JAPANESE_VOICES;

/// Numbers of one style.
pub(super) const STYLE_LEN: usize = 256;
/// Bytes of a voice's numbers.
const BYTES: usize = SYMBOLS_MAX * STYLE_LEN * 4;
/// What an array of NumPy begins with: its mark, version 1.0, and how long its description is.
const ARRAY_MARK: &[u8] = b"\x93NUMPY\x01\x00";
/// More than the description of an array takes, bytes.
const DESCRIPTION_BYTES_MAX: usize = 1_024;
const PACE_MIN: f32 = 0.5;
const PACE_MAX: f32 = 2.0;

/// A voice that was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Asked<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// How much faster than usual it speaks.
    pub(super) pace: f32,
}

impl<'a> Asked<'a> {
    /// Divides `af_heart/1.1` into voice and pace.
    pub(super) fn parse(asked: &'a str) -> Result<Self, InferenceError> {
        let (name, pace) = asked
            .trim()
            .split_once('/')
            .map_or((asked.trim(), Some(1.0)), |(name, pace)| {
                (name, pace.parse().ok())
            });
        // It becomes part of a path.
        let is_name = !name.is_empty()
            && name
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter == '_');
        match pace {
            Some(pace) if is_name && (PACE_MIN..=PACE_MAX).contains(&pace) => Ok(Self { name, pace }),
            _ => {
                let example = Language::English.voice_default();
                Err(InferenceError::Input {
                    model: NAME,
                    detail: format!(
                        "voice {asked:?} is not the name of one ({example}), with or without a pace from \
                         {PACE_MIN} to {PACE_MAX} ({example}/1.1)"
                    ),
                })
            }
        }
    }

    /// The same voice, or in its place one of the same sex that learnt the language.
    pub(super) fn speaking(self, language: Language) -> Self {
        let name = match Language::of_voice(self.name) {
            Some(learnt) if learnt != language => language.voice_like(self.name),
            _ => self.name,
        };
        Self { name, ..self }
    }
}

impl Language {
    /// The language that a voice learnt; `None` where its name doesn't say.
    fn of_voice(name: &str) -> Option<Self> {
        match (name.chars().next()?, name.chars().nth(2)?) {
            ('a' | 'b', '_') => Some(Self::English),
            ('j', '_') => Some(Self::Japanese),
            _ => None,
        }
    }

    /// Voice of a character that names none.
    pub(super) fn voice_default(self) -> &'static str {
        match self {
            Self::English => "af_heart",
            Self::Japanese => "jf_alpha",
        }
    }

    /// The voice of this language that stands in for one of another.
    fn voice_like(self, name: &str) -> &'static str {
        let is_male = name.chars().nth(1) == Some('m');
        match self {
            Self::English if is_male => "am_michael",
            Self::Japanese if is_male => "jm_kumo",
            _ => self.voice_default(),
        }
    }
}

/// The styles of the voices that spoke so far.
pub(super) struct Voices {
    folder: PathBuf,
    read: Mutex<HashMap<String, Arc<Vec<f32>>>>,
}

impl Voices {
    /// The voices in a model's folder; none is read yet.
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            read: Mutex::default(),
        }
    }

    /// The styles of a voice, read when it first speaks.
    ///
    /// # Errors
    /// When there is no such voice, or its file is none.
    pub(super) fn styles(&self, name: &str) -> Result<Arc<Vec<f32>>, InferenceError> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(styles) = read.get(name) {
            return Ok(Arc::clone(styles));
        }
        let bytes = match Language::of_voice(name) {
            Some(Language::Japanese) => from_archive(&self.folder.join(KOKORO_JAPANESE_VOICES), name)?,
            _ => from_file(&self.folder.join(format!("{name}.bin")))?,
        };
        let (numbers, _) = bytes.as_chunks::<4>();
        let styles: Arc<Vec<f32>> =
            Arc::new(numbers.iter().map(|number| f32::from_le_bytes(*number)).collect());
        read.insert(name.to_owned(), Arc::clone(&styles));
        Ok(styles)
    }
}

fn no_voice(path: &Path) -> InferenceError {
    InferenceError::load(NAME, format!("{} is no voice", path.display()))
}

fn from_file(path: &Path) -> Result<Vec<u8>, InferenceError> {
    let bytes = std::fs::read(path)
        .map_err(|error| InferenceError::load(NAME, format!("{}: {error}", path.display())))?;
    if bytes.len() == BYTES {
        Ok(bytes)
    } else {
        Err(no_voice(path))
    }
}

fn from_archive(path: &Path, name: &str) -> Result<Vec<u8>, InferenceError> {
    let named = |error: &dyn std::fmt::Display| {
        InferenceError::load(NAME, format!("{}: voice {name}: {error}", path.display()))
    };
    let file = BufReader::new(File::open(path).map_err(|error| named(&error))?);
    let mut archive = ZipArchive::new(file).map_err(|error| named(&error))?;
    let member = archive
        .by_name(&format!("{name}.npy"))
        .map_err(|error| named(&error))?;
    let mut array = Vec::new();
    member
        .take((BYTES + DESCRIPTION_BYTES_MAX) as u64)
        .read_to_end(&mut array)
        .map_err(|error| named(&error))?;
    numbers_of(&array)
        .map(<[u8]>::to_vec)
        .ok_or_else(|| no_voice(path))
}

/// The numbers of an array of 32-bit floats; `None` if it is another array, or not as large as a voice.
fn numbers_of(array: &[u8]) -> Option<&[u8]> {
    let (len, rest) = array.strip_prefix(ARRAY_MARK)?.split_first_chunk::<2>()?;
    let (description, numbers) = rest.split_at_checked(usize::from(u16::from_le_bytes(*len)))?;
    let description = std::str::from_utf8(description).ok()?;
    let is_rows_of_floats = description.contains("'<f4'") && description.contains("'fortran_order': False");
    (is_rows_of_floats && numbers.len() == BYTES).then_some(numbers)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn voices_have_a_name_and_a_pace() {
        let asked = |name, pace| Ok(Asked { name, pace });
        assert_eq!(Asked::parse("bm_george"), asked("bm_george", 1.0));
        assert_eq!(Asked::parse(" jf_alpha/1.25"), asked("jf_alpha", 1.25));
        for name in ["", "/1.1", "../secret", "af_heart/", "af_heart/9", "AF"] {
            assert!(Asked::parse(name).is_err(), "{name}");
        }
    }

    #[test]
    fn another_languages_voice_has_a_stand_in() {
        for (name, language, expected) in [
            ("bf_emma", Language::Japanese, "jf_alpha"),
            ("am_adam", Language::Japanese, "jm_kumo"),
            ("jf_nezumi", Language::Japanese, "jf_nezumi"),
            ("jf_nezumi", Language::English, "af_heart"),
            ("jm_kumo", Language::English, "am_michael"),
            ("bm_george", Language::English, "bm_george"),
            // It is told that there is no such voice.
            ("my_own", Language::Japanese, "my_own"),
            ("jane", Language::English, "jane"),
        ] {
            let asked = Asked { name, pace: 1.2 }.speaking(language);
            assert_eq!((asked.name, asked.pace), (expected, 1.2));
        }
    }

    #[test]
    fn arrays_are_taken_as_they_say() {
        let array = |description: &str, len: usize| {
            let size = u16::try_from(description.len()).unwrap().to_le_bytes();
            [ARRAY_MARK, &size, description.as_bytes(), &vec![1; len]].concat()
        };
        let right = "{'descr': '<f4', 'fortran_order': False, 'shape': (510, 1, 256), }";
        assert_eq!(numbers_of(&array(right, BYTES)).map(<[u8]>::len), Some(BYTES));
        assert!(numbers_of(&array(right, BYTES - 1)).is_none());
        assert!(numbers_of(&array("{'descr': '<f8', 'fortran_order': False}", BYTES)).is_none());
        assert!(numbers_of(b"\x93NUMPY\x01\x00\xff\xff").is_none());
        assert!(numbers_of(b"").is_none());
    }
}
