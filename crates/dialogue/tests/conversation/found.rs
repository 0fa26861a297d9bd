//! What the simulator found wrong once, each in a few lines.

use troupe_dialogue::{CastMember, Conversation, Fate, Input, Mode, Output, Overlap, Tuning, Wake};

use crate::stage::{Stage, ann, at, ben, ms, pair};

fn resolves(stage: &Stage, overlap: Overlap) -> bool {
    let person = ann();
    stage
        .outputs
        .contains(&Output::OverlapResolved { person, overlap })
}

#[test]
fn an_echo_whose_words_come_after_the_speech_is_no_turn() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    stage.voice(ann(), 3000).pause(ann(), 3600);
    let take = stage.take();
    stage.hand_in(3720, Input::PlayoutFinished { speech });
    stage.tell_of(3800, take, "six seven eight");
    assert!(resolves(&stage, Overlap::Echo));
    assert_eq!(stage.conversation.turns_open(), 0);
}

#[test]
fn a_nod_that_began_over_a_speech_is_no_turn_although_it_was_noticed_after_it() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    stage.hand_in(3500, Input::PlayoutFinished { speech });
    let (person, since) = (ann(), at(3450));
    stage.hand_in(3520, Input::VoiceStarted { person, since });
    stage.pause(ann(), 3700);
    stage.tell(3900, "Mhm.");
    assert!(resolves(&stage, Overlap::Backchannel));
    assert_eq!(stage.conversation.turns_open(), 0);
}

#[test]
fn a_voice_that_begins_again_is_heeded_although_its_end_got_lost() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.voice(ann(), 0);
    while stage.conversation.turns_open() > 0 {
        let (time, _) = stage.conversation.poll_timeout().unwrap();
        let now = u64::try_from(time.since_start().as_millis()).unwrap() + 1;
        stage.hand_in(now, Input::Wake);
        if stage
            .outputs
            .iter()
            .any(|output| matches!(output, Output::Transcribe { .. }))
        {
            stage.tell(now, "");
        }
    }
    let person = ben();
    let text = "Ada, are you there?".into();
    stage.hand_in(30_000, Input::Typed { person, text });
    let (speech, ..) = stage.generated();
    stage.make(30_100, speech, "Yes, of course I am.");
    stage.hand_in(30_200, Input::PlayoutStarted { speech });
    stage.voice(ann(), 30_500);
    stage.ring(Wake::OverlapPause);
    assert!(stage.outputs.contains(&Output::Pause { speech }));
}

#[test]
fn words_that_were_judged_once_are_not_judged_again() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.says(0, 1000, "Ada, I was in Rome.");
    let ended = stage.ring(Wake::EndOfTurn);
    // Nothing of the answer was heard, so that it is still her turn, which is heard anew with every look at it.
    stage.voice(ann(), ended + 100).pause(ann(), ended + 250);
    stage.tell(ended + 400, "Ada, I was in Rome. Mhm.");
    assert!(resolves(&stage, Overlap::Backchannel));
    stage.ring(Wake::EndOfTurn);
    let again = ended + 2000;
    stage.voice(ann(), again).pause(ann(), again + 200);
    stage.tell(again + 400, "Ada, I was in Rome. Mhm. Yeah.");
    assert!(resolves(&stage, Overlap::Backchannel));
    stage.ring(Wake::EndOfTurn);
    stage.ring(Wake::Settle);
    assert_eq!(stage.entries(), [pair("ann", "Ada, I was in Rome.")]);
}

#[test]
fn whoever_is_called_answers_although_the_same_person_asked_another_before() {
    let mut stage = Stage::with_cast(&["Ada", "Boris"]);
    stage.voice(ben(), 0);
    for text in ["Ada, is it far?", "Boris, is it cold?"] {
        let (person, text) = (ann(), text.to_owned());
        stage.hand_in(100, Input::Typed { person, text });
    }
    stage.pause(ben(), 300);
    stage.tell(500, "");
    let (speech, character, ..) = stage.generated();
    assert_eq!(character, "ada");
    stage.make(600, speech, "No.");
    stage.hand_in(700, Input::PlayoutStarted { speech });
    let closed = stage.outputs.iter().filter(|output| {
        matches!(
            output,
            Output::TurnClosed {
                fate: Fate::Answered(_),
                ..
            }
        )
    });
    assert_eq!(closed.count(), 1);
    stage.hand_in(1700, Input::PlayoutFinished { speech });
    assert_eq!(stage.generated().1, "boris");
}

