//! What is known of recordings: `manifest.json` beside them, and labels of one's own.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::labels::Labels;

/// Why a folder can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The file can't be read.
    #[error("can't read {path}: {error}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file holds something else.
    #[error("{path} holds something else: {error}")]
    Malformed {
        /// Which.
        path: PathBuf,
        /// Where and why.
        error: serde_json::Error,
    },
}

/// One recording.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Clip {
    /// Its name.
    pub name: String,
    /// Its file in the folder.
    pub file: String,
    /// What kind of talk it is: left out together for the harder check.
    #[serde(default)]
    pub category: String,
    /// Who speaks, where labels of one's own say so.
    #[serde(skip)]
    pub speaker: Option<String>,
    /// What happens in it.
    #[serde(default)]
    pub events: Vec<Event>,
}

/// Something that a speaker does.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Event {
    /// When, s.
    pub t: f64,
    /// Until when, s.
    pub end: Option<f64>,
    /// Who, in recordings of several.
    pub speaker: Option<String>,
    /// What.
    #[serde(rename = "type")]
    pub kind: Kind,
}

/// What a speaker does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// They pause and go on.
    MidTurnPause,
    /// Their turn is over.
    TurnEnd,
    /// Anything else that a manifest may hold.
    #[serde(other)]
    Other,
}

/// All recordings of a folder.
///
/// # Errors
/// When the manifest can't be read.
pub fn read(folder: &Path) -> Result<Vec<Clip>, ManifestError> {
    parse(&folder.join("manifest.json"))
}

/// The recordings that have pauses within turns or ends of turns, these alone and in order, as `labels` has them.
pub fn labelled(clips: &[Clip], labels: &Labels) -> Vec<Clip> {
    let mut clips: Vec<Clip> = clips.iter().map(|clip| labels.applied(clip)).collect();
    for clip in &mut clips {
        clip.events
            .retain(|event| matches!(event.kind, Kind::MidTurnPause | Kind::TurnEnd));
        clip.events.sort_by(|one, other| one.t.total_cmp(&other.t));
    }
    clips.retain(|clip| !clip.events.is_empty());
    clips
}

/// Reads a JSON file.
pub(crate) fn parse<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, ManifestError> {
    let text = std::fs::read_to_string(path).map_err(|error| ManifestError::Unreadable {
        path: path.to_owned(),
        error,
    })?;
    serde_json::from_str(&text).map_err(|error| ManifestError::Malformed {
        path: path.to_owned(),
        error,
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_and_put_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = r#"[
            {"name": "a", "file": "a.wav", "category": "call", "events": [
                {"t": 3.0, "type": "turn_end"},
                {"t": 1.0, "end": 1.5, "type": "mid_turn_pause", "dur": 0.5},
                {"t": 0.2, "type": "backchannel"}
            ]},
            {"name": "b", "file": "b.wav"}
        ]"#;
        std::fs::write(folder.path().join("manifest.json"), manifest).unwrap();
        let clips = read(folder.path()).unwrap();
        assert_eq!(clips.len(), 2);
        let clips = labelled(&clips, &Labels::default());
        assert_eq!(clips.len(), 1);
        let kinds: Vec<_> = clips[0].events.iter().map(|event| event.kind).collect();
        assert_eq!(kinds, [Kind::MidTurnPause, Kind::TurnEnd]);
    }

    #[test]
    fn a_folder_without_a_manifest_is_named() {
        let error = read(Path::new("/no/folder")).unwrap_err().to_string();
        assert!(
            error.starts_with("can't read /no/folder/manifest.json"),
            "{error}"
        );
    }
}
