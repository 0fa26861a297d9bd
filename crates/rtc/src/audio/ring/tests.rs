use std::{sync::atomic::AtomicBool, thread};

use super::*;

fn push(ring: &Ring, samples: &[i16]) {
    ring.write(ring.span(), samples.iter().copied());
    ring.show(samples.len());
}

fn take(ring: &Ring, samples: usize) -> Vec<i16> {
    let (span, mut out) = (ring.span(), Vec::new());
    ring.copy(span, samples, &mut out);
    assert!(ring.replace(span, span.after(samples)));
    out
}

fn cut_all(ring: &Ring) -> u64 {
    loop {
        let span = ring.span();
        if ring.replace(span, span.after(span.len())) {
            return span.len() as u64;
        }
    }
}

#[test]
fn samples_come_out_as_they_went_in_where_positions_wrap() {
    let ring = Ring::beginning_at(u32::MAX - 100);
    let mut next = 0..;
    let (mut said, mut heard) = (Vec::new(), Vec::new());
    for round in 0..50 {
        let block: Vec<i16> = next.by_ref().take(7 * round).collect();
        push(&ring, &block);
        said.extend(block);
        heard.extend(take(&ring, ring.span().len() / 2));
    }
    heard.extend(take(&ring, ring.span().len()));
    assert_eq!(said, heard);
    assert_eq!(ring.span().len(), 0);
}

#[test]
fn whoever_copied_what_was_taken_since_gets_nothing() {
    let ring = Ring::new();
    push(&ring, &[1; 8]);
    let (span, mut out) = (ring.span(), Vec::new());
    ring.copy(span, 4, &mut out);
    // More that waits is a change as well.
    push(&ring, &[2; 8]);
    assert!(!ring.replace(span, span.after(4)));
    assert_eq!(take(&ring, 9), [1, 1, 1, 1, 1, 1, 1, 1, 2]);
}

#[test]
fn a_copy_of_slots_that_were_written_anew_is_not_given_out() {
    let ring = Ring::new();
    push(&ring, &[1; 8]);
    let (span, mut out) = (ring.span(), Vec::new());
    assert_eq!(cut_all(&ring), 8);
    push(&ring, &[2; 5]);
    ring.copy(span, 8, &mut out);
    assert_eq!(out, [2, 2, 2, 2, 2, 1, 1, 1]);
    assert!(!ring.replace(span, span.after(8)));
    assert_eq!(take(&ring, 5), [2; 5]);
}

#[test]
fn between_threads_no_sample_is_torn_lost_or_given_twice() {
    const ROUNDS: u32 = 10_000;
    let (ring, is_over) = (Ring::beginning_at(u32::MAX - 50_000), AtomicBool::new(false));
    let taken = AtomicU64::new(0);
    // Each sample tells its place; a cut leaves places out.
    let cut = thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let (mut last, mut out) = (None::<i16>, Vec::new());
            loop {
                let was_over = is_over.load(Ordering::Acquire);
                let span = ring.span();
                let samples = span.len().min(97);
                out.clear();
                ring.copy(span, samples, &mut out);
                if !ring.replace(span, span.after(samples)) {
                    continue;
                }
                let ascends = out.windows(2).all(|pair| pair[1] == pair[0].wrapping_add(1));
                assert!(ascends, "{out:?}");
                if let (Some(first), Some(before)) = (out.first(), last) {
                    // A sample twice would be a step back.
                    assert!(first.wrapping_sub(before) > 0, "{before} {first}");
                }
                last = out.last().copied().or(last);
                taken.fetch_add(samples as u64, Ordering::Release);
                if was_over && samples == 0 {
                    return;
                }
            }
        });
        let until = |is_so: &dyn Fn() -> bool| {
            while !is_so() && !reader.is_finished() {
                thread::yield_now();
            }
        };
        let (mut next, mut cut, mut before) = (0_i16, 0_u64, (0, 0));
        for round in 0..ROUNDS {
            let block: Vec<i16> = (0..round % 61).map(|n| next.wrapping_add(n as i16)).collect();
            next = next.wrapping_add(block.len() as i16);
            push(&ring, &block);
            // Few slots, so that each is soon written again.
            until(&|| ring.span().len() < 64);
            if round % 3 == 0 {
                cut += cut_all(&ring);
            }
            // With more left out at once, a step forward could not be told from one back.
            until(&|| cut - before.1 < 16_000 || taken.load(Ordering::Acquire) > before.0);
            let now = taken.load(Ordering::Acquire);
            if now > before.0 {
                before = (now, cut);
            }
        }
        is_over.store(true, Ordering::Release);
        cut
    });
    let said: u64 = (0..ROUNDS).map(|round| u64::from(round % 61)).sum();
    assert_eq!(taken.into_inner() + cut, said);
}
