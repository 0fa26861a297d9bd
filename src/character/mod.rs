//! A character: the persona that speaks as one participant of a room.

mod builtin;
mod file;
mod load;
mod schema;
pub mod tool;

use std::collections::BTreeMap;

pub use builtin::builtins;
pub use load::{Fault, Faults, load, read};
pub use schema::schema;
use serde::{Deserialize, Serialize};
pub use tool::Tool;
use utoipa::ToSchema;

/// Longest name, alias and temperament, characters.
pub const NAME_MAX: usize = 200;
/// Longest persona, characters.
pub const PERSONA_MAX: usize = 5_000;
/// Most words in [`Character::pronunciations`].
pub const WORDS_MAX: usize = 100;
/// Most examples and most deflections.
pub const EXAMPLES_MAX: usize = 8;

/// Models that a character insists on, each as `provider:model` or several with commas between; `None` leaves the choice to the worker.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Models {
    /// Speech to text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub stt: Option<String>,
    /// The language model that writes the lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub llm: Option<String>,
    /// Text to speech.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tts: Option<String>,
    /// One that hears and speaks by itself and takes the place of the last two; they answer when it fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub realtime: Option<String>,
}

/// How a character answers, shown by example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Example {
    /// What somebody says.
    pub heard: String,
    /// What the character answers.
    pub said: String,
}

/// Who a character is, as the API shows it, a claim carries it and a worker plays it. A worker passes over fields that it
/// does not know, for the API is upgraded first; what people write is read field by field elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Character {
    /// `character_…`, or the file's stem for a built-in.
    pub id: String,
    /// The name it goes by and is called by, 1–200 characters.
    pub name: String,
    /// Other names it answers to.
    #[serde(default)]
    #[schema(required = true)]
    pub aliases: Vec<String>,
    /// Who it is, in the second person, up to 5 000 characters.
    pub persona: String,
    /// BCP 47 tag of the language that it speaks, `en` by default.
    pub language: String,
    /// How it talks: a few words such as `dry, precise, unhurried`.
    #[serde(default)]
    #[schema(required = true)]
    pub temperament: String,
    /// 0.0 speaks only when addressed, 1.0 takes every chance.
    pub talkativeness: f32,
    /// Provider (`openai`, `piper`, `kokoro`) → that provider's name of the voice.
    #[serde(default)]
    #[schema(required = true)]
    pub voices: BTreeMap<String, String>,
    /// Word → how it is spelled for the voice; what people read keeps its spelling. At most [`WORDS_MAX`]; a word in
    /// small letters is found in any case, any other one as it is written.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pronunciations: BTreeMap<String, String>,
    /// Models that win over the worker's configuration.
    #[serde(default)]
    #[schema(required = true)]
    pub models: Models,
    /// A few exchanges that show how it talks; small models learn from nothing else. At most [`EXAMPLES_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Example>,
    /// What it says when its model has nothing fit to be said. At most [`EXAMPLES_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deflections: Vec<String>,
    /// What its language model may have done while it answers. Keys of users don't see them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,
}

/// What is wrong with a word of [`Character::pronunciations`] that is none.
pub(crate) const WORD_PROBLEM: &str = "must begin and end with a letter or digit: whole words are found";

/// Whether a voice's words may have this one, which is to be found as a whole.
pub(crate) fn is_word(word: &str) -> bool {
    word.starts_with(char::is_alphanumeric) && word.ends_with(char::is_alphanumeric)
}
