//! How much of what was said was understood, and how it sounded.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::process::Command;
use troupe::providers::{SpeechToText, local::Local, registry::Backend};

use crate::{
    client::{cache, python_with},
    clips::{Clip, HEARD_HZ, PAUSE_MS, Script, words},
    companion::Companion,
};

/// What measures need, pinned.
const PACKAGES: [&str; 3] = ["numpy==2.2.6", "pesq==0.0.4", "pystoi==0.4.1"];

/// Sums over all clips.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Score {
    wrong: usize,
    clips: usize,
    pesq: f64,
    stoi: f64,
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clips = self.clips as f64;
        write!(
            f,
            "{} {:.2} {:.3}",
            self.wrong,
            self.pesq / clips,
            self.stoi / clips
        )
    }
}

/// Recogniser and measures.
pub(crate) struct Judge<'a> {
    script: &'a Script,
    ears: Arc<dyn SpeechToText>,
    companion: Companion,
    folder: tempfile::TempDir,
}

impl<'a> Judge<'a> {
    pub(crate) async fn new(script: &'a Script) -> Self {
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/impaired/score.py");
        Self {
            script,
            ears: Local::new(cache(), false).speech_to_text(None).await.unwrap(),
            companion: Companion::start(Command::new(python_with(&PACKAGES).await).arg(program)),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Adds what each client heard on a network.
    pub(crate) async fn add<const N: usize>(&mut self, scores: &mut [Score; N], heard: [Vec<i16>; N]) {
        for (score, recording) in scores.iter_mut().zip(heard) {
            self.recording(score, &recording).await;
        }
    }

    async fn recording(&mut self, score: &mut Score, heard: &[i16]) {
        let script = self.script;
        let heard_file = self.write("heard", heard);
        // The first clip tells where the others are to be expected.
        let first = script.clips.first().unwrap();
        let (loud, quiet) = (onset(heard), onset(&first.pcm));
        let shift = (loud as i64 - quiet as i64) * BLOCK as i64 - first.begin as i64;
        for clip in &script.clips {
            let file = self.write("clip", &clip.pcm);
            let expected = (clip.begin as i64 + shift).max(0) as usize;
            let (begin, pesq, stoi) = self.measure(&file, &heard_file, expected).await;
            score.wrong += self.misheard(clip, heard, begin).await;
            score.clips += 1;
            score.pesq += pesq;
            score.stoi += stoi;
        }
    }

    fn write(&self, name: &str, pcm: &[i16]) -> PathBuf {
        let file = self.folder.path().join(name);
        let bytes: Vec<u8> = pcm.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        fs::write(&file, bytes).unwrap();
        file
    }

    async fn measure(&mut self, clip: &Path, heard: &Path, expected: usize) -> (usize, f64, f64) {
        let files = [clip, heard].map(|file| file.to_str().unwrap());
        let words = [files[0], files[1], &expected.to_string()];
        let answer = self.companion.ask(&words).await;
        let mut words = answer.split(' ');
        let begin = words.next().unwrap().parse().unwrap();
        let [pesq, stoi] = [words.next(), words.next()].map(|word| word.unwrap().parse().unwrap());
        (begin, pesq, stoi)
    }

    /// Words that the recogniser gets wrong: replaced, left out or added.
    async fn misheard(&self, clip: &Clip, heard: &[i16], begin: usize) -> usize {
        let pause = PAUSE_MS * HEARD_HZ as usize / 2000;
        let until = (begin + clip.pcm.len() + pause).min(heard.len());
        let part = heard
            .get(begin.saturating_sub(pause / 2)..until)
            .unwrap_or_default();
        let text = self.ears.transcribe(part, "en").await.unwrap();
        distance(&clip.words, &words(&text))
    }
}

/// Samples of a block.
const BLOCK: usize = HEARD_HZ as usize / 100;

/// The first block that is loud; the beginning if none is.
fn onset(pcm: &[i16]) -> usize {
    let is_loud = |block: &[i16]| block.iter().any(|sample| sample.unsigned_abs() > 300);
    pcm.chunks(BLOCK).position(is_loud).unwrap_or(0)
}

/// The least number of words to replace, leave out and add (Levenshtein).
fn distance(said: &[String], heard: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (i, word) in said.iter().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, other) in heard.iter().enumerate() {
            let best = (corner + usize::from(word != other))
                .min(row[j] + 1)
                .min(row[j + 1] + 1);
            corner = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row[heard.len()]
}
