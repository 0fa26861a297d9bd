//! The server's side: takeover, fencing and giving up.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use troupe_lease::{
    Beat, FAILURES_MAX, LEASE_MS, Lease, Over, Reason, SOUND_AFTER_MS, Stale, Told, Verdict, is_overtaken,
};

const START: i64 = 1_000_000;

fn at(delay_ms: i64) -> i64 {
    START + delay_ms
}

fn granted(verdict: Verdict) -> Lease {
    match verdict {
        Verdict::Granted(lease) => lease,
        other => unreachable!("{other:?}"),
    }
}

fn held() -> Lease {
    granted(Lease::opened(START).claim("w1", None, START))
}

#[test]
fn an_open_room_goes_to_the_first_who_asks() {
    let lease = held();
    assert_eq!(lease.epoch, 1);
    assert!(lease.check("w1", 1).is_ok());
    assert_eq!(lease.check("w2", 1), Err(Stale));
    assert_eq!(lease.check("w1", 0), Err(Stale));
    assert_eq!(
        lease.claim("w2", Some(at(LEASE_MS)), at(LEASE_MS - 1)),
        Verdict::Refused
    );
}

#[test]
fn a_lapsed_holder_loses_the_room_at_the_end_of_its_lease() {
    let lease = granted(held().claim("w2", Some(at(LEASE_MS)), at(LEASE_MS)));
    assert_eq!(lease.epoch, 2);
    assert_eq!(lease.check("w1", 1), Err(Stale));
    assert!(lease.check("w2", 2).is_ok());
}

#[test]
fn a_holder_without_a_row_is_lapsed_and_the_same_worker_may_come_back() {
    let lease = granted(held().claim("w1", None, at(1)));
    assert_eq!(lease.epoch, 2);
    assert_eq!(lease.check("w1", 1), Err(Stale));
}

#[test]
fn a_clean_handover_is_open_at_once() {
    for reason in [Reason::Draining, Reason::Ended] {
        let released = held().release("w1", 1, reason, at(10)).unwrap();
        assert_eq!((released.ends, released.lease.failures), (None, 0));
        assert_eq!(granted(released.lease.claim("w2", None, at(10))).epoch, 2);
    }
}

#[test]
fn empty_and_late_rooms_end() {
    for (reason, end) in [
        (Reason::Empty, Over::Empty),
        (Reason::MaxDuration, Over::MaxDuration),
    ] {
        assert_eq!(held().release("w1", 1, reason, at(10)).unwrap().ends, Some(end));
    }
}

#[test]
fn only_the_holder_releases() {
    assert!(held().release("w2", 1, Reason::Empty, at(10)).is_err());
    assert!(held().release("w1", 2, Reason::Empty, at(10)).is_err());
}

#[test]
fn failed_claims_wait_longer_each_time_and_end() {
    let mut lease = Lease::opened(START);
    let mut now = START;
    let mut pauses = Vec::new();
    loop {
        lease = granted(lease.claim("w", None, now));
        let released = lease.release("w", lease.epoch, Reason::Failed, now).unwrap();
        if released.ends.is_some() {
            assert_eq!(released.ends, Some(Over::Failed));
            break;
        }
        lease = released.lease;
        let pause_ms = lease.claimable_at_ms - now;
        assert_eq!(lease.claim("w", None, now + pause_ms - 1), Verdict::Refused);
        pauses.push(pause_ms);
        now = lease.claimable_at_ms;
    }
    assert_eq!(pauses, [500, 1_000]);
}

#[test]
fn a_room_that_kills_its_workers_is_given_up() {
    let mut lease = held();
    let mut takeovers = 0;
    let mut now = START;
    loop {
        now += LEASE_MS;
        match lease.claim("w", None, now) {
            Verdict::Granted(next) => lease = next,
            Verdict::GivenUp => break,
            Verdict::Refused => unreachable!("its holder lapsed"),
        }
        takeovers += 1;
    }
    assert_eq!(takeovers + 1, FAILURES_MAX);
}

#[test]
fn a_claim_that_played_long_enough_starts_the_count_anew() {
    let mut lease = held();
    let mut now = START;
    for _ in 0..100 {
        now += SOUND_AFTER_MS;
        lease = granted(lease.claim("w", None, now));
        assert_eq!(lease.failures, 1);
    }
}

#[test]
fn a_heartbeat_without_the_room_gives_it_up_after_a_lease() {
    let lease = held();
    assert_eq!(lease.beat(Told::Named, at(100_000)), Beat::Kept);
    assert_eq!(lease.beat(Told::Unnamed, at(LEASE_MS)), Beat::Kept);
    assert_eq!(lease.beat(Told::Unnamed, at(LEASE_MS + 1)), Beat::Forgotten);
    assert_eq!(lease.beat(Told::UnnamedWhileDraining, at(1)), Beat::Forgotten);
    let reopened = lease.reopened(at(5));
    assert_eq!(
        (reopened.holder, reopened.claimable_at_ms, reopened.epoch),
        (None, at(5), 1)
    );
}

#[test]
fn a_heartbeat_that_was_overtaken_says_nothing() {
    assert!(is_overtaken(Some(4), 5));
    assert!(!is_overtaken(Some(5), 5), "the same may come twice");
    assert!(!is_overtaken(None, 5), "older workers do not count");
}
