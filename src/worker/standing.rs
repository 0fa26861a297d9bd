//! The boot clock, and until when the worker stands by its rooms.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::voice::Sink;

/// Time since the machine started, ms. It goes on while the machine sleeps or this process is stopped, unlike the
/// clock of timers.
pub(super) fn boot_ms() -> i64 {
    #[cfg(target_os = "linux")]
    let clock = rustix::time::ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    let clock = rustix::time::ClockId::Monotonic;
    let time = rustix::time::clock_gettime(clock);
    let (seconds, nanos): (i64, i64) = (time.tv_sec, time.tv_nsec);
    seconds.saturating_mul(1000).saturating_add(nanos / 1_000_000)
}

/// Whether rooms are still the worker's own. Whoever makes sound asks it first: after a standstill the process may
/// go on for a moment before it knows that its time is over.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing(Arc<AtomicI64>);

impl Standing {
    /// The rooms are the worker's until then, by the boot clock.
    pub(super) fn set(&self, until_ms: Option<i64>) {
        self.0.store(until_ms.unwrap_or(i64::MIN), Ordering::Release);
    }

    pub(super) fn holds(&self) -> bool {
        boot_ms() < self.0.load(Ordering::Acquire)
    }
}

/// A sink that takes nothing once the worker does not stand by its rooms.
pub(super) struct Gated<S> {
    sink: S,
    standing: Standing,
}

impl<S> Gated<S> {
    pub(super) fn new(sink: S, standing: Standing) -> Self {
        Self { sink, standing }
    }
}

impl<S: Sink> Sink for Gated<S> {
    async fn frame(&mut self, pcm: &[i16]) {
        if self.standing.holds() {
            self.sink.frame(pcm).await;
        }
    }

    fn clear(&mut self) {
        self.sink.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Counted(usize);

    impl Sink for &mut Counted {
        async fn frame(&mut self, _: &[i16]) {
            self.0 += 1;
        }

        fn clear(&mut self) {}
    }

    #[tokio::test]
    async fn nothing_is_heard_without_a_lease() {
        let (mut heard, standing) = (Counted::default(), Standing::default());
        // A sink must be `'static`: the test looks through a leaked one.
        let counted: &'static mut Counted = Box::leak(Box::new(std::mem::take(&mut heard)));
        let mut gated = Gated::new(counted, standing.clone());
        gated.frame(&[0]).await;
        standing.set(Some(boot_ms() + 60_000));
        gated.frame(&[0]).await;
        standing.set(Some(boot_ms()));
        gated.frame(&[0]).await;
        assert_eq!(gated.sink.0, 1);
    }
}
