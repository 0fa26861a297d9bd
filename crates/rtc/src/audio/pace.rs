//! One beat for all connections of a process.
//!
//! Every task has timers of its own, but they fire on a common grid: tokio then wakes once for all rooms
//! and finds many tasks due, instead of waking once for each. Nothing is shared but the moment at which the
//! process first asked, so there is no pacer thread to wait for and no lock to take.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

/// The distance between two beats. It divides every packet's length, so what is on the beat stays on it.
pub const BEAT: Duration = Duration::from_millis(5);

static EPOCH: OnceLock<Instant> = OnceLock::new();
static STREAMS: AtomicU32 = AtomicU32::new(0);

/// The first beat at or after an instant.
#[must_use]
pub fn at_or_after(at: Instant) -> Instant {
    let epoch = *EPOCH.get_or_init(Instant::now);
    let beat = BEAT.as_micros() as u64;
    let into = |span: Duration| span.as_micros() as u64 % beat;
    let wait = match at.checked_duration_since(epoch) {
        Some(after) => (beat - into(after)) % beat,
        // Before the epoch, in tests with times of their own.
        None => into(epoch.saturating_duration_since(at)),
    };
    // The epoch's own fraction of a microsecond stays out of it.
    at + Duration::from_micros(wait)
}

/// A beat at or after an instant for a stream of packets of such a length that may begin a packet later as well: another
/// beat for each stream, so that the packets of many rooms do not come at once.
#[must_use]
pub fn spread(at: Instant, packet: Duration) -> Instant {
    let beats = (packet.as_micros() / BEAT.as_micros()).max(1) as u32;
    let turn = STREAMS.fetch_add(1, Ordering::Relaxed) % beats;
    at_or_after(at) + BEAT * turn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_that_begin_together_are_spread_over_a_packet() {
        let now = Instant::now();
        let packet = Duration::from_millis(20);
        let first = at_or_after(now);
        let mut turns: Vec<u32> = (0..8)
            .map(|_| ((spread(now, packet) - first).as_micros() / BEAT.as_micros()) as u32)
            .collect();
        turns.sort_unstable();
        // Other tests take turns of their own.
        assert!(turns.iter().all(|turn| *turn < 4), "{turns:?}");
        turns.dedup();
        assert!(turns.len() > 1, "{turns:?}");
        assert_eq!(spread(now, Duration::from_millis(1)), first);
    }

    #[test]
    fn beats_are_common_and_never_early() {
        let now = Instant::now();
        let mut beats: Vec<Instant> = (0..50_000u64)
            .step_by(7)
            .map(|us| {
                let at = now + Duration::from_micros(us);
                let beat = at_or_after(at);
                assert!(beat >= at && beat - at < BEAT);
                beat
            })
            .collect();
        beats.dedup_by(|a, b| a.duration_since(*b) < Duration::from_micros(2));
        assert!(beats.len() <= 12, "{}", beats.len());
        assert!(
            beats
                .windows(2)
                .all(|pair| matches!(pair, [a, b] if *b - *a > BEAT / 2))
        );
    }
}
