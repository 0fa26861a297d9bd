use crate::pair::{PATIENCE, pair};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

fn sockets() -> usize {
    let entries = std::fs::read_dir("/proc/self/fd").unwrap();
    let links = entries.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    links
        .filter(|link| link.to_string_lossy().starts_with("socket:"))
        .count()
}

/// One test, so that no other one's sockets are counted: what was connected and closed leaves no socket and
/// no task, whichever way it ends.
#[test]
fn a_connection_gives_everything_back() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        // What the process needs once.
        drop(pair().await);
        let settled = async |sockets_before: usize| {
            let back = async {
                while sockets() > sockets_before || Handle::current().metrics().num_alive_tasks() > 0 {
                    sleep(Duration::from_millis(10)).await;
                }
            };
            timeout(PATIENCE, back).await.is_ok()
        };
        assert!(settled(sockets()).await, "tasks remain");
        let before = sockets();
        for round in 0..5 {
            let pairs = [pair().await, pair().await];
            for pair in &pairs {
                tokio::join!(pair.speak(20), pair.hear());
            }
            if round % 2 == 0 {
                pairs.iter().for_each(|pair| {
                    pair.a.close();
                    pair.b.close();
                });
            }
            drop(pairs);
            assert!(
                settled(before).await,
                "round {round}: {} sockets before, {} now",
                before,
                sockets()
            );
        }
    });
}
