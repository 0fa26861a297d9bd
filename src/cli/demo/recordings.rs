//! What the person says.

use std::path::{Path, PathBuf};

use super::mixdown::RATE_HZ;
use crate::audio_file;
use crate::cli::Failure;

/// A question that anybody can answer; see NOTICE for where it is from.
const SHIPPED: &[u8] = include_bytes!("../../../assets/caller.flac");

/// Reads the recordings of the person's turns, or the shipped one; all unusable files are told at once.
pub(super) fn read(files: &[PathBuf]) -> Result<Vec<Vec<i16>>, Failure> {
    if files.is_empty() {
        let shipped = audio_file::decode_mono(Path::new("assets/caller.flac"), SHIPPED, RATE_HZ);
        return shipped.map(|pcm| vec![pcm]).map_err(Failure::failed);
    }
    let read: Vec<_> = files
        .iter()
        .map(|file| audio_file::read_mono(file, RATE_HZ))
        .collect();
    let faults: Vec<String> = read
        .iter()
        .filter_map(|pcm| pcm.as_ref().err())
        .map(ToString::to_string)
        .collect();
    if !faults.is_empty() {
        return Err(Failure::failed(faults.join("; ")));
    }
    Ok(read.into_iter().flatten().collect())
}
