//! Another driver takes the room over: what was owed is told, and answered.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::time::Duration;

use troupe_dialogue::{CastMember, Conversation, Input, Line, Mode, Output, Speaker, SpeechId, Time, Tuning};

fn at(ms: u64) -> Time {
    Time::after_start(Duration::from_millis(ms))
}

fn room() -> Conversation {
    let mut conversation = Conversation::new(Mode::Freeform, Tuning::default(), 1);
    for (id, name) in [("ada", "Ada"), ("bob", "Bob")] {
        let member = CastMember::new(id.into(), vec![name.into()], 0.5);
        conversation.handle_input(at(0), Input::CharacterJoined(member));
    }
    let joined = Input::PersonJoined {
        person: "ann".into(),
        names: vec!["Ann".into()],
    };
    conversation.handle_input(at(0), joined);
    outputs(&mut conversation);
    conversation
}

fn outputs(conversation: &mut Conversation) -> Vec<Output> {
    std::iter::from_fn(|| conversation.poll_output()).collect()
}

fn generated(outputs: &[Output]) -> Option<(SpeechId, &str)> {
    outputs.iter().find_map(|output| match output {
        Output::Generate {
            speech, character, ..
        } => Some((*speech, character.as_str())),
        _ => None,
    })
}

fn owed(is_entered: bool, to: Option<&str>) -> Input {
    Input::TurnOwed {
        person: "ann".into(),
        text: "Who built it?".into(),
        is_entered,
        to: to.map(Into::into),
    }
}

#[test]
fn a_turn_is_owed_until_its_answer_was_heard_to_the_end() {
    let mut conversation = room();
    assert!(conversation.turns_owed().is_empty() && conversation.is_between_turns());
    let typed = Input::Typed {
        person: "ann".into(),
        text: "Bob, who built it?".into(),
    };
    conversation.handle_input(at(10), typed);
    let (speech, who) = {
        let outputs = outputs(&mut conversation);
        let (speech, who) = generated(&outputs).unwrap();
        (speech, who.to_owned())
    };
    assert_eq!(who, "bob");
    assert!(!conversation.is_between_turns());
    let by = |conversation: &Conversation| conversation.turns_owed()[0].by.as_ref().unwrap().to_string();
    assert_eq!(by(&conversation), "bob");
    let delta = "Somebody did.".to_owned();
    conversation.handle_input(at(20), Input::ReplyText { speech, delta });
    conversation.handle_input(at(30), Input::ReplyDone { speech });
    conversation.handle_input(at(40), Input::PlayoutStarted { speech });
    let owed = conversation.turns_owed();
    assert_eq!(
        (owed.len(), owed[0].is_entered, owed[0].text.as_str()),
        (1, true, "Bob, who built it?")
    );
    conversation.handle_input(at(900), Input::PlayoutFinished { speech });
    assert!(conversation.turns_owed().is_empty() && conversation.is_between_turns());
}

#[test]
fn an_owed_turn_is_answered_by_whoever_was_about_to() {
    for who in ["ada", "bob"] {
        let mut conversation = room();
        conversation.handle_input(at(10), owed(true, Some(who)));
        let outputs = outputs(&mut conversation);
        assert_eq!(generated(&outputs).unwrap().1, who);
        let entries = outputs.iter().filter(|output| matches!(output, Output::Entry(_)));
        assert_eq!(entries.count(), 0, "it stands in the timeline");
    }
}

#[test]
fn a_turn_that_nobody_entered_is_entered_once_and_answered_by_somebody() {
    let mut conversation = room();
    conversation.handle_input(at(10), owed(false, Some("somebody who left")));
    let outputs = outputs(&mut conversation);
    assert!(generated(&outputs).is_some());
    let line = Line {
        speaker: Speaker::Person("ann".into()),
        text: "Who built it?".into(),
    };
    let entries: Vec<&Output> = outputs
        .iter()
        .filter(|output| matches!(output, Output::Entry(_)))
        .collect();
    assert_eq!(entries, [&Output::Entry(line)]);
}
