use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::pair::{PATIENCE, pair_through};
use crate::way::{Amiss, Way};
use tokio::time::{sleep, timeout};

/// Each side checks a way for itself, and may send on it once its own check is answered. On the better way here the
/// listener's checks are lost: what comes there comes before the listener knows that the way works.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_on_a_way_that_was_not_checked_back_is_heard() {
    let (plain, better) = (
        Way::new(Amiss::Nothing, 1_000),
        Way::new(Amiss::ChecksBack, 2_000),
    );
    let pair = pair_through(&[plain, better.clone()]).await;
    let way = || pair.a.vitals().path.map(|path| path.remote);
    let before = timeout(PATIENCE, async {
        loop {
            match way() {
                Some(way) => return way,
                None => sleep(Duration::from_millis(10)).await,
            }
        }
    });
    let before = before.await.unwrap();
    better.is_open.store(true, Ordering::Relaxed);
    let moved = async {
        while way() == Some(before) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, moved).await.unwrap();
    tokio::join!(pair.speak(20), pair.hear());
}
