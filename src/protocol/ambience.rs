//! What a scene sounds like.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// What is heard of a room's place while nobody speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ambience {
    /// A quiet room: hardly there, but a pause is no dead line.
    RoomTone,
    /// A room with ventilation.
    Ventilation,
    /// Ventilation, and keys that are struck.
    Office,
    /// Rain on a window.
    Rain,
}

impl Ambience {
    /// All of them, each by the word that stands for it everywhere.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("room_tone", Self::RoomTone),
        ("ventilation", Self::Ventilation),
        ("office", Self::Office),
        ("rain", Self::Rain),
    ];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(_, ambience)| *ambience == self)
            .map_or("", |(word, _)| word)
    }

    /// Reads [`Self::as_str`] back; `None` as well for a word of a later version.
    pub fn from_word(word: &str) -> Option<Self> {
        let known = Self::WORDS.iter().find(|(known, _)| *known == word);
        known.map(|(_, ambience)| *ambience)
    }
}

/// Reads a word, and `None` of one that a later version knows.
pub(super) fn known<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Ambience>, D::Error> {
    let word = Option::<String>::deserialize(from)?;
    Ok(word.as_deref().and_then(Ambience::from_word))
}
