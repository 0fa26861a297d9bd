use troupe_dialogue::{Cue, Fate, Input, Line, Output, Speaker, Wake};

use crate::stage::{Stage, ann, at, ben, ms, pair};

#[test]
fn an_answer_is_planned_before_the_turn_is_over_and_released_when_it_is() {
    let mut stage = Stage::with_cast(&["Ada", "Boris"]);
    stage.says(0, 1000, "How are you, Boris?");
    let (speech, character, cue, pending) = stage.generated();
    assert_eq!((character.as_str(), cue), ("boris", Cue::Answer));
    let line = Line {
        speaker: Speaker::Person(ann()),
        text: "How are you, Boris?".into(),
    };
    assert_eq!(pending, [line]);
    let ended = stage.ring(Wake::EndOfTurn);
    assert!(
        ended <= 1300,
        "a plain question is answered at once, not after {ended}"
    );
    assert!(stage.outputs.contains(&Output::Play { speech }));
    assert_eq!(stage.entries(), [], "it may still go on");
    stage.make(1300, speech, "Fine.");
    stage.hand_in(1350, Input::PlayoutStarted { speech });
    assert_eq!(stage.entries(), [pair("ann", "How are you, Boris?")]);
    let person = ann();
    let fate = Fate::Answered(speech);
    assert!(stage.outputs.contains(&Output::TurnClosed { person, fate }));
    let counters = stage.conversation.counters();
    assert_eq!(
        (counters.plans, counters.plans_kept, counters.turns_answered),
        (1, 1, 1)
    );
}

#[test]
fn an_unfinished_thought_waits_and_its_continuation_is_one_turn() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.voice(ann(), 0).pause(ann(), 1000);
    let take = stage.take();
    stage.hand_in(
        1110,
        Input::EndJudged {
            take,
            probability: 0.02,
        },
    );
    stage.tell_of(1150, take, "My number is four one");
    let (planned, ..) = stage.generated();
    let (ends, wake) = stage.conversation.poll_timeout().unwrap();
    assert_eq!(wake, Wake::EndOfTurn);
    assert!(ends >= at(2200), "{ends:?}");
    stage.voice(ann(), 1800);
    stage.ring(Wake::PlanDoubt);
    assert!(stage.outputs.contains(&Output::Discard { speech: planned }));
    stage.pause(ann(), 2500);
    let take = stage.take();
    stage.tell_of(2650, take, "My number is four one five two.");
    let (speech, ..) = stage.generated();
    stage.ring(Wake::EndOfTurn);
    stage.make(3700, speech, "Thanks.");
    stage.hand_in(4000, Input::PlayoutStarted { speech });
    assert_eq!(stage.entries(), [pair("ann", "My number is four one five two.")]);
}

#[test]
fn a_turn_that_goes_on_before_its_answer_is_heard_is_one_turn() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.says(0, 1000, "I have a question.");
    let (first, ..) = stage.generated();
    let ended = stage.ring(Wake::EndOfTurn);
    stage.voice(ann(), ended + 100);
    assert!(stage.outputs.contains(&Output::Pause { speech: first }));
    stage.ring(Wake::PlanDoubt);
    stage.pause(ann(), ended + 1500);
    let take = stage.take();
    let text = "I have a question. Where is the station?".to_owned();
    stage.hand_in(
        ended + 1650,
        Input::Transcribed {
            take,
            text: text.clone(),
        },
    );
    let (second, .., pending) = stage.generated();
    assert_eq!(pending[0].text, text);
    stage.ring(Wake::EndOfTurn);
    stage.make(ended + 3000, second, "There.");
    stage.hand_in(ended + 3000, Input::PlayoutStarted { speech: second });
    assert_eq!(stage.entries(), [pair("ann", &text)]);
    assert_eq!(stage.conversation.counters().turns_continued, 1);
}

#[test]
fn a_cough_after_the_turn_keeps_the_answer() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.says(0, 1000, "Where is the station?");
    let (speech, ..) = stage.generated();
    let ended = stage.ring(Wake::EndOfTurn);
    stage.voice(ann(), ended + 50);
    stage.pause(ann(), ended + 150);
    let take = stage.take();
    stage.tell_of(ended + 300, take, "Where is the station?");
    if !stage.outputs.contains(&Output::Resume { speech }) {
        stage.ring(Wake::EndOfTurn);
    }
    assert!(stage.outputs.contains(&Output::Resume { speech }));
    assert!(!stage.generates());
}

#[test]
fn an_unanswered_turn_is_kept_when_it_can_no_longer_go_on() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.says(0, 1000, "Where is the station?");
    stage.ring(Wake::EndOfTurn);
    stage.ring(Wake::Settle);
    assert_eq!(stage.entries(), [pair("ann", "Where is the station?")]);
    assert!(stage.outputs.contains(&Output::TurnTaken { person: ann() }));
}

#[test]
fn a_sound_without_words_is_no_turn() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.says(0, 300, " ");
    assert_eq!(stage.outputs, [Output::TurnTaken { person: ann() }]);
    assert_eq!(stage.conversation.poll_timeout(), None);
}

#[test]
fn nobody_speaks_while_somebody_else_does() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.voice(ben(), 0);
    stage.says(0, 1000, "How are you?");
    stage.ring(Wake::EndOfTurn);
    assert!(!stage.generates());
    stage.pause(ben(), 2000);
    stage.tell(2300, "");
    stage.generated();
}

