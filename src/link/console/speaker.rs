//! What the characters say, mixed, until somebody pulls it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::voice::{Sink, VOICE_RATE_HZ};

/// Sound that waits, samples: 1 s. A player is 60 ms ahead at most; full means that nobody pulls: the newest is dropped.
const WAITING_MAX: usize = VOICE_RATE_HZ as usize;

/// The sound of one character that was not pulled yet.
type Waiting = Arc<Mutex<VecDeque<i16>>>;

/// All characters' sound; clones pull from the same.
#[derive(Debug, Clone, Default)]
pub struct Speaker(Arc<Mutex<Vec<Waiting>>>);

/// Takes one character's frames; it is silent when dropped.
#[derive(Debug)]
pub struct SpeakerSink(Waiting);

impl Speaker {
    pub(super) fn sink(&self) -> SpeakerSink {
        let voice = Waiting::default();
        let mut voices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever left is not kept.
        voices.retain(|voice| Arc::strong_count(voice) > 1);
        voices.push(voice.clone());
        SpeakerSink(voice)
    }

    /// Fills `pcm`, mono at 48 kHz, with what is to be heard next; silence where there is nothing.
    pub fn pull(&self, pcm: &mut [i16]) {
        pcm.fill(0);
        let voices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for voice in voices.iter() {
            let mut waiting = voice.lock().unwrap_or_else(PoisonError::into_inner);
            let count = pcm.len().min(waiting.len());
            for (mixed, sample) in pcm.iter_mut().zip(waiting.drain(..count)) {
                *mixed = mixed.saturating_add(sample);
            }
        }
    }
}

impl Sink for SpeakerSink {
    async fn frame(&mut self, pcm: &[i16]) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = WAITING_MAX.saturating_sub(waiting.len());
        waiting.extend(pcm.iter().take(room));
    }

    fn clear(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn voices_are_mixed_cut_apart_and_never_wait() {
        let speaker = Speaker::default();
        let (mut one, mut other) = (speaker.sink(), speaker.sink());
        one.frame(&[100; 4]).await;
        other.frame(&[20; 2]).await;
        let mut pcm = [7; 3];
        speaker.pull(&mut pcm);
        assert_eq!(pcm, [120, 120, 100]);
        other.frame(&[5; 3]).await;
        one.clear();
        speaker.pull(&mut pcm);
        assert_eq!(pcm, [5, 5, 5]);
        for _ in 0..60 {
            one.frame(&[1; 960]).await;
        }
        let mut all = vec![0; 2 * WAITING_MAX];
        speaker.pull(&mut all);
        assert_eq!(all.iter().filter(|sample| **sample == 1).count(), WAITING_MAX);
        drop(other);
        speaker.sink();
        assert_eq!(speaker.0.lock().unwrap_or_else(PoisonError::into_inner).len(), 2);
    }
}
