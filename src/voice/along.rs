//! The sound of a speech that comes with its words, from a model that speaks by itself: nothing is synthesised.

use std::time::Duration;

use tokio::sync::mpsc;
use troupe_dialogue::SpeechId;

use super::{ChunkText, Sound, VOICE_RATE_HZ, Voiced};
use crate::dsp::Resampler;

/// Speaking rate by which sound is laid under words while both still come, samples a character: 60 ms.
const CHARACTER_SAMPLES: usize = VOICE_RATE_HZ as usize * 60 / 1000;
/// Sound that waits for its first words, samples: 30 s. Full: the rest is not taken.
const HELD_MAX: usize = VOICE_RATE_HZ as usize * 30;
/// How much sound is made from one report of it to the next, samples: 0.4 s.
const TOLD_EVERY: usize = VOICE_RATE_HZ as usize * 2 / 5;

/// What a model that speaks by itself hands over.
#[derive(Debug)]
pub enum Along {
    /// Sound.
    Pcm(Vec<i16>),
    /// That was all; without it, it broke off.
    Whole,
}

/// Plays sound as it comes and lays it under the chunks of the same speech, until both are over.
///
/// Where sound and words meet is known only when all is there: then each chunk gets its share by its length. Until then
/// a usual pace counts. When the sound broke off, chunks that it did not reach count as not said.
pub async fn play_along(
    speech: SpeechId,
    rate_hz: u32,
    mut chunks: mpsc::Receiver<ChunkText>,
    mut sound: mpsc::Receiver<Along>,
    player: mpsc::Sender<Sound>,
    report: impl Fn(Voiced),
) {
    let mut lay = Lay::default();
    let (mut has_words, mut has_sound, mut is_whole) = (true, true, false);
    let Ok(mut resampler) = Resampler::new(rate_hz, VOICE_RATE_HZ) else {
        tracing::error!(rate_hz, "resample a model's speech");
        return;
    };
    let mut held = Vec::new();
    let mut told = 0;
    while has_words || has_sound {
        tokio::select! {
            chunk = chunks.recv(), if has_words => match chunk {
                Some(ChunkText { text, .. }) => lay.chunks.push(Laid::of(&text)),
                None => has_words = false,
            },
            piece = sound.recv(), if has_sound => match piece {
                Some(Along::Pcm(pcm)) if held.len() < HELD_MAX => resampler.push(&pcm, &mut held),
                Some(Along::Pcm(_)) => tracing::warn!("hold a model's sound: its words do not come"),
                Some(Along::Whole) => is_whole = true,
                None => {
                    has_sound = false;
                    if is_whole {
                        resampler.finish(&mut held);
                    }
                }
            },
        }
        if lay.chunks.is_empty() && has_words {
            continue;
        }
        for (chunk, pcm) in lay.take(&mut held) {
            let piece = Sound::Audio { speech, chunk, pcm };
            if player.send(piece).await.is_err() {
                return;
            }
        }
        if lay.samples >= told + TOLD_EVERY || told == 0 && lay.samples > 0 {
            told = lay.samples;
            lay.so_far().for_each(|made| report(made.of(speech)));
        }
    }
    lay.at_last(is_whole).for_each(|made| report(made.of(speech)));
    // The player is gone only when the character is.
    let _ = player.send(Sound::End(speech)).await;
}

/// One chunk, and the sound that is laid under it.
#[derive(Debug, Clone, Copy)]
struct Laid {
    characters: usize,
    samples: usize,
}

impl Laid {
    fn of(text: &str) -> Self {
        Self {
            characters: text.chars().count().max(1),
            samples: 0,
        }
    }
}

/// What is told of one chunk.
#[derive(Debug, PartialEq, Eq)]
struct Made {
    chunk: usize,
    samples: usize,
    complete: bool,
}

impl Made {
    fn of(&self, speech: SpeechId) -> Voiced {
        let micros = self.samples as u64 * 1_000_000 / u64::from(VOICE_RATE_HZ);
        Voiced::Made {
            speech,
            chunk: self.chunk,
            duration: Duration::from_micros(micros),
            complete: self.complete,
        }
    }
}

/// Which sound lies under which chunk. Pure.
#[derive(Debug, Default)]
struct Lay {
    chunks: Vec<Laid>,
    /// The chunk that the sound has come to.
    at: usize,
    samples: usize,
}

