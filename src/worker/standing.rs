//! The boot clock, and until when the worker stands by its rooms.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::Instant;

use troupe_lease::shared::Gate;

use crate::voice::Sink;

/// Where Linux tells the time since the machine started, in hundredths of a second: `CLOCK_BOOTTIME`.
const UPTIME: &str = "/proc/uptime";

/// Time since the machine started. It goes on while the machine sleeps or this process is stopped; the clock of timers
/// stands still while the machine sleeps. Where there is no such clock it is the timers'.
#[derive(Debug)]
struct BootClock {
    uptime: Option<File>,
    began: Instant,
}

impl BootClock {
    fn new() -> Self {
        let clock = Self {
            uptime: File::open(UPTIME).ok(),
            began: Instant::now(),
        };
        if clock.uptime_ms().is_none() {
            tracing::warn!(
                "{UPTIME} tells no time: leases are kept by a clock that stops while the machine sleeps"
            );
            return Self {
                uptime: None,
                ..clock
            };
        }
        clock
    }

    fn now_ms(&self) -> i64 {
        let timers = || i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        match &self.uptime {
            // A clock that fails later must not turn back: the time is over then.
            Some(_) => self.uptime_ms().unwrap_or(i64::MAX),
            None => timers(),
        }
    }

    fn uptime_ms(&self) -> Option<i64> {
        let mut line = [0; 32];
        let length = self.uptime.as_ref()?.read_at(&mut line, 0).ok()?;
        parse_ms(std::str::from_utf8(line.get(..length)?).ok()?)
    }
}

/// `SECONDS.HUNDREDTHS …` as ms.
fn parse_ms(line: &str) -> Option<i64> {
    let (seconds, rest) = line.split_once('.')?;
    let hundredths = rest.split_whitespace().next()?;
    let (seconds, hundredths): (i64, i64) = (seconds.parse().ok()?, hundredths.parse().ok()?);
    Some(seconds.checked_mul(1000)?.saturating_add(hundredths * 10))
}

/// Whether rooms are still the worker's own. Whoever makes sound asks it first: after a standstill the process may
/// go on for a moment before it knows that its time is over.
#[derive(Debug, Clone)]
pub(super) struct Standing(Arc<(BootClock, Gate)>);

impl Standing {
    /// Of a worker that holds nothing yet.
    pub(super) fn new() -> Self {
        Self(Arc::new((BootClock::new(), Gate::closed())))
    }

    /// The time by the boot clock, ms.
    pub(super) fn now_ms(&self) -> i64 {
        self.0.0.now_ms()
    }

    /// The rooms are the worker's until then.
    pub(super) fn set(&self, until_ms: Option<i64>) {
        self.0.1.set(until_ms);
    }

    pub(super) fn holds(&self) -> bool {
        self.0.1.is_open(self.now_ms())
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
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[derive(Default, Clone)]
    struct Counted(Arc<AtomicUsize>);

    impl Sink for Counted {
        async fn frame(&mut self, _: &[i16]) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }

        fn clear(&mut self) {}
    }

    #[tokio::test]
    async fn nothing_is_heard_without_a_lease() {
        let (heard, standing) = (Counted::default(), Standing::new());
        let mut gated = Gated::new(heard.clone(), standing.clone());
        gated.frame(&[0]).await;
        standing.set(Some(standing.now_ms() + 60_000));
        gated.frame(&[0]).await;
        standing.set(Some(standing.now_ms()));
        gated.frame(&[0]).await;
        assert_eq!(heard.0.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn uptime_is_read_as_linux_writes_it() {
        assert_eq!(parse_ms("26791.07 51234.99\n"), Some(26_791_070));
        assert_eq!(parse_ms("0.50 0.00"), Some(500));
        for broken in ["", "12", "x.1 2", "1.x 2", "12."] {
            assert_eq!(parse_ms(broken), None, "{broken}");
        }
    }
}
