//! A talk that is longer than a prompt.

use super::harness::Stack;
use super::person::is;

const SHORT: &str = "Guest keeps bees and has named the queen Olga.";
/// The smallest budget that can be set, tokens.
const MEMORY: &str = "1000";
/// Turns that are more than a prompt holds, and as many again for the summary to come.
const TURNS_MAX: usize = 20;

fn is_for_minutes(prompt: &str) -> bool {
    prompt.contains("You keep the minutes")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_longer_fits_is_remembered_in_short() {
    let stack = Stack::start_with(|command| {
        command.env("TROUPE_MEMORY_TOKENS", MEMORY);
    })
    .await;
    let [(character, _)] = stack.characters().await;
    let agent = format!("agent-{character}");
    let room = stack.room(&[&character]).await;
    let mut person = stack.guest(&room).await;
    stack.begin(&room).await;
    person
        .until("the track", |event| is(event, "track", &agent))
        .await;
    stack.models.answers("Go on, {}.");
    stack.models.shortens(SHORT);
    let note = format!("[Before that, in short: {SHORT}]");
    let mut turns = 0;
    while !stack.models.asked().iter().any(|prompt| prompt.contains(&note)) {
        assert!(turns < TURNS_MAX, "{:#?}", stack.models.asked());
        let more = "The bees flew far and came back late. ".repeat(10);
        person.type_in(&format!("Part {turns} of my story. {more}")).await;
        turns += 1;
        stack.entries(&room, 2 * turns).await;
    }
    let asked = stack.models.asked();
    let minutes = asked.iter().find(|prompt| is_for_minutes(prompt)).unwrap();
    assert!(minutes.contains("Guest: Part 0 of my story."), "{minutes}");
    // Until then every answer had the whole talk, and now the summary and what was said last.
    let answers: Vec<&String> = asked.iter().filter(|prompt| !is_for_minutes(prompt)).collect();
    let (last, before) = answers.split_last().unwrap();
    assert!(
        before.iter().all(|prompt| prompt.contains("Part 0 of my story.")),
        "{before:#?}"
    );
    assert!(!last.contains("Part 0 "), "{last}");
    assert!(
        last.contains(&format!("Part {} of my story.", turns - 1)),
        "{last}"
    );
}
