//! Voices that break off.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Mutex;

use async_trait::async_trait;
use futures::stream;

use super::*;
use crate::providers::{SPEECH_RATE_HZ, SpokenWord};

const LANGUAGE: &str = "de-AT";
const TEXT: &str = "First there was a river, and then there was a ferry.";
/// Samples that this voice makes of one character: 60 ms.
const CHARACTER: usize = SPEECH_RATE_HZ as usize * 60 / 1000;

/// Speaks as many samples as `breaks` says, one entry a request, and breaks off; afterwards it speaks whole.
#[derive(Default)]
struct Breaking {
    breaks: Mutex<Vec<usize>>,
    asked: Mutex<Vec<String>>,
    /// Words of whichever text, and when they end.
    tells: Vec<SpokenWord>,
}

impl Breaking {
    fn after(breaks: &[usize]) -> Self {
        Self {
            breaks: Mutex::new(breaks.iter().rev().copied().collect()),
            ..Self::default()
        }
    }
}

#[async_trait]
impl TextToSpeech for Breaking {
    async fn synthesize(
        &self,
        text: &str,
        _: &Voices,
        language: &str,
    ) -> Result<SpeechStream, ProviderError> {
        assert_eq!(
            language, LANGUAGE,
            "the language reaches the voice, at a seam as well"
        );
        self.asked.lock().unwrap().push(text.to_owned());
        let whole = text.chars().count() * CHARACTER;
        let broken = self.breaks.lock().unwrap().pop();
        let pcm: Vec<i16> = (0..broken.unwrap_or(whole))
            .map(|at| if at % 40 < 20 { 5_000 } else { -5_000 })
            .collect();
        let pieces: Vec<_> = pcm.chunks(1_600).map(|piece| Ok(piece.to_vec())).collect();
        let end = broken.map(|_| Err(ProviderError::BrokenOff { provider: "scripted" }));
        let chunks = stream::iter(pieces.into_iter().chain(end)).boxed();
        let speech = SpeechStream::new(SPEECH_RATE_HZ, chunks);
        speech.words.add(self.tells.iter().cloned());
        Ok(speech)
    }
}

/// Speaks [`TEXT`] with a voice that breaks off like this; answers what it was asked, the length of all sound that is
/// left at the player, ms, and how many errors there were.
async fn spoken(breaks: &[usize]) -> (Vec<String>, u64, usize) {
    spoken_as(breaks, Lexicon::default()).await
}

async fn spoken_as(breaks: &[usize], lexicon: Lexicon) -> (Vec<String>, u64, usize) {
    spoken_by(Breaking::after(breaks), lexicon).await
}

async fn spoken_by(voice: Breaking, lexicon: Lexicon) -> (Vec<String>, u64, usize) {
    let voice = Arc::new(voice);
    let speaker = Speaker {
        tts: voice.clone(),
        voices: Voices::default(),
        language: LANGUAGE.to_owned(),
        pace: Pace::default(),
        level: Level::default(),
        lexicon,
    };
    let (text, chunks) = mpsc::channel(1);
    let (player, mut sounds) = mpsc::channel(1_024);
    text.send(ChunkText {
        chunk: 0,
        text: TEXT.to_owned(),
    })
    .await
    .unwrap();
    drop(text);
    let (errors, reported) = (Mutex::new(0), Mutex::new(Duration::ZERO));
    let report = |voiced| {
        if let Voiced::Made { duration, .. } = voiced {
            *reported.lock().unwrap() = duration;
        }
    };
    synthesize(SpeechId(1), chunks, speaker, player, report, |_| {
        *errors.lock().unwrap() += 1
    })
    .await;
    let mut left = 0;
    while let Some(sound) = sounds.recv().await {
        match sound {
            Sound::Audio { pcm, .. } => left += pcm.len(),
            Sound::Back { samples, .. } => {
                assert!(samples <= left);
                left = samples;
            }
            Sound::End(_) => break,
        }
    }
    assert_eq!(
        length(left),
        *reported.lock().unwrap(),
        "what is told is what there is"
    );
    let asked = voice.asked.lock().unwrap().clone();
    let errors = *errors.lock().unwrap();
    (asked, length(left).as_millis() as u64, errors)
}

#[tokio::test]
async fn a_voice_that_breaks_off_goes_on_behind_the_last_whole_word() {
    let (asked, ..) = spoken(&[]).await;
    assert_eq!(asked, [TEXT]);
    // In the middle of "then", two words behind the comma.
    let (asked, length_ms, errors) = spoken(&[31 * CHARACTER]).await;
    assert_eq!((errors, asked.len()), (1, 2));
    assert_eq!(asked[1], "then there was a ferry.");
    // All words once: as long as the whole, give or take what a word's share of a text is.
    let whole_ms = TEXT.len() as u64 * 60;
    assert!(
        (whole_ms - 150..whole_ms + 150).contains(&length_ms),
        "{length_ms} of {whole_ms} ms"
    );
}

#[tokio::test]
async fn a_voice_that_breaks_off_again_goes_on_again_and_then_gives_up() {
    let (asked, _, errors) = spoken(&[20 * CHARACTER, 12 * CHARACTER]).await;
    assert_eq!((errors, asked.len()), (2, 3));
    let words: Vec<_> = TEXT.split_whitespace().collect();
    for rest in &asked {
        let rest: Vec<_> = rest.split_whitespace().collect();
        assert!(words.ends_with(&rest), "{asked:?}");
    }
    let (asked, _, errors) = spoken(&[4 * CHARACTER; 9]).await;
    assert_eq!((errors, asked.len()), (3, 3));
}

#[tokio::test]
async fn a_voice_is_given_words_as_they_sound_and_goes_on_where_it_would_have() {
    let words = [("then", "thenn"), ("ferry", "a boat that goes to and fro")];
    let words = words.map(|(word, sounds)| (word.to_owned(), sounds.to_owned()));
    let lexicon = Lexicon::new(&words.into());
    let (asked, _, errors) = spoken_as(&[31 * CHARACTER], lexicon).await;
    assert_eq!(errors, 1);
    assert_eq!(
        asked,
        [
            "First there was a river, and thenn there was a a boat that goes to and fro.",
            "thenn there was a a boat that goes to and fro."
        ]
    );
}

#[tokio::test]
async fn a_voice_that_says_nothing_is_not_asked_again() {
    let (asked, length_ms, errors) = spoken(&[0; 9]).await;
    assert_eq!((errors, asked.len(), length_ms), (1, 1, 0));
}

#[tokio::test]
async fn a_voice_that_tells_times_goes_on_behind_the_word_that_it_ended() {
    let word = |text: &str, ms| SpokenWord {
        text: text.to_owned(),
        end: Duration::from_millis(ms),
    };
    // By its pace it had said nine words.
    let mut voice = Breaking::after(&[CHARACTER * 45]);
    voice.tells = vec![word("First", 1_000), word("there", 2_000), word("was", 3_000)];
    let (asked, _, errors) = spoken_by(voice, Lexicon::default()).await;
    assert_eq!(asked, [TEXT, "was a river, and then there was a ferry."]);
    assert_eq!(errors, 1);
}
