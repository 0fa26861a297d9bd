//! How a worker stops: talks may come to their end, the rest is handed over between two turns.

use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Time before the end of the grace in which rooms look for a moment between two turns.
const LOOKS_FOR_A_MOMENT: Duration = Duration::from_secs(8);

/// What rooms are to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Leave {
    /// Go on.
    Stay,
    /// Hand the room over as soon as nobody speaks and no answer is owed.
    BetweenTurns,
    /// Hand it over now.
    AtOnce,
}

/// Tells the rooms what to do once the worker is to stop: within `grace`, or at once when `hurry` is cancelled.
pub(super) async fn run(leave: watch::Sender<Leave>, grace: Duration, hurry: CancellationToken) {
    let looks = LOOKS_FOR_A_MOMENT.min(grace);
    let steps = [(grace - looks, Leave::BetweenTurns), (looks, Leave::AtOnce)];
    for (pause, step) in steps {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = hurry.cancelled() => {
                leave.send_replace(Leave::AtOnce);
                return;
            }
        }
        leave.send_replace(step);
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn rooms_go_on_then_look_for_a_moment_then_leave() {
        let (leave, mut told) = watch::channel(Leave::Stay);
        let began = Instant::now();
        tokio::spawn(run(leave, Duration::from_secs(20), CancellationToken::new()));
        let mut steps = Vec::new();
        while told.changed().await.is_ok() {
            steps.push((began.elapsed().as_secs(), *told.borrow_and_update()));
        }
        assert_eq!(steps, [(12, Leave::BetweenTurns), (20, Leave::AtOnce)]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_told_twice_leaves_at_once() {
        let (leave, mut told) = watch::channel(Leave::Stay);
        let hurry = CancellationToken::new();
        let began = Instant::now();
        tokio::spawn(run(leave, Duration::from_secs(20), hurry.clone()));
        tokio::time::sleep(Duration::from_secs(3)).await;
        hurry.cancel();
        assert!(told.changed().await.is_ok());
        assert_eq!((began.elapsed().as_secs(), *told.borrow()), (3, Leave::AtOnce));
    }
}