#[test]
fn two_turns_that_ended_are_both_answered() {
    let mut stage = Stage::with_cast(&["Ada", "Boris"]);
    stage.voice(ben(), 0);
    stage.says(0, 1000, "Ada, how are you?");
    stage.ring(Wake::EndOfTurn);
    stage.pause(ben(), 1500);
    let take = stage.take();
    stage.hand_in(
        1600,
        Input::EndJudged {
            take,
            probability: 0.97,
        },
    );
    stage.tell_of(1650, take, "Boris, what time is it?");
    stage.ring(Wake::EndOfTurn);
    let (first, character, ..) = stage.generated();
    assert_eq!(character, "ada");
    stage.make(2100, first, "Fine.");
    stage.hand_in(2100, Input::PlayoutStarted { speech: first });
    assert_eq!(stage.entries(), [pair("ann", "Ada, how are you?")]);
    stage.hand_in(3100, Input::PlayoutFinished { speech: first });
    let (_, character, ..) = stage.generated();
    assert_eq!(character, "boris");
}

#[test]
fn more_turns_than_can_wait_close_the_oldest_with_a_reason() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.voice(ben(), 0);
    let mut closed = Vec::new();
    for index in 0..10 {
        let text = format!("Question {index}?");
        stage.hand_in(100 + index, Input::Typed { person: ann(), text });
        closed.extend(stage.outputs.iter().filter_map(|output| match output {
            Output::TurnClosed { fate, .. } => Some(*fate),
            _ => None,
        }));
    }
    assert_eq!(closed, [Fate::Crowded, Fate::Crowded]);
    assert_eq!(stage.conversation.turns_waiting(), 8);
}

#[test]
fn who_leaves_has_said_what_was_made_out() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.says(0, 1000, "I have to go.");
    stage.hand_in(1160, Input::PersonLeft { person: ann() });
    assert_eq!(stage.entries(), [pair("ann", "I have to go.")]);
    assert!(stage.conversation.turns_waiting() <= 1);
    stage.hand_in(1200, Input::PersonLeft { person: ben() });
    assert_eq!(stage.conversation.turns_waiting(), 0);
}

#[test]
fn a_hesitant_speaker_is_learned_of() {
    let mut stage = Stage::with_cast(&["Ada"]);
    let mut now = 0;
    for _ in 0..6 {
        stage.says(now, now + 1000, "I was in the");
        now += 1900;
    }
    let last_voice = now - 900;
    let waited = |stage: &mut Stage| stage.conversation.poll_timeout().unwrap().0.since(at(last_voice));
    let hesitant = waited(&mut stage);
    // As long a turn, by somebody of whom no pause is known.
    let mut fluent = Stage::with_cast(&["Ada"]);
    fluent.says(0, last_voice, "I was in the");
    let fluent = waited(&mut fluent);
    assert!(hesitant > fluent + ms(150), "{hesitant:?} {fluent:?}");
}

#[test]
fn what_is_said_when_everybody_leaves_is_heard_out_and_not_answered() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.voice(ann(), 0);
    stage.hand_in(3000, Input::CharacterLeft("ada".into()));
    stage.pause(ann(), 3000);
    assert_eq!(stage.conversation.words_awaited(), 1);
    stage.tell(3300, "Let me tell you about the bridge");
    assert_eq!(stage.conversation.words_awaited(), 0);
    stage.hand_in(3300, Input::PersonLeft { person: ann() });
    assert_eq!(stage.entries(), [pair("ann", "Let me tell you about the bridge")]);
    assert!(!stage.generates());
}

#[test]
fn a_voice_that_runs_dry_is_given_what_is_written() {
    let mut stage = Stage::with_cast(&["Ada"]);
    stage.says(0, 1000, "Ada, how are you?");
    let (speech, ..) = stage.generated();
    stage.ring(Wake::EndOfTurn);
    let write = |stage: &mut Stage, ms: u64, text: &str| {
        let delta = text.to_owned();
        stage.hand_in(ms, Input::ReplyText { speech, delta });
        let mut made = stage.outputs.iter().filter_map(|output| match output {
            Output::Synthesize { text, .. } => Some(text.clone()),
            _ => None,
        });
        made.next()
    };
    let voice = |stage: &mut Stage, now: u64, chunk: usize| {
        let duration = ms(400);
        stage.hand_in(
            now,
            Input::ChunkAudio {
                speech,
                chunk,
                duration,
                complete: true,
            },
        );
    };
    assert_eq!(write(&mut stage, 1400, "Sure, ").as_deref(), Some("Sure,"));
    voice(&mut stage, 1450, 0);
    stage.hand_in(1500, Input::PlayoutStarted { speech });
    assert_eq!(
        write(&mut stage, 1550, "it was a long "),
        None,
        "there is sound for a while"
    );
    assert_eq!(
        write(&mut stage, 1620, "time ").as_deref(),
        Some("it was a long time")
    );
    assert_eq!(
        write(&mut stage, 1700, "since anybody asked that "),
        None,
        "the voice is at work"
    );
    voice(&mut stage, 1750, 1);
    assert_eq!(
        write(&mut stage, 2100, "here. ").as_deref(),
        Some("since anybody asked that here.")
    );
}
