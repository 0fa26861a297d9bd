//! Models that fail while people talk: another one answers, or the character says so; the room goes on.

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
}

impl Room {
    async fn open() -> Self {
        let stack = Stack::start_with(|command| {
            for (role, [first, second]) in [("TROUPE_STT", EARS), ("TROUPE_LLM", PEN), ("TROUPE_TTS", VOICE)]
            {
                command.env(role, format!("openai:{first}, openai:{second}"));
            }
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
        }
    }

    /// Asks aloud, hears an answer, and gives what the transcript has of it.
    async fn ask(&mut self, question: &str) -> String {
        self.stack.models.hears(&format!("{}, {question}", self.name));
        self.person.say(&self.stack.recording()).await;
        self.person.hears(&self.identity).await;
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
        assert_ne!(apology, line);
    }
    room.stack.models.fails(Fault::None);
    // Those that were left alone are asked all the same when there is nobody else.
    assert_eq!(room.ask("how old is the Brooklyn Bridge?").await, line);
}
