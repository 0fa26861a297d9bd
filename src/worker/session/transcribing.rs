//! One transcription, and a second one of the same sound when the first is stalled.

use std::time::Duration;

use futures::future::{BoxFuture, select_ok};

use crate::providers::{ProviderError, SpeechToText};

/// A transcription that takes this long is asked for again, of the same sound; whichever comes first counts. Half of
/// the core's `words_deadline`, so that the second one has as long as the first.
const STALLED_AFTER: Duration = Duration::from_secs(4);

/// The words of `pcm`; `stalled` is told when they were asked for twice.
pub(super) async fn transcribe(
    model: &dyn SpeechToText,
    pcm: &[i16],
    language: &str,
    stalled: impl FnOnce(),
) -> Result<String, ProviderError> {
    let mut first: BoxFuture<'_, _> = Box::pin(model.transcribe(pcm, language));
    match tokio::time::timeout(STALLED_AFTER, &mut first).await {
        Ok(result) => result,
        Err(_) => {
            stalled();
            let again: BoxFuture<'_, _> = Box::pin(model.transcribe(pcm, language));
            let (words, _) = select_ok([first, again]).await?;
            Ok(words)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::scripted::{Scripted, Step};

    async fn heard(model: &Scripted) -> (Option<String>, bool, u64) {
        let began = tokio::time::Instant::now();
        let mut is_stalled = false;
        let words = transcribe(model, &[0; 16], "en", || is_stalled = true).await;
        (words.ok(), is_stalled, began.elapsed().as_secs())
    }

    fn after(seconds: u64, words: &str) -> Vec<Step<String>> {
        vec![Step::Wait(seconds * 1_000), Step::Piece(words.to_owned())]
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_stalled_is_heard_again_and_the_first_words_count() {
        let prompt = Scripted::new("a").hears(after(3, "one"));
        assert_eq!(heard(&prompt).await, (Some("one".to_owned()), false, 3));
        let stalls = Scripted::new("a").hears(vec![Step::Hang]).hears(after(1, "two"));
        assert_eq!(heard(&stalls).await, (Some("two".to_owned()), true, 5));
        let is_slow = Scripted::new("a").hears(after(6, "one")).hears(after(6, "two"));
        assert_eq!(heard(&is_slow).await, (Some("one".to_owned()), true, 6));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_fails_does_not_end_the_other() {
        let error = ProviderError::BrokenOff { provider: "a" };
        let fails = Scripted::new("a")
            .hears(vec![Step::Wait(5_000), Step::Fail(error.clone())])
            .hears(after(3, "two"));
        assert_eq!(heard(&fails).await, (Some("two".to_owned()), true, 7));
        let both = Scripted::new("a").hears(vec![Step::Wait(5_000), Step::Fail(error)]);
        assert_eq!(heard(&both).await, (None, true, 9));
    }
}
