use std::time::Duration;

use troupe_dialogue::{Fate, Input, Output, SpeechId, Trouble, Wake};

use crate::stage::{Stage, ann, ms, pair};

fn apology(stage: &Stage, expect: Trouble) -> SpeechId {
    stage.find(|output| match output {
        Output::Apologise { speech, trouble, .. } if *trouble == expect => Some(*speech),
        _ => None,
    })
}

fn asked(stage: &mut Stage) -> (SpeechId, u64) {
    stage.says(0, 1000, "How are you?");
    let (speech, ..) = stage.generated();
    (speech, stage.ring(Wake::EndOfTurn))
}

#[test]
fn a_failed_answer_is_apologised_for_once() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let (speech, now) = asked(&mut stage);
    stage.hand_in(now + 100, Input::ReplyFailed { speech });
    let apology = apology(&stage, Trouble::NoAnswer);
    assert!(
        stage.outputs.contains(&Output::Play { speech: apology }),
        "the turn was over already"
    );
    stage.hand_in(now + 200, Input::ReplyFailed { speech: apology });
    assert!(
        !stage
            .outputs
            .iter()
            .any(|output| matches!(output, Output::Apologise { .. }))
    );
    let (person, fate) = (ann(), Fate::AnswerFailed);
    assert!(stage.outputs.contains(&Output::TurnClosed { person, fate }));
    assert_eq!(stage.entries(), [pair("ann", "How are you?")]);
}

#[test]
fn a_plan_that_fails_is_tried_again_when_the_turn_is_over() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.says(0, 1000, "How are you?");
    let (speech, ..) = stage.generated();
    stage.hand_in(1160, Input::ReplyFailed { speech });
    assert_eq!(stage.conversation.counters().plans_dropped, 1);
    if !stage.generates() {
        stage.ring(Wake::EndOfTurn);
    }
    let (again, ..) = stage.generated();
    assert!(again != speech && stage.outputs.contains(&Output::Play { speech: again }));
}

#[test]
fn a_model_that_hangs_costs_an_apology() {
    let mut stage = Stage::with_cast(&["Ada"]);
    asked(&mut stage);
    stage.ring(Wake::Settle);
    stage.ring(Wake::ReplyOverdue);
    apology(&stage, Trouble::NoAnswer);
}

#[test]
fn a_voice_without_any_sound_costs_an_apology() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let (speech, now) = asked(&mut stage);
    stage.hand_in(
        now,
        Input::ReplyText {
            speech,
            delta: "Fine.".into(),
        },
    );
    stage.hand_in(now, Input::ReplyDone { speech });
    stage.hand_in(now + 50, Input::PlayoutFinished { speech });
    apology(&stage, Trouble::NoAnswer);
}

#[test]
fn words_that_cannot_be_made_out_are_asked_for_again() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.voice(ann(), 0).pause(ann(), 1000);
    let take = stage.take();
    stage.hand_in(1300, Input::TranscriptionFailed { take });
    let (person, fate) = (ann(), Fate::NotUnderstood);
    assert!(stage.outputs.contains(&Output::TurnClosed { person, fate }));
    apology(&stage, Trouble::NotUnderstood);
}

#[test]
fn a_transcriber_that_hangs_does_not_hold_the_room() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.voice(ann(), 0).pause(ann(), 1000);
    stage.ring(Wake::WordsOverdue);
    apology(&stage, Trouble::NotUnderstood);
}

#[test]
fn a_speech_that_does_not_go_on_is_ended_where_it_stands() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    let now = stage.ring(Wake::PlayoutStalled);
    assert!(stage.outputs.contains(&Output::Stop { speech }));
    stage.stopped(now, speech, ms(1000));
    assert_eq!(stage.entries(), [pair("ada", "One two three four five.")]);
}

#[test]
fn a_speech_of_which_nothing_leaves_is_ended_where_it_stands() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    stage.hand_in(2100, Input::PlayoutStuck { speech });
    assert!(stage.outputs.contains(&Output::Stop { speech }));
    stage.stopped(2150, speech, Duration::ZERO);
    assert!(stage.entries().is_empty());
    stage.hand_in(2200, Input::PlayoutStuck { speech });
    assert!(!stage.outputs.contains(&Output::Stop { speech }), "it is over");
}

#[test]
fn a_cut_that_is_never_confirmed_counts_by_the_clock() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.ada_answers();
    stage.hand_in(
        2100,
        Input::Typed {
            person: ann(),
            text: "Hello?".into(),
        },
    );
    stage.ring(Wake::StopOverdue);
    assert_eq!(stage.entries(), [pair("ada", "One two three")]);
    stage.generated();
}

#[test]
fn a_chunk_without_sound_was_not_heard() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let (speech, now) = asked(&mut stage);
    stage.make(now, speech, "One two three four five. Six seven eight.");
    let silent = Input::ChunkAudio {
        speech,
        chunk: 0,
        duration: Duration::ZERO,
        complete: true,
    };
    stage.hand_in(now, silent);
    stage.hand_in(now, Input::PlayoutStarted { speech });
    stage.hand_in(now + 1000, Input::PlayoutFinished { speech });
    assert_eq!(stage.entries(), [pair("ada", "Six seven eight.")]);
}
