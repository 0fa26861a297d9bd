use troupe_dialogue::{Cue, Fate, Input, Mode, Output, Wake};

use crate::stage::{Stage, ann, ben, pair};

/// Lets characters speak for as long as one of these timers comes; answers who spoke and why.
fn play(stage: &mut Stage, wakes: &[Wake], turns_max: usize) -> Vec<(String, Cue)> {
    let mut speakers = Vec::new();
    while let Some((_, why)) = stage
        .conversation
        .poll_timeout()
        .filter(|(_, why)| wakes.contains(why))
    {
        let now = stage.ring(why);
        let (speech, character, cue, _) = stage.generated();
        speakers.push((character, cue));
        stage.make(now, speech, "Well.");
        stage.hand_in(now, Input::PlayoutStarted { speech });
        stage.hand_in(now + 1000, Input::PlayoutFinished { speech });
        if speakers.len() >= turns_max {
            break;
        }
    }
    speakers
}

fn names(speakers: &[(String, Cue)]) -> Vec<&str> {
    speakers.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn the_others_go_on_for_a_bounded_run_and_then_fall_silent() {
    let mut stage = Stage::with_cast(&["Ada", "Boris"]);
    let speech = stage.ada_answers();
    stage.hand_in(4000, Input::PlayoutFinished { speech });
    let speakers = play(&mut stage, &[Wake::Continuation], 100);
    assert_eq!(names(&speakers), ["boris", "ada", "boris", "ada", "boris"]);
}

#[test]
fn a_long_silence_is_broken_once() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    stage.hand_in(4000, Input::PlayoutFinished { speech });
    let speakers = play(&mut stage, &[Wake::Reopen], 100);
    assert_eq!(speakers, [("ada".to_owned(), Cue::Reopen)]);
    assert_eq!(stage.conversation.poll_timeout(), None);
}

#[test]
fn nobody_breaks_the_silence_of_an_empty_room() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    for person in [ann(), ben()] {
        stage.hand_in(2000, Input::PersonLeft { person });
    }
    stage.hand_in(4000, Input::PlayoutFinished { speech });
    assert_eq!(stage.conversation.poll_timeout(), None);
}

#[test]
fn all_who_are_asked_answer_one_after_the_other() {
    let mut stage = Stage::with_cast(&["Ada", "Boris", "Cleo"]);
    stage.says(0, 1000, "Ada and Boris, what do you think?");
    let (speech, character, ..) = stage.generated();
    assert_eq!(character, "ada");
    stage.ring(Wake::EndOfTurn);
    stage.make(1400, speech, "Well.");
    stage.hand_in(1500, Input::PlayoutStarted { speech });
    stage.hand_in(2500, Input::PlayoutFinished { speech });
    let speakers = play(&mut stage, &[Wake::Continuation], 1);
    assert_eq!(speakers, [("boris".to_owned(), Cue::Answer)]);
}

#[test]
fn a_person_is_never_talked_over_by_a_queue_of_characters() {
    let mut stage = Stage::with_cast(&["Ada", "Boris", "Cleo"]);
    stage.says(0, 1000, "What do you all think?");
    let (speech, ..) = stage.generated();
    stage.ring(Wake::EndOfTurn);
    stage.make(1400, speech, "Well.");
    stage.hand_in(1500, Input::PlayoutStarted { speech });
    stage.hand_in(2500, Input::PlayoutFinished { speech });
    stage.says(2600, 3500, "Cleo, how old are you?");
    let (speech, character, ..) = stage.generated();
    assert_eq!(character, "cleo");
    stage.ring(Wake::EndOfTurn);
    stage.make(4000, speech, "Well.");
    stage.hand_in(4000, Input::PlayoutStarted { speech });
    stage.hand_in(5000, Input::PlayoutFinished { speech });
    let (wake, _) = stage.conversation.poll_timeout().unwrap();
    assert!(
        wake.since_start().as_millis() >= 6800,
        "the queue of before is forgotten"
    );
}

#[test]
fn characters_are_silent_when_people_talk_among_themselves() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.says(0, 1000, "Ben, did you lock the door?");
    assert!(!stage.generates());
    stage.ring(Wake::EndOfTurn);
    assert_eq!(stage.entries(), [pair("ann", "Ben, did you lock the door?")]);
    let fate = Fate::BetweenPeople;
    assert!(
        stage
            .outputs
            .contains(&Output::TurnClosed { person: ann(), fate })
    );
    stage.person_says(ben(), 2000, 3000, "Yes, I did.");
    stage.ring(Wake::EndOfTurn);
    assert!(
        stage
            .outputs
            .contains(&Output::TurnClosed { person: ben(), fate })
    );
    assert_eq!(stage.conversation.poll_timeout(), None);
}

#[test]
fn a_scene_plays_by_itself_takes_an_interruption_and_goes_on() {
    let mut stage = Stage::with_mode(Mode::Scripted, &["Ada", "Boris", "Cleo"]);
    let speakers = play(&mut stage, &[Wake::Continuation], 10);
    assert_eq!(speakers.len(), 10);
    assert_eq!(speakers[0].1, Cue::OpenScene);
    assert!(
        speakers.windows(2).all(|two| two[0].0 != two[1].0),
        "{speakers:?}"
    );
    let now = stage.ring(Wake::Continuation);
    let (speech, ..) = stage.generated();
    stage.make(now, speech, "This is a line of the scene.");
    stage.hand_in(now, Input::PlayoutStarted { speech });
    stage.voice(ann(), now + 300);
    stage.ring(Wake::OverlapPause);
    stage.pause(ann(), now + 900);
    stage.tell(now + 1000, "Hold on, who are you?");
    stage.stopped(now + 1010, speech, std::time::Duration::from_millis(500));
    let (answer, _, cue, _) = stage.generated();
    assert_eq!(cue, Cue::Answer);
    if !stage.outputs.contains(&Output::Play { speech: answer }) {
        stage.ring(Wake::EndOfTurn);
    }
    stage.make(now + 2000, answer, "I am the host.");
    stage.hand_in(now + 2000, Input::PlayoutStarted { speech: answer });
    stage.hand_in(now + 3000, Input::PlayoutFinished { speech: answer });
    assert_eq!(play(&mut stage, &[Wake::Continuation], 3).len(), 3);
}
