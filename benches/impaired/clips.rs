//! What is read aloud.

use std::{fs, path::Path};

use serde::Deserialize;
use troupe::audio_file::read_mono;

/// What the senders send.
pub(crate) const RATE_HZ: u32 = 48_000;
/// What the receivers write.
pub(crate) const HEARD_HZ: u32 = 16_000;
/// Before each clip, in ms; half of it is heard with the clip before.
pub(crate) const PAUSE_MS: usize = 1_200;
/// Kinds of recording that one person reads, and whose words are known.
const KINDS: [&str; 2] = ["read", "command"];
/// Shorter texts are too easy to get wrong.
const WORDS_MIN: usize = 4;

#[derive(Deserialize)]
struct Entry {
    file: String,
    category: String,
    transcript: Option<String>,
}

/// A clip in the script, at [`HEARD_HZ`].
pub(crate) struct Clip {
    /// Where it begins, in samples.
    pub(crate) begin: usize,
    pub(crate) pcm: Vec<i16>,
    pub(crate) words: Vec<String>,
}

/// All clips, a pause before each.
pub(crate) struct Script {
    /// At [`RATE_HZ`].
    pub(crate) pcm: Vec<i16>,
    pub(crate) clips: Vec<Clip>,
}

impl Script {
    pub(crate) fn read(folder: &Path) -> Self {
        let manifest = fs::read(folder.join("manifest.json")).unwrap();
        let entries: Vec<Entry> = serde_json::from_slice(&manifest).unwrap();
        let mut script = Self {
            pcm: Vec::new(),
            clips: Vec::new(),
        };
        for entry in entries {
            let file = folder.join(&entry.file);
            let text = words(&entry.transcript.unwrap_or_default());
            if !KINDS.contains(&entry.category.as_str()) || text.len() < WORDS_MIN || !file.exists() {
                continue;
            }
            let pause = PAUSE_MS * RATE_HZ as usize / 1000;
            script.pcm.resize(script.pcm.len() + pause, 0);
            script.clips.push(Clip {
                begin: script.pcm.len() / (RATE_HZ / HEARD_HZ) as usize,
                pcm: read_mono(&file, HEARD_HZ).unwrap(),
                words: text,
            });
            script.pcm.extend(read_mono(&file, RATE_HZ).unwrap());
        }
        script
    }

    pub(crate) fn words(&self) -> usize {
        self.clips.iter().map(|clip| clip.words.len()).sum()
    }
}

/// The words of a text, as they are compared.
pub(crate) fn words(text: &str) -> Vec<String> {
    let plain = |c: char| if c.is_alphanumeric() || c == '\'' { c } else { ' ' };
    let text: String = text.to_lowercase().chars().map(plain).collect();
    text.split_whitespace().map(str::to_owned).collect()
}
