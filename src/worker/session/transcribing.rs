//! The words of a turn: from whoever listened to it, or else by a transcription of its sound, and by a second one when
//! the first is stalled.

use std::time::Duration;

use futures::future::{BoxFuture, select_ok};

use crate::providers::{ProviderError, SpeechToText};

/// A transcription that takes this long is asked for again, of the same sound; whichever comes first counts. Half of
/// the core's `words_deadline`, so that the second one has as long as the first.
const STALLED_AFTER: Duration = Duration::from_secs(4);

/// The words of whoever listened, if somebody did and heard all of it; else those that `whole` makes of the turn's sound.
pub(super) async fn words_or(
    live: Option<BoxFuture<'static, Result<String, ProviderError>>>,
    whole: impl Future<Output = Result<String, ProviderError>>,
) -> Result<String, ProviderError> {
    if let Some(live) = live {
        match live.await {
            Ok(words) => return Ok(words),
            Err(error) => tracing::warn!(%error, "listen to a turn: transcribe its sound instead"),
        }
    }
    whole.await
}

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

    #[tokio::test]
    async fn whoever_listened_is_asked_first() {
        let whole = || async { Ok("whole".to_owned()) };
        let live = |words: Result<&str, ProviderError>| -> Option<BoxFuture<'static, _>> {
            let words = words.map(str::to_owned);
            Some(Box::pin(async move { words }))
        };
        assert_eq!(words_or(None, whole()).await.ok().as_deref(), Some("whole"));
        assert_eq!(
            words_or(live(Ok("live")), whole()).await.ok().as_deref(),
            Some("live")
        );
        let error = ProviderError::BrokenOff { provider: "a" };
        assert_eq!(
            words_or(live(Err(error)), whole()).await.ok().as_deref(),
            Some("whole")
        );
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
