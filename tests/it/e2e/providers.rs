//! Models that fail while people talk: another one answers, or the character says so; the room goes on.

use std::time::Instant;

use serde_json::Value;

use super::harness::Stack;
use super::models::Fault;
use super::person::{Person, is};

/// Models by role: the one that is asked first, and the one behind it.
const EARS: [&str; 2] = ["ears", "other-ears"];
const PEN: [&str; 2] = ["pen", "other-pen"];
const VOICE: [&str; 2] = ["voice", "other-voice"];

/// A room of one character with a person in it, and two models for each role.
struct Room {
    stack: Stack,
    id: String,
    identity: String,
    name: String,
    person: Person,
    /// Entries that are known.
    entries: usize,
    /// From the end of the last question to its answer: for `docs/faults.md`, never for an assertion.
    answered_s: f64,
}

impl Room {
    async fn open() -> Self {
        Self::open_with([EARS, PEN, VOICE].map(|[first, second]| format!("openai:{first}, openai:{second}")))
            .await
    }

    /// With these models that hear, write and speak.
    async fn open_with([ears, pen, voice]: [String; 3]) -> Self {
        let stack = Stack::start_with(|command| {
            command.envs([("TROUPE_STT", ears), ("TROUPE_LLM", pen), ("TROUPE_TTS", voice)]);
        })
        .await;
        let [(character, name)] = stack.characters().await;
        let id = stack.room(&[&character]).await;
        let mut person = stack.guest(&id).await;
        stack.begin(&id).await;
        let identity = format!("agent-{character}");
        person
            .until("the character", |event| is(event, "track", &identity))
            .await;
        Self {
            stack,
            id,
            identity,
            name,
            person,
            entries: 0,
            answered_s: 0.0,
        }
    }

    /// Asks aloud, hears an answer, and gives what the transcript has of it.
    async fn ask(&mut self, question: &str) -> String {
        self.stack.models.hears(&format!("{}, {question}", self.name));
        self.person.say(&self.stack.recording()).await;
        let said = Instant::now();
        self.person.hears(&self.identity).await;
        self.answered_s = said.elapsed().as_secs_f64();
        self.person.hears_out(&self.identity).await;
        let known = self.entries;
        let is_agent = |entry: &&Value| entry["speakerType"] == "agent";
        let entries = self
            .stack
            .entries_until(&self.id, |entries| {
                entries.iter().skip(known).any(|entry| is_agent(&entry))
            })
            .await;
        self.entries = entries.len();
        let answer = entries.iter().skip(known).find(is_agent).unwrap();
        answer["content"].as_str().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_language_model_answers_whatever_is_wrong_with_the_first() {
    let mut room = Room::open().await;
    for fault in [
        Fault::Status,
        Fault::Busy,
        Fault::Nonsense,
        Fault::Silent,
        Fault::Hang,
    ] {
        let line = format!("It was opened long ago, and it stands still in spite of {fault:?}.");
        room.stack.models.answers(&line);
        room.stack.models.model_fails(PEN[0], fault);
        let answer = room.ask("how old is the Brooklyn Bridge?").await;
        eprintln!(
            "fault: LLM {fault:?}: an answer is heard after {:.1} s",
            room.answered_s
        );
        assert_eq!(answer, line, "no apology, and nothing twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_model_does_not_make_out_another_one_hears() {
    let mut room = Room::open().await;
    room.stack.models.answers("It was opened long ago.");
    for fault in [Fault::Silent, Fault::Status, Fault::Nonsense] {
        room.stack.models.model_fails(EARS[0], fault);
        let answer = room.ask("how old is the Brooklyn Bridge?").await;
        eprintln!(
            "fault: STT {fault:?}: an answer is heard after {:.1} s",
            room.answered_s
        );
        assert!(answer.contains("opened"), "{fault:?}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voice_that_dies_in_a_sentence_is_followed_by_the_rest_of_it() {
    let line = "First there was a river with a ferry on it, which froze in the ice every winter.";
    let mut room = Room::open().await;
    room.stack.models.answers(line);
    // What is known of the voice's pace is from a sentence that it has spoken whole.
    assert_eq!(room.ask("what was there first?").await, line);
    room.stack.models.model_fails(VOICE[0], Fault::BreaksOff);
    // On a slow machine the first voice may be late: then the other one speaks all of it, and nothing breaks off.
    for _ in 0..5 {
        let before = room.stack.models.spoken().len();
        let heard = room.ask("what was there first?").await;
        assert_eq!(heard, line, "all of it was heard");
        let spoken = room.stack.models.spoken().split_off(before);
        let asked_of = |which: &'static str| spoken.iter().filter(move |(model, _)| model == which);
        // The other voice went on where a word ended that the first one had said.
        let is_rest = |rest: &str| {
            asked_of(VOICE[0])
                .any(|(_, text)| text.strip_suffix(rest).is_some_and(|said| said.ends_with(' ')))
        };
        if asked_of(VOICE[1]).any(|(_, text)| is_rest(text)) {
            return;
        }
    }
    panic!("nobody spoke a rest: {:?}", room.stack.models.spoken());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_all_models_are_down_the_character_says_so_and_the_room_goes_on() {
    let mut room = Room::open().await;
    let line = "It was opened long ago.";
    room.stack.models.answers(line);
    for fault in [Fault::Status, Fault::Busy] {
        room.stack.models.fails(fault);
        let apology = room.ask("how old is the Brooklyn Bridge?").await;
        eprintln!(
            "fault: all models {fault:?}: an apology is heard after {:.1} s",
            room.answered_s
        );
        assert_ne!(apology, line);
    }
    room.stack.models.fails(Fault::None);
    // Those that were left alone are asked all the same when there is nobody else.
    assert_eq!(room.ask("how old is the Brooklyn Bridge?").await, line);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcription_that_stalls_is_asked_for_again_where_there_is_no_other_model() {
    let alone = [EARS, PEN, VOICE].map(|[first, _]| format!("openai:{first}"));
    let mut room = Room::open_with(alone).await;
    room.stack.models.answers("It was opened long ago.");
    room.stack.models.model_fails(EARS[0], Fault::Stalls);
    let answer = room.ask("how old is the Brooklyn Bridge?").await;
    eprintln!(
        "fault: STT stalls, no other model: an answer is heard after {:.1} s",
        room.answered_s
    );
    assert_eq!(answer, "It was opened long ago.");
}
