//! What a model consists of and where it comes from.

use std::path::Path;

use super::entries;
use super::error::ModelError;

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A library that other models need.
    Runtime,
    /// End of turn, from sound.
    EndOfTurn,
    /// Speech to text.
    SpeechToText,
    /// Text to speech.
    TextToSpeech,
    /// Language model.
    Language,
    /// Tells voices apart.
    Speaker,
}

impl Role {
    /// A word for lists.
    pub fn label(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::EndOfTurn => "turn",
            Self::SpeechToText => "stt",
            Self::TextToSpeech => "tts",
            Self::Language => "llm",
            Self::Speaker => "speaker",
        }
    }
}

/// One model.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    /// Its name here, and the folder in the cache.
    pub name: &'static str,
    /// What it is for.
    pub role: Role,
    /// What it is, in a few words.
    pub about: &'static str,
    /// Under which terms its authors give it away.
    pub licence: &'static str,
    /// Models that must be there too.
    pub needs: &'static [&'static str],
    /// Its files.
    pub files: &'static [File],
    /// What is made of a file once, after the download.
    pub prepare: Option<Prepare>,
}

impl Model {
    /// Size of its files on disk, without those that are prepared.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// The file to load, of a model that has one main file.
    pub fn main_file(&self) -> Option<&'static str> {
        let prepared = self.prepare.map(|prepare| prepare.into);
        prepared.or_else(|| self.files.first().map(|file| file.name))
    }
}

/// One file of a model.
#[derive(Debug, Clone, Copy)]
pub struct File {
    /// Its name in the model's folder.
    pub name: &'static str,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of all of it, lower-case hex.
    pub sha256: &'static str,
    /// Ways to get it, the preferred one first.
    pub recipes: &'static [Recipe],
}

/// Pieces that make the file when put one after the other.
pub type Recipe = &'static [Piece];

/// A stretch of a file.
#[derive(Debug, Clone, Copy)]
pub struct Piece {
    /// Its size.
    pub bytes: u64,
    /// Where it is.
    pub source: Source,
}

/// Where a piece is.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// A file in a package of a registry.
    Package {
        /// The package.
        package: Package,
        /// Path of the file in the archive.
        member: &'static str,
    },
    /// A file of a model hub.
    Hub {
        /// `owner/name`.
        repository: &'static str,
        /// Commit or tag.
        revision: &'static str,
        /// Path in the repository.
        path: &'static str,
    },
}

/// Whose packages they are, and so which client fetches them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registry {
    /// `pip download`.
    PyPi,
    /// `npm pack`.
    Npm,
}

/// A package of a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Package {
    /// Where it is published.
    pub registry: Registry,
    /// Its name.
    pub name: &'static str,
    /// Its exact version.
    pub version: &'static str,
    /// Size of the archive.
    pub bytes: u64,
}

/// Makes one file of another, once. The other is removed afterwards: nothing else needs it.
#[derive(Debug, Clone, Copy)]
pub struct Prepare {
    /// The file that was downloaded.
    pub from: &'static str,
    /// The file that is used.
    pub into: &'static str,
    /// Reads the first, writes the second; the error says what went wrong.
    pub run: fn(from: &Path, into: &Path) -> Result<(), String>,
}

/// The models that are known.
#[derive(Debug, Clone, Copy)]
pub struct Catalogue {
    models: &'static [Model],
}

impl Default for Catalogue {
    fn default() -> Self {
        Self {
            models: entries::MODELS,
        }
    }
}

impl Catalogue {
    /// A catalogue of other models than the usual ones.
    pub fn of(models: &'static [Model]) -> Self {
        Self { models }
    }

    /// All models, in order of importance.
    pub fn models(&self) -> &'static [Model] {
        self.models
    }

    /// The model of that name; the error lists the names there are.
    pub fn find(&self, name: &str) -> Result<&'static Model, ModelError> {
        self.models
            .iter()
            .find(|model| model.name == name)
            .ok_or_else(|| ModelError::Unknown {
                name: name.to_owned(),
                known: self
                    .models
                    .iter()
                    .map(|model| model.name)
                    .collect::<Vec<_>>()
                    .join(", "),
            })
    }

    /// The model and all that it needs, what is needed first.
    pub fn with_needs(&self, name: &str) -> Result<Vec<&'static Model>, ModelError> {
        let model = self.find(name)?;
        let mut models = Vec::new();
        for need in model.needs {
            models.push(self.find(need)?);
        }
        models.push(model);
        Ok(models)
    }
}
