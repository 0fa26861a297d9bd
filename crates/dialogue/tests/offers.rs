//! The driver offers the floor: a character opens a talk or ends it.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::time::Duration;

use troupe_dialogue::{CastMember, Conversation, Input, Mode, Output, SpeechId, Time, Tuning};

fn at(ms: u64) -> Time {
    Time::after_start(Duration::from_millis(ms))
}

fn room() -> Conversation {
    let mut conversation = Conversation::new(Mode::Freeform, Tuning::default());
    let member = CastMember {
        id: "ada".into(),
        names: vec!["Ada".into()],
        talkativeness: 0.5,
    };
    conversation.handle_input(at(0), Input::CharacterJoined(member));
    conversation.handle_input(at(0), Input::PersonJoined { person: "ann".into() });
    outputs(&mut conversation);
    conversation
}

fn outputs(conversation: &mut Conversation) -> Vec<Output> {
    std::iter::from_fn(|| conversation.poll_output()).collect()
}

fn generated(outputs: &[Output]) -> Option<SpeechId> {
    outputs.iter().find_map(|output| match output {
        Output::Generate { speech, .. } => Some(*speech),
        _ => None,
    })
}

fn plays(outputs: &[Output], speech: SpeechId) -> bool {
    outputs.contains(&Output::Play { speech })
}

#[test]
fn an_offer_on_a_free_floor_is_taken_at_once() {
    let mut conversation = room();
    conversation.handle_input(at(10), Input::FloorOffered);
    let outputs = outputs(&mut conversation);
    assert!(plays(&outputs, generated(&outputs).unwrap()));
}

#[test]
fn an_offer_waits_for_the_person_and_their_answer_counts_as_taking_it() {
    let mut conversation = room();
    let person: troupe_dialogue::PersonId = "ann".into();
    conversation.handle_input(
        at(10),
        Input::VoiceStarted {
            person: person.clone(),
            since: at(5),
        },
    );
    conversation.handle_input(at(20), Input::FloorOffered);
    assert_eq!(generated(&outputs(&mut conversation)), None);
    conversation.handle_input(at(30), Input::PersonLeft { person });
    let now = outputs(&mut conversation);
    assert!(plays(&now, generated(&now).unwrap()), "{now:?}");
}

#[test]
fn an_offer_during_a_speech_is_taken_after_it() {
    let mut conversation = room();
    conversation.handle_input(at(10), Input::FloorOffered);
    let first = generated(&outputs(&mut conversation)).unwrap();
    let text = || "One. ".to_owned();
    conversation.handle_input(
        at(20),
        Input::ReplyText {
            speech: first,
            delta: text(),
        },
    );
    conversation.handle_input(at(30), Input::ReplyDone { speech: first });
    conversation.handle_input(at(40), Input::PlayoutStarted { speech: first });
    conversation.handle_input(at(50), Input::FloorOffered);
    assert_eq!(generated(&outputs(&mut conversation)), None);
    conversation.handle_input(at(900), Input::PlayoutFinished { speech: first });
    let now = outputs(&mut conversation);
    assert!(plays(&now, generated(&now).unwrap()), "{now:?}");
}
