//! Labels that were changed after checking a recording by hand, kept beside a manifest's own.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::manifest::{self, Clip, Kind, ManifestError};

/// What we changed in recordings that we know; of others it says nothing.
const OURS: &str = include_str!("labels.json");
/// A label within this many seconds of an event is of that event.
const SAME_EVENT_S: f64 = 0.05;

/// Changed labels.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Labels(Vec<Label>);

/// One change: the event at `t` of a recording is of another kind, or the recording is of another speaker.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Which recording.
    pub clip: String,
    /// Which event, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub t: Option<f64>,
    /// What it is instead.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Whose recording it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// What was found.
    pub why: String,
}

impl Labels {
    /// Our own, as they are built in.
    ///
    /// # Errors
    /// Never, as a test sees to it.
    pub fn ours() -> Result<Self, serde_json::Error> {
        serde_json::from_str(OURS)
    }

    /// Those of a file.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn read(path: &Path) -> Result<Self, ManifestError> {
        manifest::parse(path)
    }

    /// Speakers alone: what must be left out together holds for a manifest's own labels as well.
    pub fn speakers(&self) -> Self {
        let speaker = |label: &&Label| label.kind.is_none();
        Self(self.0.iter().filter(speaker).cloned().collect())
    }

    /// Those that are of these recordings.
    pub fn of(&self, clips: &[Clip]) -> Self {
        let known = |label: &&Label| clips.iter().any(|clip| clip.name == label.clip);
        Self(self.0.iter().filter(known).cloned().collect())
    }

    /// Each change.
    pub fn iter(&self) -> impl Iterator<Item = &Label> {
        self.0.iter()
    }

    /// A recording as these labels have it.
    pub fn applied(&self, clip: &Clip) -> Clip {
        let mut changed = clip.clone();
        for label in self.0.iter().filter(|label| label.clip == clip.name) {
            changed.speaker = label.speaker.clone().or(changed.speaker);
            let (Some(t), Some(kind)) = (label.t, label.kind) else {
                continue;
            };
            let near = |event: &&mut manifest::Event| (event.t - t).abs() < SAME_EVENT_S;
            if let Some(event) = changed.events.iter_mut().find(near) {
                event.kind = kind;
            }
        }
        changed
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn clip() -> Clip {
        serde_json::from_str(
            r#"{"name": "a", "file": "a.wav", "events": [{"t": 1.0, "end": 1.5, "type": "mid_turn_pause"}]}"#,
        )
        .unwrap()
    }

    #[test]
    fn a_label_changes_its_event_and_a_speaker_its_recording() {
        let labels: Labels = serde_json::from_str(
            r#"[{"clip": "a", "t": 1.01, "type": "turn_end", "why": "heard"},
                {"clip": "a", "speaker": "b", "why": "the same voice"},
                {"clip": "c", "t": 1.0, "type": "turn_end", "why": "another recording"}]"#,
        )
        .unwrap();
        let changed = labels.applied(&clip());
        assert_eq!(changed.events[0].kind, Kind::TurnEnd);
        assert_eq!(changed.speaker.as_deref(), Some("b"));
        assert_eq!(labels.of(&[clip()]).iter().count(), 2);
        let speakers = labels.speakers().applied(&clip());
        assert_eq!(speakers.events, clip().events);
        assert_eq!(speakers.speaker.as_deref(), Some("b"));
    }

    #[test]
    fn our_own_labels_give_their_reasons() {
        let ours = Labels::ours().unwrap();
        assert!(ours.iter().all(|label| label.why.len() > 20));
        assert!(
            ours.iter()
                .all(|label| label.speaker.is_some() || label.t.is_some() && label.kind.is_some())
        );
    }
}
