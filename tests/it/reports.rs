//! Reports of role-plays and interviews: written after the end, with quotes that are in the transcript.

use std::sync::Arc;

use serde_json::{Value, json};
use troupe::providers::registry::Choice;
use troupe::providers::scripted::{Scripted, Step};
use troupe::providers::{ProviderError, Registry};

use crate::interviews::rooms;
use crate::roleplays::PREMADE;
use crate::support::{World, id, request};

/// What the person of these talks says.
const LINES: [&str; 2] = [
    "I am sorry, the fault is ours: the parcel lay in the wrong shed for a whole week.",
    "You will have it by Friday at noon, and if not, I will drive it over to you myself.",
];

/// A world whose language model answers in turn, and the model.
async fn world(answers: Vec<Step<String>>) -> (World, Scripted) {
    let model = answers
        .into_iter()
        .fold(Scripted::new("scripted"), |model, answer| {
            model.says(vec![answer])
        });
    let choice = Choice {
        llm: Some("scripted:x".into()),
        ..Choice::default()
    };
    let registry = Registry::new(&choice, vec![Arc::new(model.clone())]).unwrap();
    (World::with_models(registry).await, model)
}

fn says(answer: &Value) -> Step<String> {
    Step::Piece(format!("Here you are:\n```json\n{answer}\n```"))
}

/// Lets a worker play a room in which the person says this.
async fn play(world: &World, room: &str, lines: &[&str]) {
    world.claim("w", "r1").await;
    let entries: Vec<Value> = lines
        .iter()
        .zip(1..)
        .map(|(line, sequence)| {
            json!({"sequence": sequence, "speakerType": "user", "speakerIdentity": "p",
                "speakerName": "Jo", "content": line})
        })
        .collect();
    let batch = json!({"workerId": "w", "epoch": 1, "entries": entries});
    world
        .work(&format!("rooms/{room}/entries"), batch)
        .await
        .with(200);
    let release = json!({"workerId": "w", "epoch": 1, "reason": "empty"});
    world
        .work(&format!("rooms/{room}/release"), release)
        .await
        .with(200);
}

