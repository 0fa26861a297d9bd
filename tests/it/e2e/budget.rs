//! A room that used up what it may cost: its character says goodbye, and it ends.

use super::assigned::until;
use super::harness::Stack;

const ANSWER: &str = "It was opened long ago, and it has carried more trains than anybody counted.";

#[tokio::test(flavor = "multi_thread")]
async fn a_room_without_money_says_goodbye_and_ends() {
    let stack = Stack::start_with(|command| {
        command
            .env("TROUPE_PRICE_SPOKEN_1000_CHARACTERS", "1")
            .env("TROUPE_ROOM_BUDGET", "0.05");
    })
    .await;
    stack.models.hears("How old is the bridge?");
    stack.models.answers(ANSWER);
    let [(character, _)] = stack.characters().await;
    let identity = format!("agent-{character}");
    let room = stack.room(&[&character]).await;
    let mut person = stack.guest(&room).await;
    stack.begin(&room).await;
    person.has_track(&identity).await;
    person.say(&stack.recording()).await;
    person.hears(&identity).await;
    person
        .until("the end", |event| event["event"] == "disconnected")
        .await;
    // The answer that used it up is heard, and then the goodbye.
    let entries = stack.entries(&room, 2).await;
    assert_eq!(entries.last().unwrap()["content"], ANSWER, "{entries:#?}");
    let asked = stack.models.asked();
    assert!(
        asked.last().unwrap().contains("The time is up."),
        "the last words are a goodbye"
    );
    let path = format!("/v1/rooms/{room}");
    until(&stack, &path, |room| room["endedAt"].is_string()).await;
}
