//! How written words sound: MeCab's dictionary IPADIC, as the package `kuromoji` lays it out in tables.
//!
//! A trie maps a spelling to its entries. Each entry has a cost, the contexts that it makes on its left and
//! right, and a line that says what it is. Whatever the tables say is checked when they are loaded.

mod connections;
mod file;
mod lattice;
mod trie;
mod unknown;

use std::ops::Range;
use std::path::Path;

use connections::Connections;
use file::Numbers;
use trie::Trie;
use unknown::Classes;

use crate::error::InferenceError;

/// Bytes of an entry in its table.
const ENTRY_BYTES: usize = 10;
/// Entries and spellings that there may be; IPADIC has 393 000 and 326 000.
const ENTRIES_MAX: usize = 2_000_000;
/// Fields of an entry's line before its spoken form.
const FIELDS_BEFORE_SOUND: usize = 9;

/// What a word is, as far as it matters for how it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number in kanji or digits.
    Numeral,
    /// A verb or an adjective.
    Inflected,
    /// What continues one: auxiliaries, suffixes, *te*.
    Ending,
    /// Anything else.
    Other,
}

/// One meaning of a spelling.
#[derive(Debug, Clone, Copy)]
struct Entry {
    left: u16,
    right: u16,
    cost: i16,
    kind: Kind,
    /// Where its spoken form is among all of them, bytes.
    sound: (u32, u32),
}

/// A word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found<'a> {
    /// As it is written.
    pub(super) text: &'a str,
    /// As it is said, in katakana; `None` if it is no entry.
    pub(super) sound: Option<&'a str>,
    /// What it is.
    pub(super) kind: Kind,
}

/// The dictionary in memory, about 38 MB.
pub(super) struct Words {
    trie: Trie,
    /// Entries of each spelling, by its number in the trie.
    spellings: Vec<Range<u32>>,
    entries: Vec<Entry>,
    sounds: String,
    connections: Connections,
    classes: Classes,
    /// Entries of words that are none, by the class of their characters.
    unknown: Vec<Range<u32>>,
}

impl Words {
    /// Reads it from the folder of its model.
    ///
    /// # Errors
    /// When a file is missing, or says what can't be; the error names the file.
    pub(super) fn load(folder: &Path) -> Result<Self, InferenceError> {
        let unpack = |name: &str| file::unpack(folder, name);
        let connections = Connections::new(&unpack("cc.dat")?)?;
        let mut entries = Entries {
            connections: &connections,
            entries: Vec::new(),
            sounds: String::new(),
        };
        let spellings = entries.add(
            ["tid_map.dat", "tid.dat"],
            [&unpack("tid_map.dat")?, &unpack("tid.dat")?],
            Some(&unpack("tid_pos.dat")?),
        )?;
        let unknown = entries.add(
            ["unk_map.dat", "unk.dat"],
            [&unpack("unk_map.dat")?, &unpack("unk.dat")?],
            None,
        )?;
        let Entries {
            mut entries,
            mut sounds,
            ..
        } = entries;
        entries.shrink_to_fit();
        sounds.shrink_to_fit();
        Ok(Self {
            trie: Trie::new(&unpack("base.dat")?, &unpack("check.dat")?)?,
            spellings,
            entries,
            sounds,
            classes: Classes::new(unpack("unk_char.dat")?, &unpack("unk_invoke.dat")?)?,
            unknown,
            connections,
        })
    }

    /// The words of a text, in order; together they are the text.
    pub(super) fn words<'a>(&'a self, text: &'a str) -> Vec<Found<'a>> {
        lattice::cheapest(self, text)
            .into_iter()
            .filter_map(|word| {
                let entry = word.entry.and_then(|entry| self.entries.get(entry));
                Some(Found {
                    text: text.get(word.bytes)?,
                    sound: entry.and_then(|entry| self.sound(entry)),
                    kind: entry.map_or(Kind::Other, |entry| entry.kind),
                })
            })
            .collect()
    }

    fn sound(&self, entry: &Entry) -> Option<&str> {
        let (start, end) = entry.sound;
        let sound = self.sounds.get(start as usize..end as usize)?;
        (!sound.is_empty()).then_some(sound)
    }
}

/// Entries while they are read.
struct Entries<'a> {
    connections: &'a Connections,
    entries: Vec<Entry>,
    sounds: String,
}

impl Entries<'_> {
    /// Adds the entries that a map lists for its keys, and answers where those of each key are. `lines` say what
    /// they are; without them they have no sound.
    fn add(
        &mut self,
        names: [&str; 2],
        [map, table]: [&[u8]; 2],
        lines: Option<&[u8]>,
    ) -> Result<Vec<Range<u32>>, InferenceError> {
        let [map_name, table_name] = names;
        let mut map = Numbers::new(map);
        let short = || file::broken(map_name, "it ends too early");
        let large = || file::broken(map_name, format!("it has more than {ENTRIES_MAX} entries"));
        let keys = map.size().ok_or_else(short)?;
        let mut places: Vec<Range<u32>> = Vec::new();
        for _ in 0..keys {
            let key = map.size().ok_or_else(short)?;
            let count = map.size().ok_or_else(short)?;
            if key >= ENTRIES_MAX || count > ENTRIES_MAX - self.entries.len() {
                return Err(large());
            }
            let start = self.entries.len() as u32;
            for _ in 0..count {
                let at = map.size().ok_or_else(short)?;
                let entry = self
                    .entry(table.get(at..).unwrap_or_default(), lines)
                    .ok_or_else(|| file::broken(table_name, format!("no entry at byte {at}")))?;
                self.entries.push(entry);
            }
            if places.len() <= key {
                places.resize(key + 1, 0..0);
            }
            if let Some(place) = places.get_mut(key) {
                *place = start..self.entries.len() as u32;
            }
        }
        Ok(places)
    }

    fn entry(&mut self, bytes: &[u8], lines: Option<&[u8]>) -> Option<Entry> {
        let mut numbers = Numbers::new(bytes.get(..ENTRY_BYTES)?);
        let (left, right, cost) = (numbers.u16()?, numbers.u16()?, numbers.i16()?);
        if !self.connections.has(left, right) {
            return None;
        }
        let line = match lines {
            Some(lines) => Numbers::new(lines.get(numbers.size()?..)?).text()?,
            None => &[],
        };
        let line = std::str::from_utf8(line).ok()?;
        let start = u32::try_from(self.sounds.len()).ok()?;
        let sound = line.split(',').nth(FIELDS_BEFORE_SOUND).unwrap_or_default();
        if sound.starts_with(super::kana::is_kana) {
            self.sounds.push_str(sound);
        }
        Some(Entry {
            left,
            right,
            cost,
            kind: kind(line),
            sound: (start, u32::try_from(self.sounds.len()).ok()?),
        })
    }
}

/// Reads an entry's line: spelling, part of speech and its divisions, inflection, reading, spoken form.
fn kind(line: &str) -> Kind {
    let mut fields = line.split(',').skip(1);
    match (fields.next(), fields.next()) {
        (Some("名詞"), Some("数")) => Kind::Numeral,
        (Some("動詞"), Some("接尾")) | (Some("助動詞"), _) | (Some("助詞"), Some("接続助詞")) => {
            Kind::Ending
        }
        (Some("動詞" | "形容詞"), _) => Kind::Inflected,
        _ => Kind::Other,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests;
