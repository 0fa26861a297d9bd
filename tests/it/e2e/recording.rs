//! A recorded room: what people and characters said is in the files, where it was said.

use reqwest::Method;
use serde_json::{Value, json};

use super::harness::Stack;
use super::person::{Person, is};
use crate::recordings::sound::{LOUD, decode, stretches, stretches_with};

/// Silence that ends a stretch for the person, ms: `SILENCE` of `person.py`.
const HEARD_ACROSS_MS: u64 = 300;
/// How far two clocks and two networks may put one sound apart, ms.
const TOLERANCE_MS: u64 = 400;

/// The recordings of a room that is over, once they are ready.
async fn recordings(stack: &Stack, room: &str) -> Vec<Value> {
    for _ in 0..200 {
        let path = format!("/v1/rooms/{room}/recordings");
        let answer = stack.call(Method::GET, &path, None).await;
        match answer.as_array() {
            Some(list) if !list.is_empty() => return list.clone(),
            _ => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
        }
    }
    panic!("the recordings did not get ready")
}

fn ms(event: &Value, field: &str) -> u64 {
    event[field].as_u64().unwrap()
}

/// How long each stretch of a participant's sound was heard so far, ms.
fn heard_out(person: &Person, identity: &str) -> Vec<u64> {
    let ends = person
        .events
        .iter()
        .filter(|event| is(event, "silence", identity));
    ends.map(|event| ms(event, "soundMs")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_holds_both_voices_where_they_were_and_ends_where_they_were_cut() {
    let stack = Stack::start().await;
    let [(character, name)] = stack.characters().await;
    let agent = format!("agent-{character}");
    let body = json!({"name": "Interview", "record": true});
    let room = stack.call(Method::POST, "/v1/rooms", Some(body)).await;
    let room = room["id"].as_str().unwrap().to_owned();
    stack.add(&room, &character).await;
    let mut person = stack.guest(&room).await;
    stack.begin(&room).await;
    person
        .until("the character's track", |event| is(event, "track", &agent))
        .await;

    // A question and its answer.
    stack
        .models
        .hears(&format!("{name}, how old is the Brooklyn Bridge?"));
    let question = stack.recording();
    let asked = person.say(&question).await;
    let heard = person.hears(&agent).await;
    person.hears_out(&agent).await;
    // A long answer that is cut by the next question, which is answered in turn.
    stack.models.answers(
        "People walked across it with a herd of elephants, and that was to show everybody who was afraid of it \
         that so long a bridge would hold whatever came.",
    );
    person.say(&question).await;
    person.hears(&agent).await;
    person.say(&question).await;
    if heard_out(&person, &agent).len() < 2 {
        person.hears_out(&agent).await;
    }
    person.hears_out(&agent).await;
    let lengths = heard_out(&person, &agent);
    let ended = stack
        .call(Method::POST, &format!("/v1/rooms/{room}/end"), None)
        .await;

    let recordings = recordings(&stack, &room).await;
    let kinds: Vec<_> = recordings
        .iter()
        .map(|recording| (&recording["kind"], &recording["participantIdentity"]))
        .collect();
    assert_eq!(kinds[0], (&json!("mix"), &Value::Null));
    assert_eq!(kinds.len(), 3, "{kinds:?}");
    let mut files = Vec::new();
    for identity in [Value::Null, json!("guest"), json!(agent)] {
        let recording = recordings
            .iter()
            .find(|recording| recording["participantIdentity"] == identity)
            .unwrap();
        assert_eq!(recording["status"], "complete", "{recording}");
        let file = stack.download(recording["url"].as_str().unwrap()).await;
        assert_eq!(recording["sizeBytes"], file.len());
        if let Ok(folder) = std::env::var("TROUPE_TEST_KEEP") {
            let kept = format!("{}.opus", recording["id"].as_str().unwrap());
            std::fs::write(std::path::Path::new(&folder).join(kept), &file).unwrap();
        }
        files.push(decode(&file));
    }
    let voice_as_heard = stretches_with(&files[2], LOUD, HEARD_ACROSS_MS);
    let [guest, voice] = [1, 2].map(|file: usize| stretches(&files[file]));
    // Two encodings of one sound differ a little: what just counts as sound in one may just not in the other.
    let mix = stretches_with(&files[0], LOUD / 2, 100);
    eprintln!("mix {mix:?}\nguest {guest:?}\ncharacter {voice:?}");

    // From the first second: the file begins with the room.
    let at = |text: &Value| {
        time::OffsetDateTime::parse(
            text.as_str().unwrap(),
            &time::format_description::well_known::Rfc3339,
        )
        .unwrap()
    };
    let late = at(&recordings[0]["startedAt"]) - at(&ended["startedAt"]);
    assert!((0..2_000).contains(&late.whole_milliseconds()), "{late} late");

    // The answer follows the question as the person heard it. The question's file ends in silence.
    let asked_pcm = troupe::audio_file::read_mono(&question, 48_000).unwrap();
    let tail = asked_pcm.len() as u64 / 48 - stretches(&asked_pcm).last().unwrap().1;
    let delay = ms(&heard, "atMs") - ms(&asked, "atMs") + tail;
    let question_end = guest
        .iter()
        .map(|(_, end)| *end)
        .take_while(|end| *end < voice[0].0)
        .last()
        .unwrap();
    let recorded = voice[0].0 - question_end;
    eprintln!("the answer was heard {delay} ms after the question, and is recorded {recorded} ms after it");
    assert!(
        recorded.abs_diff(delay) < TOLERANCE_MS,
        "{recorded} instead of {delay}"
    );
    // Each answer is as long as it was heard, the cut one as well.
    let taped: Vec<u64> = voice_as_heard.iter().map(|(from, to)| to - from).collect();
    eprintln!("answers were heard for {lengths:?} ms and are recorded for {taped:?} ms");
    assert_eq!(taped.len(), 3);
    assert!(lengths[1] + 1_000 < lengths[2], "the second was cut: {lengths:?}");
    let near = |(taped, heard): (&u64, &u64)| taped.abs_diff(*heard) < TOLERANCE_MS;
    assert!(
        taped.iter().zip(&lengths).all(near),
        "{taped:?} instead of {lengths:?}"
    );
    // The mix is both, at the same places.
    for (from, to) in guest.iter().chain(&voice) {
        let shared = |(begin, end): &(u64, u64)| (*end.min(to)).saturating_sub(*begin.max(from));
        let covered: u64 = mix.iter().map(shared).sum();
        // Two encodings of one sound differ in where quiet syllables count as silence.
        assert!(
            covered * 10 >= (to - from) * 8,
            "{from}–{to} is not in the mix: {mix:?}"
        );
    }
}
