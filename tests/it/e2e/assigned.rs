//! Role-plays and interviews, carried out.

use reqwest::Method;
use serde_json::{Value, json};
use troupe::rooms::livekit::RoomService;

use super::harness::Stack;
use super::person::{Person, is};

/// The built-in role-play in which Ada speaks first.
const ROLEPLAY: &str = "5241c23e-67a0-4106-b1c6-cc3e9ddacff0";
const ADA: &str = "agent-ada";

/// The answer at `path` once `fits`; what a worker does shows there a moment later.
pub(super) async fn until(stack: &Stack, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
    let mut answer = Value::Null;
    for _ in 0..300 {
        answer = stack.call(Method::GET, path, None).await;
        if fits(&answer) {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{path} does not come to that: {answer:#}")
}

fn says(entries: &Value, speaker: &str, words: &str) -> bool {
    entries.as_array().is_some_and(|entries| {
        entries.iter().any(|entry| {
            entry["speakerType"] == speaker
                && entry["content"].as_str().is_some_and(|said| said.contains(words))
        })
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_egress_nothing_is_filmed_and_nothing_made() {
    let stack = Stack::start_with(|command| {
        command.env("TROUPE_VIDEO_FOLDER", "films");
    })
    .await;
    let body = json!({
        "premadeRoleplayId": ROLEPLAY, "userUniqueIdentifier": "user-123", "userName": "John Doe", "recordVideo": true,
    });
    let refused = stack
        .refused(Method::POST, "/api/roleplay/create-room", Some(body))
        .await;
    assert_eq!(refused, (503, "video_recording_unavailable".into()));
    assert_eq!(stack.room_service().list_rooms(Vec::new()).await, Ok(Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_play_goes_from_create_to_finished() {
    let stack = Stack::start().await;
    stack.models.answers("Where are the screws that I ordered?");
    let body = json!({
        "premadeRoleplayId": ROLEPLAY, "userUniqueIdentifier": "user-123", "userName": "John Doe", "recordVideo": false,
    });
    let made = stack
        .call(Method::POST, "/api/roleplay/create-room", Some(body))
        .await;
    let data = &made["data"];
    let path = format!("/api/roleplay/{}", data["roleplayId"].as_str().unwrap());
    let mut person = Person::join(
        data["websocketUrl"].as_str().unwrap(),
        data["accessToken"].as_str().unwrap(),
    )
    .await;
    // The character comes and speaks first, without another call.
    person.hears(ADA).await;
    person.hears_out(ADA).await;
    stack
        .models
        .hears("I am sorry. We sent them to the wrong church.");
    stack.models.answers("That is an answer that I can work with.");
    person.say(&stack.recording()).await;
    person.hears(ADA).await;
    person.hears_out(ADA).await;
    let going = until(&stack, &path, |answer| {
        answer["data"]["transcript"].as_array().unwrap().len() >= 3
    })
    .await;
    let transcript = &going["data"]["transcript"];
    assert_eq!(going["data"]["status"], "started");
    assert!(says(transcript, "agent", "screws"), "{transcript:#}");
    assert!(says(transcript, "user", "wrong church"), "{transcript:#}");
    assert!(says(transcript, "agent", "work with"), "{transcript:#}");
    assert!(
        stack
            .models
            .asked()
            .iter()
            .any(|asked| asked.contains("John Doe practises")),
        "the model knows the task"
    );

    stack
        .call(
            Method::POST,
            &format!("/v1/rooms/{}/end", data["roleplayId"].as_str().unwrap()),
            None,
        )
        .await;
    person
        .until("the end", |event| event["event"] == "disconnected")
        .await;
    let over = until(&stack, &path, |answer| {
        answer["data"]["recordings"].as_array().unwrap().len() >= 3
    })
    .await;
    assert_eq!(over["data"]["status"], "finished");
    assert!(over["data"]["endedAt"].is_string());
    let recordings = &over["data"]["recordings"];
    assert_eq!(recordings[0]["kind"], "mix");
    for recording in recordings.as_array().unwrap() {
        assert!(recording["durationMs"].as_u64().unwrap() > 1_000, "{recording}");
    }
}

/// A role-play in which Ada speaks first, with its person in it, and its id.
async fn played(stack: &Stack) -> (Person, String) {
    let body = json!({
        "premadeRoleplayId": ROLEPLAY, "userUniqueIdentifier": "user-123", "userName": "John Doe", "recordVideo": false,
    });
    let made = stack
        .call(Method::POST, "/api/roleplay/create-room", Some(body))
        .await;
    let text = |field: &str| made["data"][field].as_str().unwrap().to_owned();
    let person = Person::join(&text("websocketUrl"), &text("accessToken")).await;
    (person, text("roleplayId"))
}

/// Ends a role-play and answers its transcript once `fits`.
async fn transcript_of_ended(stack: &Stack, id: &str, fits: impl Fn(&Value) -> bool) -> Value {
    stack
        .call(Method::POST, &format!("/v1/rooms/{id}/end"), None)
        .await;
    let over = until(stack, &format!("/api/roleplay/{id}"), |answer| {
        fits(&answer["data"]["transcript"])
    })
    .await;
    assert_eq!(over["data"]["status"], "finished");
    over["data"]["transcript"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_says_when_the_room_ends_is_kept() {
    let stack = Stack::start().await;
    stack.models.answers("Where are they?");
    let (mut person, id) = played(&stack).await;
    person.hears(ADA).await;
    person.hears_out(ADA).await;
    stack.models.hears("They are on their way.");
    person.say(&stack.recording()).await;
    // Their turn is not over yet, and nobody has answered it.
    let kept = |transcript: &Value| says(transcript, "user", "on their way");
    transcript_of_ended(&stack, &id, kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_says_when_their_microphone_goes_is_answered() {
    let stack = Stack::start().await;
    stack.models.answers("Where are they?");
    let (mut person, id) = played(&stack).await;
    person.hears(ADA).await;
    person.hears_out(ADA).await;
    stack.models.hears("They are on their way.");
    person.say_and_unplug(&stack.recording()).await;
    person.hears(ADA).await;
    let kept = |transcript: &Value| says(transcript, "user", "on their way");
    transcript_of_ended(&stack, &id, kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_character_says_when_the_room_ends_is_kept_as_far_as_it_was_heard() {
    let stack = Stack::start().await;
    stack.models.answers(
        "Where are the screws that I ordered from you a week ago for the clock of our church, which is to be blessed \
         on Sunday, before everybody who has lived here for all of their lives",
    );
    let (mut person, id) = played(&stack).await;
    person.hears(ADA).await;
    person.say(&stack.silence()).await;
    let kept = |transcript: &Value| says(transcript, "agent", "Where are");
    let transcript = transcript_of_ended(&stack, &id, kept).await;
    assert!(!says(&transcript, "agent", "their lives"), "{transcript:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interview_opens_closes_and_ends_by_itself() {
    let stack = Stack::start().await;
    stack.models.answers("Welcome. How was this morning?");
    let project = json!({
        "name": "Mornings", "research_goals": "How mornings go.", "interview_guide": "1. How was today?",
        "character_id": "ada",
    });
    let project = stack
        .call(Method::POST, "/custdev/api/projects", Some(project))
        .await;
    let body = json!({"project_id": project["id"], "max_duration_minutes": 1});
    let made = stack
        .call(Method::POST, "/custdev/api/interviews/rooms", Some(body))
        .await;
    let room = &made["rooms"][0];
    let path = format!("/custdev/api/interviews/rooms/{}", room["id"].as_str().unwrap());
    // No request makes an interview this short; the limit is what counts here, not a minute of it.
    stack.alter("UPDATE interviews SET max_duration_s = 32").await;
    let link = room["url"].as_str().unwrap();
    let join = stack.post_without_key(&format!("{link}/join")).await;
    assert_eq!(join["seconds_left"], 32);
    let mut person = Person::join(join["url"].as_str().unwrap(), join["token"].as_str().unwrap()).await;
    person.hears(ADA).await;
    person.hears_out(ADA).await;
    until(&stack, &path, |answer| answer["status"] == "started").await;

    // Nobody says anything more: it is the clock that makes the interviewer speak again.
    stack.models.answers("Thank you for your time. Goodbye.");
    person.hears(ADA).await;
    person
        .until("the end", |event| event["event"] == "disconnected")
        .await;
    let over = until(&stack, &path, |answer| answer["record_id"].is_string()).await;
    assert_eq!(over["status"], "finished");
    assert_eq!(over["record_id"], over["recordings"][0]["id"]);
    assert!(says(&over["transcript"], "agent", "Welcome"), "{over:#}");
    assert!(says(&over["transcript"], "agent", "Goodbye"), "{over:#}");
    let asked = stack.models.asked();
    assert!(asked[0].contains("You speak first"), "{}", asked[0]);
    assert!(asked.last().unwrap().contains("The time is up"), "{asked:#?}");
    let times = |field: &str| {
        let format = &time::format_description::well_known::Rfc3339;
        time::OffsetDateTime::parse(over[field].as_str().unwrap(), format).unwrap()
    };
    let lasted = times("finished_at") - times("started_at");
    eprintln!("the interview lasted {:.1} s of 32", lasted.as_seconds_f64());
    let late = stack.post_without_key_refused(&format!("{link}/join")).await;
    assert_eq!(late["error"]["code"], "interview_finished");
    assert!(
        person
            .events
            .iter()
            .all(|event| !is(event, "track", "respondent"))
    );
}
