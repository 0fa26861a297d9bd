//! One look for all who wait for rooms: a thousand polls that wake for one room must not ask the database a thousand
//! times.
//!
//! Claims of one process look one after the other. A look that found nothing to take answers for every poll that woke
//! before it began; a poll's first look is always its own, for it may repeat a request.

use tokio::sync::Mutex;
use tokio::time::Instant;

/// The last look that found nothing to take.
#[derive(Debug, Clone, Copy)]
struct Nothing {
    began: Instant,
    /// When a room becomes claimable by time alone, if one does.
    next: Option<Instant>,
}

/// Where claims stand in line.
#[derive(Debug, Default)]
pub(in crate::api) struct Gate(Mutex<Option<Nothing>>);

/// What somebody looks for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Look {
    /// Their first one.
    First,
    /// There may be something since this moment.
    Since(Instant),
}

impl Gate {
    /// Looks, unless somebody has looked since and found nothing. Answers what was found, and when to look again,
    /// ms; `look` answers the same.
    pub(super) async fn pass<T, E>(
        &self,
        why: Look,
        look: impl AsyncFnOnce() -> Result<(Vec<T>, Option<i64>), E>,
    ) -> Result<(Vec<T>, Option<i64>), E> {
        let mut nothing = self.0.lock().await;
        let began = Instant::now();
        if let (Look::Since(moment), Some(last)) = (why, *nothing)
            && last.began >= moment
            && last.next.is_none_or(|next| next > began)
        {
            let next_in = last.next.map(|next| next.duration_since(began).as_millis());
            return Ok((Vec::new(), next_in.and_then(|ms| i64::try_from(ms).ok())));
        }
        let (found, next_in_ms) = look().await?;
        // A room that is claimable and was not taken is one that is being changed, or not for this worker.
        let is_nothing = found.is_empty() && next_in_ms.is_none_or(|ms| ms > 0);
        let next = next_in_ms.map(|ms| began + std::time::Duration::from_millis(ms.unsigned_abs()));
        *nothing = is_nothing.then_some(Nothing { began, next });
        Ok((found, next_in_ms))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::convert::Infallible;
    use std::time::Duration;

    use super::*;

    type Found = Result<(Vec<u8>, Option<i64>), Infallible>;

    #[tokio::test(start_paused = true)]
    async fn a_look_that_found_nothing_answers_for_all_who_woke_before_it() {
        let (gate, looks) = (Gate::default(), Cell::new(0));
        let nothing = async || -> Found {
            looks.set(looks.get() + 1);
            Ok((Vec::new(), Some(5_000)))
        };
        let woken = Instant::now();
        gate.pass(Look::First, nothing).await.unwrap();
        tokio::time::advance(Duration::from_secs(1)).await;
        let (_, again) = gate.pass(Look::Since(woken), nothing).await.unwrap();
        assert_eq!((looks.get(), again), (1, Some(4_000)));
        gate.pass(Look::First, nothing).await.unwrap();
        gate.pass(Look::Since(Instant::now() + Duration::from_millis(1)), nothing)
            .await
            .unwrap();
        assert_eq!(looks.get(), 3, "who asks first looks, and who woke later");
        tokio::time::advance(Duration::from_secs(6)).await;
        gate.pass(Look::Since(woken), nothing).await.unwrap();
        assert_eq!(looks.get(), 4, "a lease has run out since");
    }

    #[tokio::test(start_paused = true)]
    async fn a_room_that_was_found_or_passed_over_ends_it() {
        let (gate, looks) = (Gate::default(), Cell::new(0));
        let woken = Instant::now();
        for answer in [(vec![1], None), (Vec::new(), Some(0)), (vec![2], None)] {
            let look = async || -> Found {
                looks.set(looks.get() + 1);
                Ok(answer)
            };
            gate.pass(Look::Since(woken), look).await.unwrap();
        }
        assert_eq!(looks.get(), 3);
    }
}
