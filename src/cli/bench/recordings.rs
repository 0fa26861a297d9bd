//! Recordings whose words are known, for measuring what hears.

use std::path::Path;

use serde::Deserialize;

use crate::audio_file;
use crate::cli::Failure;
use crate::evaluation::noise::Speech;
use crate::evaluation::turns::manifest;
use crate::providers::SPEECH_RATE_HZ;

/// Language of what is said and heard.
pub(super) const LANGUAGE: &str = "en";
/// Longest recording that is transcribed, s.
const SECONDS_MAX: f64 = 30.0;
/// The shipped recording and its words; see NOTICE for where it is from.
const SHIPPED: (&str, &[u8], &str) = (
    "caller.flac",
    include_bytes!("../../../assets/caller.flac"),
    "How old is the Brooklyn Bridge?",
);

#[derive(Deserialize)]
struct Entry {
    file: String,
    seconds: Option<f64>,
    transcript: Option<String>,
}

/// Those of a folder with a manifest that have a transcript and are not long; without a folder the shipped one.
pub(super) fn read(folder: Option<&Path>) -> Result<Vec<Speech>, Failure> {
    let Some(folder) = folder else {
        let (name, bytes, said) = SHIPPED;
        let pcm = audio_file::decode_mono(name.as_ref(), bytes, SPEECH_RATE_HZ).map_err(Failure::failed)?;
        return Ok(vec![Speech {
            pcm,
            said: said.to_owned(),
        }]);
    };
    let entries: Vec<Entry> = manifest::parse(&folder.join("manifest.json")).map_err(Failure::failed)?;
    let mut clips = Vec::new();
    for entry in entries {
        let fits = entry.seconds.is_some_and(|seconds| seconds <= SECONDS_MAX);
        if let (Some(said), true) = (entry.transcript, fits) {
            let pcm =
                audio_file::read_mono(&folder.join(entry.file), SPEECH_RATE_HZ).map_err(Failure::failed)?;
            clips.push(Speech { pcm, said });
        }
    }
    match clips.is_empty() {
        true => Err(Failure::failed(format_args!(
            "no recording in {} has a transcript",
            folder.display()
        ))),
        false => Ok(clips),
    }
}
