//! Every fault that can be planted into the core is found within some hundred seeds.

use troupe_sim::{Fault, Sweep};

/// Seeds within which a planted fault is found.
const SEEDS: u64 = 1_000;

/// `as_what` is how it shows first, where it shows in one way alone.
fn is_found(fault: Fault, as_what: &str) {
    let sweep = Sweep {
        fault: Some(fault),
        threads: 1,
        failures_max: 1,
        ..Sweep::of(SEEDS)
    };
    let progress = sweep.play(|_| {});
    let found = progress.failures.first();
    assert!(found.is_some(), "{fault:?} is not found in {SEEDS} rooms");
    let what = found.map_or("", |failure| failure.violation.what.as_str());
    assert!(what.contains(as_what), "{fault:?} is found as {what:?}");
}

#[test]
fn a_backchannel_that_yields_the_floor() {
    is_found(Fault::BackchannelYields, "which is taken for Interruption");
}

#[test]
fn an_echo_that_takes_the_floor() {
    is_found(Fault::EchoSpeaks, "");
}

#[test]
fn a_paused_speech_that_never_goes_on() {
    is_found(Fault::NeverResumes, "it does not go on");
}

#[test]
fn a_voice_that_is_heeded_late() {
    is_found(Fault::PausesLate, "is not heeded");
}

#[test]
fn a_cut_speech_that_is_remembered_whole() {
    is_found(Fault::HeardWhole, "and posted");
}

#[test]
fn words_that_are_posted_twice() {
    is_found(Fault::EntryTwice, "is posted twice");
}

#[test]
fn a_turn_that_is_forgotten() {
    is_found(Fault::TurnForgotten, "");
}

#[test]
fn an_answer_over_somebodys_voice() {
    is_found(Fault::SpeaksOver, "");
}

#[test]
fn two_characters_at_once() {
    is_found(Fault::TwoAtOnce, "");
}

#[test]
fn a_reply_that_is_waited_for_without_end() {
    is_found(Fault::NoReplyDeadline, "");
}

#[test]
fn an_answer_to_other_words() {
    is_found(Fault::StaleAnswer, "answers other words");
}

#[test]
fn turns_that_wait_without_bound() {
    is_found(Fault::EndlessQueue, "more turns wait than may");
}

#[test]
fn a_transcription_that_is_waited_for_without_end() {
    is_found(Fault::NoWordsDeadline, "");
}

#[test]
fn characters_that_talk_without_end() {
    is_found(Fault::RunsOn, "goes on after");
}

#[test]
fn a_scene_that_stops_when_a_person_cuts_in() {
    is_found(Fault::SceneStops, "the scene");
}

#[test]
fn somebody_else_who_answers() {
    is_found(Fault::WrongCharacter, "answers");
}
