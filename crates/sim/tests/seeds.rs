//! Rooms of some thousand seeds are clean; every planted fault is found; seeds that once failed stay clean.
#![expect(clippy::panic, reason = "tests fail by panicking")]

use troupe_dialogue::Fault;
use troupe_sim::{Options, run, run_traced};

/// Seeds that are always played; `cargo run --release -p troupe-sim` plays 100 000.
const SEEDS: u64 = 4000;
/// Seeds within which a planted fault is found.
const FAULT_SEEDS: u64 = 4000;

fn check(seed: u64) {
    if let (Err(violation), trace) = run_traced(seed, None) {
        panic!("{}\n{trace}\n{violation}", Options::draw(seed));
    }
}

#[test]
fn rooms_are_clean() {
    (0..SEEDS).for_each(check);
}

#[test]
fn a_seed_gives_the_same_room_twice() {
    for seed in 0..5 {
        let (one, other) = (run(seed, None), run(seed, None));
        assert_eq!(format!("{one:?}"), format!("{other:?}"));
    }
}

fn is_found(fault: Fault) {
    let found = (0..FAULT_SEEDS).find_map(|seed| run(seed, Some(fault)).err());
    assert!(found.is_some(), "{fault:?} is not found in {FAULT_SEEDS} rooms");
}

#[test]
fn a_backchannel_that_yields_the_floor_is_found() {
    is_found(Fault::BackchannelYields);
}

#[test]
fn a_paused_speech_that_never_goes_on_is_found() {
    is_found(Fault::NeverResumes);
}

#[test]
fn a_voice_that_is_heeded_late_is_found() {
    is_found(Fault::PausesLate);
}

#[test]
fn a_cut_speech_that_is_remembered_whole_is_found() {
    is_found(Fault::HeardWhole);
}

#[test]
fn words_that_are_posted_twice_is_found() {
    is_found(Fault::EntryTwice);
}

#[test]
fn a_turn_that_is_forgotten_is_found() {
    is_found(Fault::TurnForgotten);
}

#[test]
fn an_answer_over_somebodys_voice_is_found() {
    is_found(Fault::SpeaksOver);
}

#[test]
fn two_characters_at_once_is_found() {
    is_found(Fault::TwoAtOnce);
}

#[test]
fn a_reply_that_is_waited_for_without_end_is_found() {
    is_found(Fault::NoReplyDeadline);
}

#[test]
fn an_answer_to_other_words_is_found() {
    is_found(Fault::StaleAnswer);
}

#[test]
fn turns_that_wait_without_bound_is_found() {
    is_found(Fault::EndlessQueue);
}

#[test]
fn a_transcription_that_is_waited_for_without_end_is_found() {
    is_found(Fault::NoWordsDeadline);
}
