//! The models that can be had, and those that are on this machine.
//!
//! A [`Catalogue`] says what there is, with licence, size and hashes; a [`Store`] is a folder in which models
//! are or into which they are pulled. A file counts only when its SHA-256 is right: it is put together under
//! another name, checked, and then renamed.

mod archive;
mod assemble;
mod catalogue;
mod entries;
mod error;
mod hub;
mod japanese_files;
mod kokoro_files;
mod package;
mod progress;
mod qwen_files;
mod stamp;
mod store;
#[cfg(test)]
mod store_test;

pub use catalogue::{Catalogue, File, Model, Package, Piece, Prepare, Recipe, Registry, Role, Source};
pub use entries::{
    DICTIONARY_CHECKED, DICTIONARY_MADE, DICTIONARY_NAME, JAPANESE_NAME, ONNXRUNTIME_LIBRARY, PIPER_CONFIG,
    PIPER_VOICE,
};
pub use error::ModelError;
pub use kokoro_files::JAPANESE_VOICES as KOKORO_JAPANESE_VOICES;
pub use progress::Progress;
pub use store::Store;
