//! What the caller says: recordings, cut so that the last sample is the end of speech.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::RATE_HZ;
use crate::audio_file::{self, AudioFileError};
use crate::evaluation::turns::manifest::{self, ManifestError};

/// A frame this much quieter than the loudest one is no speech any more, dB.
const RELATIVE_DB: f64 = 30.0;
/// Samples that are looked at as one: 10 ms.
const LOOK: usize = RATE_HZ as usize / 100;
/// Samples over which both ends are faded, so that a cut does not click: 5 ms.
const FADE: usize = LOOK / 2;
/// Lengths of a folder's recordings that make a turn, s.
const SECONDS: std::ops::RangeInclusive<f64> = 0.5..=12.0;
/// A question that anybody can answer; see NOTICE for where it is from.
const SHIPPED: &[u8] = include_bytes!("../../../assets/caller.flac");
/// Its name.
const SHIPPED_NAME: &str = "caller.flac";

/// Why there is nothing to say.
#[derive(Debug, thiserror::Error)]
pub enum UtteranceError {
    /// A file can't be used.
    #[error(transparent)]
    File(#[from] AudioFileError),
    /// The folder's manifest can't be used.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A folder has nothing that makes a turn.
    #[error("{0} has no recording with a transcript of {min} to {max} s", min = SECONDS.start(), max = SECONDS.end())]
    Nothing(PathBuf),
    /// A file has no speech in it.
    #[error("{0} is silent")]
    Silent(PathBuf),
}

/// One turn of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Utterance {
    /// Name of its file.
    pub name: String,
    /// Mono PCM at [`RATE_HZ`] that ends with the speech.
    pub pcm: Vec<i16>,
}

/// What a manifest says of a recording, as far as turns are concerned.
#[derive(Debug, Deserialize)]
struct Entry {
    file: String,
    seconds: Option<f64>,
    transcript: Option<String>,
}

impl Utterance {
    /// Reads files, and folders with a `manifest.json`; without any, the shipped recording.
    ///
    /// # Errors
    /// When a file or a manifest can't be used, naming it.
    pub fn read(paths: &[PathBuf]) -> Result<Vec<Self>, UtteranceError> {
        if paths.is_empty() {
            let path = Path::new(SHIPPED_NAME);
            let pcm = audio_file::decode_mono(path, SHIPPED, RATE_HZ)?;
            return Ok(vec![Self::cut(path, &pcm)?]);
        }
        let mut utterances = Vec::new();
        for path in paths {
            if path.is_dir() {
                utterances.extend(Self::of_folder(path)?);
            } else {
                utterances.push(Self::cut(path, &audio_file::read_mono(path, RATE_HZ)?)?);
            }
        }
        Ok(utterances)
    }

    fn of_folder(folder: &Path) -> Result<Vec<Self>, UtteranceError> {
        let entries: Vec<Entry> = manifest::parse(&folder.join("manifest.json"))?;
        let turns: Result<Vec<Self>, UtteranceError> = entries
            .into_iter()
            .filter(|entry| entry.transcript.is_some())
            .filter(|entry| entry.seconds.is_some_and(|seconds| SECONDS.contains(&seconds)))
            .map(|entry| {
                let path = folder.join(entry.file);
                Self::cut(&path, &audio_file::read_mono(&path, RATE_HZ)?)
            })
            .collect();
        turns.and_then(|turns| match turns.is_empty() {
            true => Err(UtteranceError::Nothing(folder.to_owned())),
            false => Ok(turns),
        })
    }

    /// Cuts silence away at both ends.
    fn cut(path: &Path, pcm: &[i16]) -> Result<Self, UtteranceError> {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let levels: Vec<f64> = pcm.chunks_exact(LOOK).map(level_db).collect();
        let loudest = levels.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let is_speech = |level: &f64| *level > loudest - RELATIVE_DB;
        let ends = levels
            .iter()
            .position(is_speech)
            .zip(levels.iter().rposition(is_speech));
        // Louder than digital silence: a level is 0 dB then.
        let Some((first, last)) = ends.filter(|_| loudest > 0.0) else {
            return Err(UtteranceError::Silent(path.to_owned()));
        };
        let mut pcm = pcm
            .get(first * LOOK..(last + 1) * LOOK)
            .unwrap_or_default()
            .to_vec();
        let length = pcm.len();
        for step in 0..FADE.min(length / 2) {
            let share = step as f32 / FADE as f32;
            pcm[step] = (f32::from(pcm[step]) * share) as i16;
            pcm[length - 1 - step] = (f32::from(pcm[length - 1 - step]) * share) as i16;
        }
        Ok(Self { name, pcm })
    }
}

/// dB over one step of 16-bit PCM.
fn level_db(look: &[i16]) -> f64 {
    let sum: f64 = look.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    20.0 * ((sum / look.len().max(1) as f64).sqrt() + 1.0).log10()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn speech_is_cut_out_of_silence_and_cutting_again_changes_nothing() {
        let mut pcm = vec![2; LOOK * 30];
        pcm.extend((0..LOOK * 50).map(|n| if n % 100 < 50 { 8000 } else { -8000 }));
        pcm.extend(vec![-2; LOOK * 40]);
        let cut = Utterance::cut(Path::new("a/b.wav"), &pcm).unwrap();
        assert_eq!((cut.name.as_str(), cut.pcm.len()), ("b.wav", LOOK * 50));
        let again = Utterance::cut(Path::new("b.wav"), &cut.pcm).unwrap();
        assert_eq!(again.pcm.len(), cut.pcm.len());
        assert!(Utterance::cut(Path::new("c.wav"), &vec![0; LOOK * 9]).is_err());
    }

    #[test]
    fn the_shipped_recording_is_a_turn() {
        let shipped = Utterance::read(&[]).unwrap();
        assert_eq!(shipped.len(), 1);
        let seconds = shipped[0].pcm.len() as f64 / f64::from(RATE_HZ);
        assert!(SECONDS.contains(&seconds), "{seconds}");
    }
}
