//! Speech services that stream, in a room: scripted ones, which speak the services' protocols.

use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;

use super::harness::Stack;
use super::person::Person;
use crate::vendor_servers::scripts;
use crate::vendor_servers::server::{Conduct, Server};

/// What the scripted service makes of everything.
const HEARD: &str = "one two three";
const ANSWER: &str = "It was opened long ago.";

struct Services {
    ears: Server,
    mouth: Server,
}

impl Services {
    async fn start(ears: &[Conduct]) -> Self {
        let token = ("authorization", "Token ears-key".to_owned());
        let bearer = ("authorization", "Bearer mouth-key".to_owned());
        Self {
            ears: Server::start(token, ears, scripts::deepgram).await,
            mouth: Server::start(bearer, &[Conduct::Well], scripts::cartesia).await,
        }
    }

    async fn stack(&self) -> Stack {
        Stack::start_with(|command| {
            command
                .env("DEEPGRAM_BASE_URL", &self.ears.url)
                .env("DEEPGRAM_API_KEY", "ears-key")
                .env("CARTESIA_BASE_URL", &self.mouth.url)
                .env("CARTESIA_API_KEY", "mouth-key")
                .env("TROUPE_STT", "deepgram:nova-3, openai:scripted")
                .env("TROUPE_TTS", "cartesia:sonic-3, openai:scripted");
        })
        .await
    }
}

fn has(server: &Server, words: &str) -> bool {
    let frames = server.seen().frames;
    let mut texts = frames.iter().filter_map(|frame: &Message| frame.to_text().ok());
    texts.any(|text| text.contains(words))
}

/// A person says a recording to a character and hears its answer; who they are, and both entries.
async fn talk(stack: &Stack) -> (Person, Vec<Value>) {
    let [(character, _)] = stack.characters().await;
    let identity = format!("agent-{character}");
    let room = stack.room(&[&character]).await;
    let mut person = stack.guest(&room).await;
    stack.begin(&room).await;
    person.has_track(&identity).await;
    person.say(&stack.recording()).await;
    person.hears(&identity).await;
    let entries = stack.entries(&room, 2).await;
    (person, entries)
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_there_while_somebody_speaks_and_the_answer_is_spoken_in_one_context() {
    let services = Services::start(&[Conduct::Well]).await;
    let stack = services.stack().await;
    stack.models.answers(ANSWER);
    let (person, entries) = talk(&stack).await;
    assert_eq!(entries[0]["content"], HEARD, "{entries:#?}");
    assert_eq!(entries[1]["content"], ANSWER, "{entries:#?}");
    assert!(has(&services.ears, "Finalize"));
    assert!(services.ears.seen().frames.iter().any(Message::is_binary));
    assert!(has(&services.mouth, ANSWER));
    let is_partial = |event: &&Value| {
        event["event"] == "transcription"
            && event["text"] == "one"
            && event["attributes"]["lk.transcription_final"] == "false"
    };
    assert!(
        person.events.iter().any(|event| is_partial(&event)),
        "{:#?}",
        person.events
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_service_that_fails_has_heard_is_transcribed_by_the_next_one() {
    let services = Services::start(&[Conduct::Dies]).await;
    let stack = services.stack().await;
    stack.models.hears("How old is the bridge?");
    stack.models.answers(ANSWER);
    let (_person, entries) = talk(&stack).await;
    assert_eq!(entries[0]["content"], "How old is the bridge?", "{entries:#?}");
    assert!(services.ears.seen().connections >= 1);
}
