//! A scene that characters play by themselves, and a person who cuts in.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::harness::Stack;
use super::person::Person;

/// Lines that the scene plays before anybody is there.
const LINES_ALONE: usize = 10;
/// Lines after the answer that show that it goes on.
const LINES_AFTER: usize = 4;
const SCENE: &str = "Midnight in a lighthouse. One of you has the key and does not say so.";
const LINE: &str = "Line {}: the lamp is out and nobody moves.";
const LONG_LINE: &str = "Line {}: I went up all the stairs to the lamp when it had got dark, and there was a \
    trunk on every landing, and not one of them was locked, and still I could not say what any of them was for.";
const WORDS: &str = "Hold on, who of you has the key?";
/// What two ends of one connection may differ by when they say when a sound began or ended, ms.
const TOLERANCE_MS: i64 = 150;

fn content(entry: &Value) -> &str {
    entry["content"].as_str().unwrap()
}

fn number(entry: &Value) -> usize {
    let rest = content(entry).strip_prefix("Line ").unwrap();
    rest.split(':').next().unwrap().parse().unwrap()
}

/// When each character was heard, ms: who, from, to.
fn heard(person: &Person) -> Vec<(String, i64, i64)> {
    let ends = person
        .events
        .iter()
        .enumerate()
        .filter(|(_, event)| event["event"] == "silence");
    ends.map(|(at, end)| {
        let is_it = |event: &&Value| event["event"] == "sound" && event["identity"] == end["identity"];
        let began = person.events[..at].iter().rev().find(is_it).unwrap();
        let from = began["atMs"].as_i64().unwrap();
        let who = end["identity"].as_str().unwrap().to_owned();
        (who, from, from + end["soundMs"].as_i64().unwrap())
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scene_plays_ten_lines_alone_is_interrupted_and_goes_on() {
    let stack = Stack::start().await;
    let cast: [(String, String); 3] = stack.characters().await;
    let body = json!({ "name": "Lighthouse", "mode": "scripted", "scenePrompt": SCENE });
    let room = stack.call(Method::POST, "/v1/rooms", Some(body)).await;
    let room = room["id"].as_str().unwrap().to_owned();
    for (character, _) in &cast {
        stack.add(&room, character).await;
    }
    stack.models.answers(LINE);
    stack.begin(&room).await;

    // Nobody is there but the characters.
    let alone = stack.entries(&room, LINES_ALONE).await;
    assert!(
        alone.iter().all(|entry| entry["speakerType"] == "agent"),
        "{alone:#?}"
    );
    let speakers: Vec<&str> = alone
        .iter()
        .map(|entry| entry["characterId"].as_str().unwrap())
        .collect();
    assert!(speakers.windows(2).all(|two| two[0] != two[1]), "{speakers:?}");
    assert_eq!(
        speakers.iter().collect::<BTreeSet<_>>().len(),
        cast.len(),
        "{speakers:?}"
    );
    assert!(stack.models.asked()[0].contains(SCENE));

    // Somebody comes, listens to a line, and cuts into the next one.
    stack.models.answers(LONG_LINE);
    stack.models.hears(WORDS);
    let mut person = stack.guest(&room).await;
    let is_whole = |entry: &&Value| content(entry).ends_with("what any of them was for.");
    let entries = stack
        .entries_until(&room, |entries| entries.iter().any(|entry| is_whole(&entry)))
        .await;
    let long = entries.iter().find(is_whole).unwrap();
    person.hears_out(long["speakerIdentity"].as_str().unwrap()).await;
    person
        .until("the next long line", |event| event["event"] == "sound")
        .await;
    stack.models.answers(LINE);
    let recording = stack.recording();
    person.say(&recording).await;
    let is_persons = |entry: &Value| entry["speakerType"] == "user";
    let transcript = stack
        .entries_until(&room, |entries| {
            entries
                .iter()
                .position(is_persons)
                .is_some_and(|at| entries.len() > at + 1 + LINES_AFTER)
        })
        .await;

    let at = transcript.iter().position(is_persons).unwrap();
    let (cut, words, after) = (&transcript[at - 1], &transcript[at], &transcript[at + 1..]);
    assert_eq!(content(words), WORDS);
    assert_eq!(words["speakerName"], "Guest");
    // What was heard of the line that was cut, to a word.
    let whole = LONG_LINE.replace("{}", &number(cut).to_string());
    let rest = whole.strip_prefix(content(cut)).unwrap();
    assert!(rest.starts_with(' '), "{cut}");
    // All of it is there once, in order, and the scene went on after the answer.
    let numbers: Vec<usize> = transcript
        .iter()
        .filter(|entry| !is_persons(entry))
        .map(number)
        .collect();
    assert!(numbers.windows(2).all(|two| two[0] < two[1]), "{numbers:?}");
    assert!(!after.iter().any(is_persons), "{after:#?}");
    let afterwards: BTreeSet<&str> = after
        .iter()
        .map(|entry| entry["characterId"].as_str().unwrap())
        .collect();
    assert!(afterwards.len() > 1, "{after:#?}");
    // Whoever speaks next knows the person's words and as much of the line as was heard.
    let asked = stack.models.asked();
    for entry in after {
        let prompt = &asked[number(entry) - 1];
        assert!(prompt.contains(&format!("Guest: {WORDS}")), "{prompt}");
        assert!(
            prompt.contains(content(cut)) && !prompt.contains(&whole),
            "{prompt}"
        );
    }
    // Nobody was talked over, and no two characters sounded at once.
    let mut sounds = heard(&person);
    sounds.sort_by_key(|(_, from, _)| *from);
    for two in sounds.windows(2) {
        assert!(two[0].2 <= two[1].1 + TOLERANCE_MS, "{sounds:?}");
    }
}
