use troupe::protocol::ReleaseReason;
use troupe::rooms::Timestamp;
use troupe::rooms::lease::{Beat, FAILURES_MAX, LEASE_MS, Lease, SOUND_AFTER_MS, Stale, Verdict};
use troupe::rooms::room::EndReason;

const START: Timestamp = Timestamp(1_000_000);

fn at(delay_ms: i64) -> Timestamp {
    START.plus_ms(delay_ms)
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
    for reason in [ReleaseReason::Draining, ReleaseReason::Ended] {
        let released = held().release("w1", 1, reason, at(10)).unwrap();
        assert_eq!((released.ends, released.lease.failures), (None, 0));
        assert_eq!(granted(released.lease.claim("w2", None, at(10))).epoch, 2);
    }
}

#[test]
fn empty_and_late_rooms_end() {
    for (reason, end) in [
        (ReleaseReason::Empty, EndReason::Empty),
        (ReleaseReason::MaxDuration, EndReason::MaxDuration),
    ] {
        assert_eq!(held().release("w1", 1, reason, at(10)).unwrap().ends, Some(end));
    }
}

#[test]
fn only_the_holder_releases() {
    assert!(held().release("w2", 1, ReleaseReason::Empty, at(10)).is_err());
    assert!(held().release("w1", 2, ReleaseReason::Empty, at(10)).is_err());
}

#[test]
fn failed_claims_wait_longer_each_time_and_end() {
    let mut lease = Lease::opened(START);
    let mut now = START;
    let mut pauses = Vec::new();
    loop {
        lease = granted(lease.claim("w", None, now));
        let released = lease
            .release("w", lease.epoch, ReleaseReason::Failed, now)
            .unwrap();
        if released.ends.is_some() {
            assert_eq!(released.ends, Some(EndReason::Failed));
            break;
        }
        lease = released.lease;
        let pause_ms = lease.claimable_at.ms_since(now);
        assert_eq!(
            lease.claim("w", None, now.plus_ms(pause_ms - 1)),
            Verdict::Refused
        );
        pauses.push(pause_ms);
        now = lease.claimable_at;
    }
    assert_eq!(pauses, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
}

#[test]
fn a_room_that_kills_its_workers_is_given_up() {
    let mut lease = held();
    let mut takeovers = 0;
    let mut now = START;
    loop {
        now = now.plus_ms(LEASE_MS);
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
        now = now.plus_ms(SOUND_AFTER_MS);
        lease = granted(lease.claim("w", None, now));
        assert_eq!(lease.failures, 1);
    }
}

#[test]
fn a_heartbeat_without_the_room_gives_it_up_after_a_lease() {
    let lease = held();
    assert_eq!(lease.beat(true, at(100_000)), Beat::Kept);
    assert_eq!(lease.beat(false, at(LEASE_MS)), Beat::Kept);
    assert_eq!(lease.beat(false, at(LEASE_MS + 1)), Beat::Forgotten);
}
