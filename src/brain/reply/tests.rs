//! Lines against scripted models.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::brain::brief::Moment;
use crate::brain::history::Happening;
use crate::character::{Character, builtins};
use crate::protocol::Mode;
use crate::providers::scripted::{Scripted, Step};

fn ada() -> Character {
    builtins()
        .into_iter()
        .find(|character| character.id == "ada")
        .unwrap()
}

fn says(model: Scripted, pieces: &[&str]) -> Scripted {
    model.says(
        pieces
            .iter()
            .map(|&piece| Step::Piece(piece.to_owned()))
            .collect(),
    )
}

async fn spoken(model: &Scripted, heard: &str, capacity: Capacity) -> (String, Option<ProviderError>) {
    let ada = ada();
    let situation = Situation {
        identity: "agent-ada",
        character: &ada,
        cast: &[],
        people: &["Ann"],
        mode: Mode::Freeform,
        scene: None,
        asked_if_ai: false,
        has_tools: false,
        assignment: None,
        moment: Moment::Running,
    };
    let mut history = History::new(1000);
    history.push(Happening::Said {
        by: "ann".into(),
        name: "Ann".into(),
        text: heard.into(),
    });
    let line = prepare(&Prompter::new().unwrap(), &situation, &history, capacity, 0).unwrap();
    let mut pieces = speak(Arc::new(model.clone()), line);
    let mut text = String::new();
    while let Some(piece) = pieces.next().await {
        match piece {
            Ok(piece) => text.push_str(&piece),
            Err(error) => return (text.trim_end().to_owned(), Some(error)),
        }
    }
    // Space at the end is not heard.
    (text.trim_end().to_owned(), None)
}

async fn check(answers: &[&[&str]], expect: &str, asked: usize) {
    let model = answers
        .iter()
        .fold(Scripted::new("scripted"), |model, pieces| says(model, pieces));
    let (text, error) = spoken(&model, "Hello there.", Capacity::Full).await;
    assert!(error.is_none());
    assert_eq!((text.as_str(), model.requests().len()), (expect, asked));
}

#[tokio::test]
async fn a_good_answer_passes() {
    check(&[&["Good ", "day", "."]], "Good day.", 1).await;
}

#[tokio::test]
async fn a_drifted_answer_is_asked_for_once_more() {
    check(&[&["As an AI, I"], &["Good day."]], "Good day.", 2).await;
}

#[tokio::test]
async fn after_two_drifts_the_character_says_a_line_of_its_own() {
    let own = ada().deflections.first().unwrap().clone();
    check(&[&["As an AI, I"], &["```x```"]], &own, 2).await;
    check(&[&[]], &own, 2).await;
}

#[tokio::test]
async fn what_was_said_is_not_said_again() {
    check(&[&["Good day.", " I am an AI."], &["never"]], "Good day.", 1).await;
}

#[tokio::test]
async fn errors_are_told() {
    let error = ProviderError::BrokenOff { provider: "scripted" };
    let model = Scripted::new("scripted").says(vec![Step::Piece("Good day. ".into()), Step::Fail(error)]);
    let (text, error) = spoken(&model, "Hello.", Capacity::Full).await;
    assert_eq!(text, "Good day.");
    assert!(matches!(error, Some(ProviderError::BrokenOff { .. })));
}

#[tokio::test]
async fn a_failure_is_apologised_for_before_it_is_told() {
    let error = ProviderError::BrokenOff { provider: "scripted" };
    let model = Scripted::new("scripted").says(vec![Step::Fail(error)]);
    let (text, error) = spoken(&model, "Hello.", Capacity::Full).await;
    assert_eq!(text, "Sorry, I lost my thread. Give me a moment.");
    assert!(error.is_some());
}

#[tokio::test]
async fn who_asks_is_never_lied_to() {
    let question = "Ada, are you a real person?";
    let honest = says(Scripted::new("scripted"), &["I am an AI, dear."]);
    assert_eq!(
        spoken(&honest, question, Capacity::Full).await.0,
        "I am an AI, dear."
    );
    let truth = "Yes, truly: I'm an AI, speaking as Ada.";
    let liar = says(Scripted::new("scripted"), &["I'm not a robot."]);
    assert_eq!(spoken(&liar, question, Capacity::Full).await.0, truth);
    let liar = says(Scripted::new("scripted"), &["Oh, Ann! ", "I'm a human."]);
    let said = spoken(&liar, question, Capacity::Full).await.0;
    assert!(said.starts_with("Oh, Ann!") && said.ends_with(truth), "{said}");
    let small = says(Scripted::new("scripted"), &["I mend clocks."]);
    assert_eq!(spoken(&small, question, Capacity::Small).await.0, truth);
    assert!(small.requests().is_empty());
}
