//! Every order in which the threads of a worker can meet over its lease, tried by loom.
//!
//! `RUSTFLAGS="--cfg loom" cargo test --release --manifest-path crates/lease/Cargo.toml --test interleavings`
#![cfg(loom)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use loom::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use loom::sync::{Arc, Mutex};
use loom::thread;
use troupe_lease::shared::{Gate, Slip};

#[test]
fn nobody_who_knows_of_a_closing_finds_it_open() {
    loom::model(|| {
        let gate = Arc::new(Gate::closed());
        let left = Arc::new(AtomicBool::new(false));
        gate.set(Some(100));
        let keeper = {
            let (gate, left) = (Arc::clone(&gate), Arc::clone(&left));
            thread::spawn(move || {
                gate.set(None);
                // As the order to leave a room, which follows.
                left.store(true, Ordering::Release);
            })
        };
        let knows = left.load(Ordering::Acquire);
        let is_open = gate.is_open(50);
        assert!(!(knows && is_open));
        assert!(!gate.is_open(100), "its time is over in any case");
        keeper.join().unwrap();
        assert!(!gate.is_open(50));
    });
}

#[test]
fn a_gate_shows_only_what_was_set() {
    loom::model(|| {
        let gate = Arc::new(Gate::closed());
        let keeper = {
            let gate = Arc::clone(&gate);
            thread::spawn(move || {
                gate.set(Some(100));
                gate.set(Some(200));
            })
        };
        let later = gate.is_open(150);
        // What was extended is not seen short again.
        assert!(!later || gate.is_open(150));
        assert!(!gate.is_open(200));
        keeper.join().unwrap();
        assert!(gate.is_open(150));
    });
}

/// The other side: it keeps the newest of what arrives, as the API does by revision.
struct Api(Mutex<(u64, u8)>);

impl Api {
    fn take(&self, value: u8, revision: u64) {
        let mut known = self.0.lock().unwrap();
        if revision > known.0 {
            *known = (revision, value);
        }
    }
}

fn carry(slip: &Slip<u8>, api: &Api) -> bool {
    let Some((value, revision)) = slip.news() else {
        return false;
    };
    api.take(value, revision);
    slip.arrived(revision);
    true
}

#[test]
fn nothing_is_news_only_once_the_newest_has_arrived() {
    loom::model(|| {
        let slip = Arc::new(Slip::known(0_u8));
        let api = Arc::new(Api(Mutex::new((0, 0))));
        let carriers: Vec<_> = (0..2)
            .map(|_| {
                let (slip, api) = (Arc::clone(&slip), Arc::clone(&api));
                thread::spawn(move || carry(&slip, &api))
            })
            .collect();
        slip.write(1);
        slip.write(2);
        for carrier in carriers {
            carrier.join().unwrap();
        }
        while carry(&slip, &api) {}
        assert_eq!(*api.0.lock().unwrap(), (2, 2));
    });
}

#[test]
fn a_message_that_is_lost_leaves_its_news() {
    loom::model(|| {
        let slip = Arc::new(Slip::known(0_u8));
        let arrivals = Arc::new(AtomicU64::new(0));
        slip.write(1);
        let carrier = {
            let (slip, arrivals) = (Arc::clone(&slip), Arc::clone(&arrivals));
            // Its message never arrives.
            thread::spawn(move || {
                let (_, revision) = slip.news().unwrap();
                arrivals.fetch_max(revision, Ordering::Relaxed);
            })
        };
        slip.write(2);
        carrier.join().unwrap();
        assert!(arrivals.load(Ordering::Relaxed) <= 2);
        assert_eq!(slip.news(), Some((2, 2)));
    });
}
