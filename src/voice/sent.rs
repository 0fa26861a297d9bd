//! Counts frames with sound that left.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Sink;

/// A frame in which no sample is louder than this is silent: a digital voice is silent to the last bits.
const AMPLITUDE_MIN: u16 = 16;

/// How many frames with sound have left; clones see the same.
#[derive(Debug, Clone, Default)]
pub struct Sent(Arc<AtomicU64>);

impl Sent {
    /// So many so far.
    pub fn frames(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A sink that counts what it has let through.
pub struct Counted<S> {
    sink: S,
    sent: Sent,
}

impl<S> Counted<S> {
    /// Counts in `sent`.
    pub fn new(sink: S, sent: Sent) -> Self {
        Self { sink, sent }
    }
}

impl<S: Sink> Sink for Counted<S> {
    async fn frame(&mut self, pcm: &[i16]) {
        self.sink.frame(pcm).await;
        if pcm.iter().any(|sample| sample.unsigned_abs() > AMPLITUDE_MIN) {
            self.sent.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn clear(&mut self) {
        self.sink.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nowhere;

    impl Sink for Nowhere {
        async fn frame(&mut self, _: &[i16]) {}

        fn clear(&mut self) {}
    }

    #[tokio::test]
    async fn silence_does_not_count() {
        let sent = Sent::default();
        let mut sink = Counted::new(Nowhere, sent.clone());
        sink.frame(&[0, 16, -16]).await;
        sink.frame(&[0, i16::MIN]).await;
        assert_eq!(sent.frames(), 1);
    }
}