impl Lay {
    /// Lays the sound that is there under the chunks that are known.
    fn take(&mut self, sound: &mut Vec<i16>) -> Vec<(usize, Vec<i16>)> {
        let mut laid = Vec::new();
        while !sound.is_empty() {
            let is_last = self.at + 1 >= self.chunks.len();
            let part = match self.chunks.get_mut(self.at) {
                Some(chunk) => {
                    let room = (chunk.characters * CHARACTER_SAMPLES).saturating_sub(chunk.samples);
                    let part = if is_last {
                        sound.len()
                    } else {
                        room.min(sound.len())
                    };
                    chunk.samples += part;
                    part
                }
                None => sound.len(),
            };
            if part > 0 {
                laid.push((self.at, sound.drain(..part).collect()));
                self.samples += part;
            }
            if !is_last && !sound.is_empty() {
                self.at += 1;
            }
        }
        laid
    }

    /// What is known of the chunks that the sound has come to.
    fn so_far(&self) -> impl Iterator<Item = Made> {
        let chunks = self.chunks.iter().enumerate().take(self.at + 1);
        chunks.map(|(chunk, laid)| Made {
            chunk,
            samples: laid.samples,
            complete: chunk < self.at,
        })
    }

    /// What is known of all chunks once no sound follows.
    fn at_last(&self, is_whole: bool) -> impl Iterator<Item = Made> {
        let characters: usize = self.chunks.iter().map(|laid| laid.characters).sum();
        self.chunks.iter().enumerate().map(move |(chunk, laid)| Made {
            chunk,
            samples: if is_whole {
                self.samples * laid.characters / characters.max(1)
            } else {
                laid.samples
            },
            complete: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lay(texts: &[&str]) -> Lay {
        Lay {
            chunks: texts.iter().map(|text| Laid::of(text)).collect(),
            ..Lay::default()
        }
    }

    fn taken(lay: &mut Lay, characters: usize) -> Vec<(usize, usize)> {
        let laid = lay.take(&mut vec![0; characters * CHARACTER_SAMPLES]);
        laid.into_iter()
            .map(|(chunk, pcm)| (chunk, pcm.len() / CHARACTER_SAMPLES))
            .collect()
    }

    #[test]
    fn sound_lies_under_the_words_in_their_order() {
        let mut lay = lay(&["12345", "1234567890"]);
        assert_eq!(taken(&mut lay, 3), [(0, 3)]);
        assert_eq!(taken(&mut lay, 4), [(0, 2), (1, 2)]);
        assert_eq!(taken(&mut lay, 20), [(1, 20)], "the last one takes the rest");
        let shares: Vec<_> = lay
            .at_last(true)
            .map(|made| made.samples / CHARACTER_SAMPLES)
            .collect();
        assert_eq!(shares, [9, 18], "all is there: by length");
    }

    #[test]
    fn words_that_the_sound_did_not_reach_were_not_said() {
        let mut lay = lay(&["12345", "12345", "12345"]);
        taken(&mut lay, 7);
        let made: Vec<_> = lay
            .at_last(false)
            .map(|made| made.samples / CHARACTER_SAMPLES)
            .collect();
        assert_eq!(made, [5, 2, 0]);
    }

    #[tokio::test]
    async fn sound_waits_for_its_words_and_ends_with_them() {
        let (text, chunks) = mpsc::channel(4);
        let (pcm, sound) = mpsc::channel(4);
        let (player, mut played) = mpsc::channel(64);
        let reports = std::sync::Mutex::new(Vec::new());
        let playing = play_along(SpeechId(1), VOICE_RATE_HZ, chunks, sound, player, |voiced| {
            if let Ok(mut reports) = reports.lock() {
                reports.push(voiced);
            }
        });
        let making = async {
            let _ = pcm.send(Along::Pcm(vec![1; 4800])).await;
            tokio::task::yield_now().await;
            assert!(played.try_recv().is_err(), "no words yet");
            let chunk = ChunkText {
                chunk: 0,
                text: "Yes.".into(),
            };
            let _ = text.send(chunk).await;
            let first = played.recv().await;
            assert!(matches!(first, Some(Sound::Audio { chunk: 0, .. })), "{first:?}");
            let _ = pcm.send(Along::Whole).await;
            drop((text, pcm));
            let last = played.recv().await;
            assert!(matches!(last, Some(Sound::End(SpeechId(1)))), "{last:?}");
        };
        tokio::join!(playing, making);
        let last = reports.lock().ok().and_then(|mut reports| reports.pop());
        let expect = Voiced::Made {
            speech: SpeechId(1),
            chunk: 0,
            duration: Duration::from_millis(100),
            complete: true,
        };
        assert_eq!(last, Some(expect));
    }
}
