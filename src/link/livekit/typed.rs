//! Messages that people type: text streams on the topic `lk.chat`.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use livekit::{StreamResult, TextStreamReader};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::Seen;

/// Topic of typed messages.
pub(super) const TOPIC: &str = "lk.chat";
/// Longest message that is taken, bytes; a longer one is dropped with a warning, and no more of it is kept than this.
const BYTES_MAX: usize = 20_000;
/// Messages that may be arriving at once. Full: the newest is dropped with a warning.
const ARRIVING_MAX: usize = 16;
/// Time for a message to arrive.
const ARRIVES_WITHIN: Duration = Duration::from_secs(30);

/// Places for messages that are arriving.
#[derive(Clone)]
pub(super) struct Typing(Arc<Semaphore>);

impl Typing {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(ARRIVING_MAX)))
    }

    /// Takes a message of this person in the background.
    pub(super) fn take<F: Fn(Seen) + Send + Sync + 'static>(
        &self,
        reader: TextStreamReader,
        identity: String,
        seen: &Arc<F>,
    ) {
        let Ok(place) = self.0.clone().try_acquire_owned() else {
            tracing::warn!("read a typed message: too many arrive at once");
            return;
        };
        let seen = seen.clone();
        tokio::spawn(async move {
            let _place = place;
            match timeout(ARRIVES_WITHIN, read(reader)).await {
                Ok(Ok(Some(text))) => seen(Seen::Typed { identity, text }),
                Ok(Ok(None)) => tracing::warn!("read a typed message: it is longer than {BYTES_MAX} bytes"),
                Ok(Err(error)) => tracing::debug!(%error, "read a typed message"),
                Err(_) => tracing::debug!("read a typed message: it does not end"),
            }
        });
    }
}

/// All of it; `None` when it is too long.
async fn read(
    mut pieces: impl futures::Stream<Item = StreamResult<String>> + Unpin,
) -> StreamResult<Option<String>> {
    let mut text = String::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        if text.len() + piece.len() > BYTES_MAX {
            return Ok(None);
        }
        text.push_str(&piece);
    }
    Ok(Some(text))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use futures::stream::{iter, repeat_with};

    use super::*;

    #[tokio::test]
    async fn a_message_that_never_ends_is_dropped_once_it_is_too_long() {
        let pieces = |words: &[&str]| {
            iter(
                words
                    .iter()
                    .map(|word| Ok((*word).to_owned()))
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(
            read(pieces(&["How ", "deep?"])).await.unwrap().unwrap(),
            "How deep?"
        );
        assert_eq!(read(pieces(&[])).await.unwrap().unwrap(), "");
        assert_eq!(read(repeat_with(|| Ok("x".repeat(1_000)))).await.unwrap(), None);
    }
}