async fn roleplay(world: &World) -> String {
    let body = json!({
        "premadeRoleplayId": PREMADE, "userUniqueIdentifier": "u", "userName": "Jo", "recordVideo": false,
    });
    let made = world.post("/api/roleplay/create-room", body).await.with(201);
    made["data"]["roleplayId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_role_play_is_scored_by_its_rubric_with_quotes_that_were_said() {
    let draft = json!({"summary": "Jo owned the fault.", "items": [
        {"n": 2, "score": 9, "comment": "Plainly.", "quotes": [{"line": 1, "text": "the fault is ours"},
            {"line": 1, "text": "the fault is mine"}]},
        {"n": 3, "score": 8, "comment": "By Friday.", "quotes": [{"line": 1, "text": "\"by Friday at noon\""}]},
        {"n": 1, "score": null, "comment": "No occasion."},
    ]});
    let (world, model) = world(vec![says(&draft)]).await;
    let room = roleplay(&world).await;
    let path = format!("/api/roleplay/{room}/report");
    assert_eq!(world.get(&path).await.fault(), (409, "report_not_ready", None));
    play(&world, &room, &LINES).await;
    assert_eq!(world.reporter.write_due(0).await.unwrap(), 1);
    assert_eq!(world.reporter.write_due(0).await.unwrap(), 0, "once");

    let answer = world.get(&path).await.with(200);
    let report = &answer["data"];
    assert_eq!(
        (&answer["success"], &report["status"]),
        (&true.into(), &"complete".into())
    );
    // (2 × 9 + 3 × 8) / 5 of 10.
    assert_eq!(
        (&report["score"], &report["quotesLeftOut"]),
        (&84.into(), &1.into()),
        "{report:#}"
    );
    let items = report["items"].as_array().unwrap();
    let names: Vec<&str> = items.iter().map(|item| item["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["Listens first", "Owns the fault", "Promises what can be kept"]
    );
    assert_eq!(items[0]["score"], Value::Null);
    assert_eq!(items[1]["quotes"][0]["text"], "the fault is ours");
    assert_eq!(items[2]["quotes"][0]["text"], "by Friday at noon");
    let transcript = world.get(&format!("/v1/rooms/{room}/transcript")).await;
    let followed = world.get(&format!("/api/roleplay/{room}")).await.with(200);
    assert_eq!(followed["data"]["report"], *report, "{}", transcript.body);
    for item in items {
        for quote in item["quotes"].as_array().unwrap() {
            let entries = followed["data"]["transcript"].as_array().unwrap();
            let entry = entries
                .iter()
                .find(|entry| entry["id"] == quote["entryId"])
                .unwrap();
            let (said, quoted) = (
                entry["content"].as_str().unwrap(),
                quote["text"].as_str().unwrap(),
            );
            assert!(said.contains(quoted), "{quoted}");
        }
    }
    let document = world.get(&format!("{path}?format=markdown")).await;
    assert_eq!(document.status, 200);
    assert_eq!(document.headers["content-type"], "text/markdown; charset=utf-8");
    for part in [
        "**84 of 100**",
        "## Owns the fault – 9 of 10",
        "> the fault is ours – Jo",
        "no occasion",
    ] {
        assert!(document.text.contains(part), "{part} in {}", document.text);
    }
    let wrong = world.get(&format!("{path}?format=pdf")).await;
    assert_eq!(wrong.fault(), (422, "validation_error", Some("format")));
    let page = world.get(&format!("/pages/rooms/{room}/report")).await.with(200);
    assert_eq!(
        (&page["report"], &page["markdown"]),
        (report, &document.text.into())
    );
    let strange = world.send(request("GET", &path, &world.other_key, None)).await;
    assert_eq!(strange.fault(), (404, "not_found", None));

    let [asked] = model.requests().try_into().unwrap();
    let system = &asked.messages[0].content;
    assert!(
        system.contains("3. Promises what can be kept:") && system.contains("Judge Jo alone"),
        "{system}"
    );
    assert!(asked.messages[1].content.starts_with("[1] Jo: I am sorry"));
}

#[tokio::test]
async fn an_interview_is_summed_up_along_its_guide() {
    let draft = json!({"summary": "A slow morning.", "items": [
        {"n": 1, "score": 3, "comment": "It went slowly.", "quotes": [{"line": 2, "text": "by Friday at noon"}]},
    ]});
    let (world, _) = world(vec![says(&draft)]).await;
    let made = rooms(&world, json!({})).await;
    let room = id(&made[0]);
    let token = made[0]["access_token"].as_str().unwrap();
    world.post(&format!("/i/{token}/join"), json!({})).await.with(200);
    play(&world, &room, &LINES).await;
    assert_eq!(world.reporter.write_due(0).await.unwrap(), 1);
    let path = format!("/custdev/api/interviews/rooms/{room}/report");
    let report = world.get(&path).await.with(200);
    assert_eq!(
        (&report["kind"], &report["summary"], &report["score"]),
        (&"interview".into(), &"A slow morning.".into(), &Value::Null)
    );
    assert_eq!(
        report["items"][0]["score"],
        Value::Null,
        "nobody is scored in an interview"
    );
    assert_eq!(report["items"][0]["quotes"][0]["speakerName"], "Jo");
    let document = world.get(&format!("{path}?format=markdown")).await;
    assert!(document.text.contains("A slow morning."), "{}", document.text);
}

#[tokio::test]
async fn a_talk_that_was_too_short_is_said_to_be_and_no_model_is_asked() {
    let (world, model) = world(vec![]).await;
    let room = roleplay(&world).await;
    play(&world, &room, &["Hello?"]).await;
    assert_eq!(world.reporter.write_due(0).await.unwrap(), 1);
    let report = world.get(&format!("/api/roleplay/{room}/report")).await.with(200);
    let report = &report["data"];
    assert_eq!(
        (&report["status"], &report["score"]),
        (&"tooShort".into(), &Value::Null)
    );
    assert_eq!(report["items"], json!([]));
    assert!(model.requests().is_empty());
}

#[tokio::test]
async fn a_model_that_fails_is_asked_again_and_given_up_in_the_end() {
    let broken = || Step::Fail(ProviderError::BrokenOff { provider: "scripted" });
    let draft = json!({"summary": "It went well.", "items": []});
    let (world, _) = world(vec![
        broken(),
        Step::Piece("I would rather not.".into()),
        says(&draft),
    ])
    .await;
    let room = roleplay(&world).await;
    play(&world, &room, &LINES).await;
    for kept in [0, 0, 1] {
        assert_eq!(world.reporter.write_due(0).await.unwrap(), kept);
    }
    let (world, _) = self::world(vec![broken()]).await;
    let room = roleplay(&world).await;
    play(&world, &room, &LINES).await;
    for kept in [0, 0, 0, 1] {
        assert_eq!(world.reporter.write_due(0).await.unwrap(), kept);
    }
    let report = world.get(&format!("/api/roleplay/{room}/report")).await.with(200);
    assert_eq!(report["data"]["status"], "unavailable");
}

#[tokio::test]
async fn voice_rooms_have_no_report() {
    let (world, _) = world(vec![]).await;
    let room = world.started_room().await;
    play(&world, &room, &LINES).await;
    assert_eq!(world.reporter.write_due(0).await.unwrap(), 0);
    let answer = world.get(&format!("/pages/rooms/{room}/report")).await;
    assert_eq!(answer.fault(), (404, "not_found", None));
}
