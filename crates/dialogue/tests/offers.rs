//! The driver offers the floor: a character opens a talk or ends it.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::time::Duration;

use troupe_dialogue::{CastMember, Conversation, Input, Mode, Output, SpeechId, Time, Tuning};

fn at(ms: u64) -> Time {
    Time::after_start(Duration::from_millis(ms))
}

fn room() -> Conversation {
    let mut conversation = Conversation::new(Mode::Freeform, Tuning::default(), 1);
    let member = CastMember::new("ada".into(), vec!["Ada".into()], 0.5);
    conversation.handle_input(at(0), Input::CharacterJoined(member));
    conversation.handle_input(
        at(0),
        Input::PersonJoined {
            person: "ann".into(),
            names: vec!["Ann".into()],
        },
    );
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

/// Ann says something from 0 to 1000 ms; answers the answer made in advance.
fn planned(conversation: &mut Conversation) -> SpeechId {
    let person: troupe_dialogue::PersonId = "ann".into();
    let since = at(0);
    conversation.handle_input(
        at(60),
        Input::VoiceStarted {
            person: person.clone(),
            since,
        },
    );
    let last_voice = at(1000);
    conversation.handle_input(at(1100), Input::VoicePaused { person, last_voice });
    let asked = outputs(conversation);
    let take = asked.iter().find_map(|output| match output {
        Output::Transcribe { take, .. } => Some(*take),
        _ => None,
    });
    let text = "How are you?".to_owned();
    let take = take.unwrap();
    conversation.handle_input(at(1110), Input::Transcribed { take, text });
    generated(&outputs(conversation)).unwrap()
}

#[test]
fn an_answer_made_before_an_offer_is_made_again_and_counts_as_taking_it() {
    let mut conversation = room();
    let before = planned(&mut conversation);
    conversation.handle_input(at(1120), Input::FloorOffered);
    let now = outputs(&mut conversation);
    assert!(now.contains(&Output::Discard { speech: before }), "{now:?}");
    let after = generated(&now).unwrap();
    conversation.handle_input(at(5000), Input::Wake);
    assert!(plays(&outputs(&mut conversation), after));
    say(&mut conversation, after, 5010);
    conversation.handle_input(at(6000), Input::PlayoutFinished { speech: after });
    assert_eq!(generated(&outputs(&mut conversation)), None);
}

#[test]
fn an_answer_that_is_on_its_way_does_not_take_an_offer() {
    let mut conversation = room();
    let answer = planned(&mut conversation);
    conversation.handle_input(at(5000), Input::Wake);
    assert!(plays(&outputs(&mut conversation), answer));
    conversation.handle_input(at(5005), Input::FloorOffered);
    say(&mut conversation, answer, 5010);
    conversation.handle_input(at(6000), Input::PlayoutFinished { speech: answer });
    let now = outputs(&mut conversation);
    assert!(plays(&now, generated(&now).unwrap()), "{now:?}");
}

/// A speech is written, made and begins to be heard.
fn say(conversation: &mut Conversation, speech: SpeechId, ms: u64) {
    let delta = "One. ".to_owned();
    conversation.handle_input(at(ms), Input::ReplyText { speech, delta });
    conversation.handle_input(at(ms), Input::ReplyDone { speech });
    conversation.handle_input(
        at(ms),
        Input::ChunkAudio {
            speech,
            chunk: 0,
            duration: Duration::from_millis(800),
            complete: true,
        },
    );
    conversation.handle_input(at(ms + 10), Input::PlayoutStarted { speech });
    outputs(conversation);
}
