use std::time::Duration;

use troupe_dialogue::{Input, Output, Overlap, Sounding, Wake};

use crate::stage::{Stage, ann, at, ms, pair};

fn resolved(stage: &Stage) -> Vec<Overlap> {
    let overlaps = stage.outputs.iter().filter_map(|output| match output {
        Output::OverlapResolved { overlap, .. } => Some(*overlap),
        _ => None,
    });
    overlaps.collect()
}

#[test]
fn an_interruption_pauses_at_once_and_cuts_to_what_was_heard() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    stage.voice(ann(), 2000);
    let paused = stage.ring(Wake::OverlapPause);
    assert!(paused <= 2150, "{paused}");
    assert_eq!(stage.outputs, [Output::Pause { speech }]);
    stage.pause(ann(), 2600);
    stage.tell(2750, "Wait, which bridge?");
    assert!(stage.outputs.contains(&Output::Stop { speech }));
    assert_eq!(resolved(&stage), [Overlap::Interruption]);
    stage.stopped(2760, speech, ms(620));
    assert_eq!(stage.entries(), [pair("ada", "One two three")]);
    let (answer, ..) = stage.generated();
    if !stage.outputs.contains(&Output::Play { speech: answer }) {
        stage.ring(Wake::EndOfTurn);
    }
    assert!(stage.outputs.contains(&Output::Play { speech: answer }));
}

#[test]
fn a_backchannel_never_takes_the_floor() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    stage.ann_over(2250);
    stage.tell(2400, "Mm-hmm.");
    assert_eq!(resolved(&stage), [Overlap::Backchannel]);
    assert!(stage.outputs.contains(&Output::Resume { speech }));
    assert!(!stage.generates());
    stage.hand_in(4000, Input::PlayoutFinished { speech });
    assert_eq!(
        stage.entries(),
        [pair("ada", "One two three four five. Six seven eight.")]
    );
}

#[test]
fn a_short_sound_does_not_even_pause() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.ada_answers();
    stage.voice(ann(), 2000);
    stage.hand_in(
        2095,
        Input::VoicePaused {
            person: ann(),
            last_voice: at(2050),
        },
    );
    stage.tell(2200, "Mhm.");
    assert_eq!(resolved(&stage), [Overlap::Backchannel]);
    assert!(
        !stage
            .outputs
            .iter()
            .any(|output| matches!(output, Output::Pause { .. } | Output::Resume { .. }))
    );
}

#[test]
fn noise_pauses_and_the_speech_goes_on_where_it_stopped() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    stage.ann_over(2300);
    stage.tell(2400, "");
    assert_eq!(resolved(&stage), [Overlap::Noise]);
    assert!(stage.outputs.contains(&Output::Resume { speech }));
}

#[test]
fn slow_words_do_not_keep_a_character_silent() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    stage.ann_over(2300);
    let take = stage.take();
    let resumed = stage.ring(Wake::FalseInterruption);
    assert_eq!(resumed, 4300);
    assert!(stage.outputs.contains(&Output::Resume { speech }));
    stage.tell_of(4500, take, "Stop, please.");
    assert!(
        stage.outputs.contains(&Output::Stop { speech }),
        "late words still count"
    );
}

#[test]
fn endless_noise_is_found_out_and_talked_over() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    stage.voice(ann(), 2000);
    stage.ring(Wake::OverlapPause);
    let mut now = 2100;
    for _ in 0..10 {
        if stage.outputs.contains(&Output::Resume { speech }) {
            break;
        }
        stage.ring(Wake::Probe);
        let take = stage.take();
        now = 2000 + 900 * ((now - 2000) / 900 + 1);
        stage.tell_of(now + 50, take, "");
    }
    assert!(stage.outputs.contains(&Output::Resume { speech }));
    assert!(now < 6000, "{now}");
}

#[test]
fn words_in_a_voice_that_does_not_pause_interrupt_too() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    stage.voice(ann(), 2000);
    stage.ring(Wake::OverlapPause);
    let text = "No no that is".to_owned();
    stage.hand_in(2600, Input::PartialWords { person: ann(), text });
    assert!(stage.outputs.contains(&Output::Stop { speech }));
}

#[test]
fn an_echo_of_the_character_is_no_interruption() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    stage.ann_over(2600);
    stage.tell(2700, "one two three");
    assert_eq!(resolved(&stage), [Overlap::Echo]);
    assert!(stage.outputs.contains(&Output::Resume { speech }));
}

#[test]
fn words_to_another_person_do_not_stop_a_character() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    stage.ann_over(2600);
    stage.tell(2700, "Ben, close the door.");
    assert_eq!(resolved(&stage), [Overlap::SideTalk]);
    assert!(stage.outputs.contains(&Output::Resume { speech }));
}

#[test]
fn what_was_heard_is_exact_to_the_word_where_the_voice_tells() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    let ends = [200, 300, 400, 700, 1000].map(Duration::from_millis).to_vec();
    let sounding = Sounding::WordEnds(ends);
    stage.hand_in(
        1500,
        Input::ChunkSounding {
            speech,
            chunk: 0,
            sounding,
        },
    );
    stage.hand_in(
        1700,
        Input::Typed {
            person: ann(),
            text: "Hello?".into(),
        },
    );
    stage.stopped(1710, speech, ms(350));
    assert_eq!(stage.entries(), [pair("ada", "One two")]);
}

#[test]
fn typed_text_interrupts_and_is_answered() {
    let mut stage = Stage::with_cast(&["Ada", "Boris"]);
    let speech = stage.ada_answers();
    stage.hand_in(
        1600,
        Input::Typed {
            person: ann(),
            text: "Boris, you say it.".into(),
        },
    );
    assert!(stage.outputs.contains(&Output::Stop { speech }));
    assert!(
        !stage.generates(),
        "not before the other one is known to be silent"
    );
    stage.stopped(1610, speech, Duration::ZERO);
    assert_eq!(stage.generated().1, "boris");
}

#[test]
fn a_character_that_leaves_is_cut_and_keeps_what_was_heard() {
    let mut stage = Stage::with_cast(&["Ada", "Boris"]);
    let speech = stage.ada_answers();
    stage.hand_in(2100, Input::CharacterLeft("ada".into()));
    assert!(stage.outputs.contains(&Output::Stop { speech }));
    stage.stopped(2110, speech, ms(600));
    assert_eq!(stage.entries(), [pair("ada", "One two three")]);
}