#[test]
fn a_scene_goes_on_when_its_cast_is_back() {
    let mut stage = Stage::with_mode(Mode::Scripted, &["Ada", "Boris"]);
    let now = stage.ring(Wake::Continuation);
    let (speech, first, ..) = stage.generated();
    stage.make(now, speech, "Well.");
    stage.hand_in(now, Input::PlayoutStarted { speech });
    let other = if first == "ada" { "Boris" } else { "Ada" };
    let id = || other.to_lowercase().as_str().into();
    stage.hand_in(now + 500, Input::CharacterLeft(id()));
    stage.hand_in(now + 1000, Input::PlayoutFinished { speech });
    assert_eq!(stage.conversation.poll_timeout(), None);
    let member = CastMember::new(id(), vec![other.to_owned()], 0.5);
    stage.hand_in(now + 9000, Input::CharacterJoined(member));
    stage.ring(Wake::Continuation);
    assert_eq!(stage.generated().1, other.to_lowercase());
}

#[test]
fn a_scene_goes_on_when_somebody_leaves_in_mid_word() {
    let mut stage = Stage::with_mode(Mode::Scripted, &["Ada", "Boris"]);
    stage.voice(ann(), 100);
    stage.hand_in(300, Input::PersonLeft { person: ann() });
    stage.ring(Wake::Continuation);
    assert!(stage.generates());
}

#[test]
fn an_echo_of_somebody_who_leaves_is_nobodys_words() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.ada_answers();
    stage.voice(ann(), 2200);
    stage.ring(Wake::OverlapPause);
    stage.ring(Wake::Probe);
    stage.tell(3200, "One two three");
    stage.hand_in(3300, Input::PersonLeft { person: ann() });
    assert!(resolves(&stage, Overlap::Echo));
    assert_eq!(stage.entries(), []);
}

#[test]
fn nobody_answers_a_question_that_was_not_heard() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.says(0, 1000, "Ada, how are you?");
    let (speech, ..) = stage.generated();
    stage.ring(Wake::EndOfTurn);
    stage.hand_in(1900, Input::Wake);
    stage.make(1950, speech, "And you?");
    stage.person_says(ben(), 2000, 2200, "Okay.");
    let person = ben();
    let overlap = Overlap::Backchannel;
    assert!(
        stage
            .outputs
            .contains(&Output::OverlapResolved { person, overlap })
    );
    assert!(stage.outputs.contains(&Output::Resume { speech }));
}

#[test]
fn words_that_are_asked_for_later_are_waited_for() {
    let tuning = Tuning {
        takes_eager_max: 1,
        // The words come before the turn may end.
        end_of_turn_min: ms(1000),
        ..Tuning::default()
    };
    let mut stage = Stage {
        conversation: Conversation::new(Mode::Freeform, tuning, 1),
        outputs: Vec::new(),
    };
    stage.hand_in(
        0,
        Input::CharacterJoined(CastMember::new("ada".into(), vec!["Ada".into()], 0.5)),
    );
    stage.says(0, 1000, "I would like").voice(ann(), 1500);
    stage.ring(Wake::PlanDoubt);
    stage.ring(Wake::Probe);
    let take = stage.take();
    let paused = 9500;
    stage.pause(ann(), paused);
    stage.tell_of(paused + 200, take, "I would like to");
    stage.ring(Wake::TakeLater);
    stage.tell(paused + 700, "I would like to know the way.");
    stage.ring(Wake::EndOfTurn);
    stage.hand_in(paused + 10_000, Input::Wake);
    assert_eq!(stage.entries(), [pair("ann", "I would like to know the way.")]);
}

/// Ann's turn is over in a voice that goes on and brought no words; answers when.
fn rome_and_noise() -> (Stage, u64) {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.says(0, 1000, "I was in Rome and").voice(ann(), 1200);
    let mut now = 0;
    while stage.conversation.turns_waiting() == 0 {
        now = stage
            .conversation
            .poll_timeout()
            .map(|(time, _)| time.since_start())
            .map_or(now, |time| u64::try_from(time.as_millis()).unwrap() + 1);
        stage.hand_in(now, Input::Wake);
        if stage
            .outputs
            .iter()
            .any(|output| matches!(output, Output::Transcribe { .. }))
        {
            stage.tell(now, "I was in Rome and");
        }
    }
    (stage, now)
}

