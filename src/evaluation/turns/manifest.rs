//! What is known of recordings: `manifest.json` beside them, and corrections made by hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

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
    /// The file is no manifest.
    #[error("{path} is no manifest: {error}")]
    Malformed {
        /// Which.
        path: PathBuf,
        /// Where and why.
        error: serde_json::Error,
    },
}

/// One recording.
#[derive(Debug, Clone, Deserialize)]
pub struct Clip {
    /// Its name.
    pub name: String,
    /// Its file in the folder.
    pub file: String,
    /// What happens in it.
    #[serde(default)]
    pub events: Vec<Event>,
}

/// Something that a speaker does.
#[derive(Debug, Clone, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
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

/// A label that was changed after listening: the event at `t` of a recording is of another kind, or none.
#[derive(Debug, Clone, Deserialize)]
struct Correction {
    clip: String,
    t: f64,
    #[serde(rename = "type")]
    kind: Kind,
}

/// Corrections within this many seconds of an event are of that event.
const SAME_EVENT_S: f64 = 0.05;

/// The recordings of a folder that have events, with `corrections` from a file of one's own applied.
///
/// # Errors
/// When a file can't be read.
pub fn read(folder: &Path, corrections: Option<&Path>) -> Result<Vec<Clip>, ManifestError> {
    let mut clips: Vec<Clip> = parse(&folder.join("manifest.json"))?;
    let corrections: Vec<Correction> = corrections.map_or(Ok(Vec::new()), parse)?;
    let mut by_clip: BTreeMap<&str, Vec<&Correction>> = BTreeMap::new();
    for correction in &corrections {
        by_clip.entry(&correction.clip).or_default().push(correction);
    }
    for clip in &mut clips {
        for correction in by_clip.get(clip.name.as_str()).into_iter().flatten() {
            let near = |event: &&mut Event| (event.t - correction.t).abs() < SAME_EVENT_S;
            if let Some(event) = clip.events.iter_mut().find(near) {
                event.kind = correction.kind;
            }
        }
        clip.events
            .retain(|event| matches!(event.kind, Kind::MidTurnPause | Kind::TurnEnd));
        clip.events.sort_by(|one, other| one.t.total_cmp(&other.t));
    }
    clips.retain(|clip| !clip.events.is_empty());
    Ok(clips)
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, ManifestError> {
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
    fn events_are_read_corrected_and_put_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = r#"[
            {"name": "a", "file": "a.wav", "events": [
                {"t": 3.0, "type": "turn_end"},
                {"t": 1.0, "end": 1.5, "type": "mid_turn_pause", "dur": 0.5},
                {"t": 0.2, "type": "backchannel"}
            ]},
            {"name": "b", "file": "b.wav"}
        ]"#;
        std::fs::write(folder.path().join("manifest.json"), manifest).unwrap();
        let clips = read(folder.path(), None).unwrap();
        assert_eq!(clips.len(), 1);
        let kinds = |clips: &[Clip]| clips[0].events.iter().map(|event| event.kind).collect::<Vec<_>>();
        assert_eq!(kinds(&clips), [Kind::MidTurnPause, Kind::TurnEnd]);
        let corrections = folder.path().join("mine.json");
        std::fs::write(&corrections, r#"[{"clip": "a", "t": 1.01, "type": "turn_end"}]"#).unwrap();
        let clips = read(folder.path(), Some(&corrections)).unwrap();
        assert_eq!(kinds(&clips), [Kind::TurnEnd, Kind::TurnEnd]);
    }

    #[test]
    fn a_folder_without_a_manifest_is_named() {
        let error = read(Path::new("/no/folder"), None).unwrap_err().to_string();
        assert!(
            error.starts_with("can't read /no/folder/manifest.json"),
            "{error}"
        );
    }
}