#[test]
fn what_was_said_in_a_noise_after_the_turn_is_not_lost() {
    let (mut stage, now) = rome_and_noise();
    stage.pause(ann(), now + 500);
    stage.tell(now + 700, "I was in Rome and then home.");
    let lines: Vec<String> = std::iter::from_fn(|| {
        let (time, _) = stage.conversation.poll_timeout()?;
        let at = u64::try_from(time.since_start().as_millis()).unwrap() + 1;
        stage.hand_in(at, Input::Wake);
        Some(
            stage
                .entries()
                .into_iter()
                .map(|(_, text)| text)
                .collect::<Vec<_>>(),
        )
    })
    .take(20)
    .flatten()
    .collect();
    assert_eq!(
        lines.first().map(String::as_str),
        Some("I was in Rome and then home.")
    );
}

#[test]
fn words_that_stream_out_of_a_noise_continue_the_turn() {
    // Seed 50.
    let (mut stage, now) = rome_and_noise();
    let text = "I was in Rome and".to_owned();
    stage.hand_in(now + 100, Input::PartialWords { person: ann(), text });
    assert_eq!(stage.conversation.turns_waiting(), 1);
    let text = "I was in Rome and then".to_owned();
    stage.hand_in(now + 300, Input::PartialWords { person: ann(), text });
    assert_eq!(stage.conversation.turns_waiting(), 0);
}

#[test]
fn the_first_words_of_an_echo_are_no_interruption_yet() {
    // Seed 760.
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    stage.voice(ann(), 2000).ring(Wake::OverlapPause);
    for (now, text) in [(2300, "one two"), (2500, "one two three")] {
        let text = text.to_owned();
        stage.hand_in(now, Input::PartialWords { person: ann(), text });
        assert!(!stage.outputs.contains(&Output::Stop { speech }));
    }
    stage.pause(ann(), 2600);
    stage.tell(2800, "one two three");
    assert!(resolves(&stage, Overlap::Echo));
    // A third word that is not the character's makes it an interruption.
    stage.voice(ann(), 3000).ring(Wake::OverlapPause);
    for (now, text, stops) in [(3300, "four five", false), (3500, "four five no", true)] {
        let text = text.to_owned();
        stage.hand_in(now, Input::PartialWords { person: ann(), text });
        assert_eq!(stage.outputs.contains(&Output::Stop { speech }), stops);
    }
}

#[test]
fn a_voice_is_no_noise_by_words_that_were_asked_for_before_it_began() {
    // Seed 2399.
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.voice(ann(), 0).pause(ann(), 1000);
    stage.tell(1150, "I was in Rome and");
    stage.voice(ann(), 1300).pause(ann(), 1700);
    let take = stage.take();
    stage.voice(ann(), 1900);
    stage.tell_of(4900, take, "I was in Rome and");
    assert_eq!(stage.conversation.turns_open(), 1);
    assert_eq!(stage.conversation.turns_waiting(), 0);
}

#[test]
fn an_echo_is_nobodys_words_although_more_was_said_that_was_never_made_out() {
    // Seed 74533.
    let mut stage = Stage::with_cast(&["Ada"]);
    let speech = stage.ada_answers();
    stage.voice(ann(), 2000).ring(Wake::OverlapPause);
    let text = "one two three no wait please".to_owned();
    stage.hand_in(2900, Input::PartialWords { person: ann(), text });
    assert!(stage.outputs.contains(&Output::Stop { speech }));
    stage.stopped(2950, speech, ms(1500)).pause(ann(), 3000);
    let before = stage.entries().len();
    stage.tell(3100, "one two three");
    stage.voice(ann(), 3200).pause(ann(), 3400);
    let take = stage.take();
    stage.hand_in(3500, Input::TranscriptionFailed { take });
    stage.hand_in(3600, Input::PersonLeft { person: ann() });
    assert_eq!(stage.entries().len(), before);
}
