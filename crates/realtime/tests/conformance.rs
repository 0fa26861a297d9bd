//! One set of cases over both protocols, against scripted servers that speak them as documented.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::sync::Arc;
use std::time::Duration;

use troupe_realtime::scripted::{Act, Door, Server};
use troupe_realtime::{
    Answer, Brief, Call, Error, Line, Piece, Provider, Question, Session, Speaker, Timing, Tool, Usage,
    try_door,
};

/// Generous where nothing is to fail, and short where it is.
fn timing() -> Timing {
    Timing {
        connect: Duration::from_secs(20),
        first: Duration::from_secs(20),
        between: Duration::from_secs(20),
        ..Timing::default()
    }
}

/// Mara, who can look the weather up.
fn able() -> Brief {
    Brief {
        instructions: "Be Mara.".into(),
        tools: vec![Tool {
            name: "weather".into(),
            description: "Tells the weather of a town.".into(),
            parameters: serde_json::Map::from_iter([("type".to_owned(), "object".into())]),
        }],
    }
}

struct World {
    server: Server,
    session: Session,
}

async fn world(provider: Provider, door: Door, timing: Timing, acts: Vec<Act>) -> World {
    let server = Server::start(provider, door, acts).await.unwrap();
    let session = Session::open(server.access(timing), able());
    World { server, session }
}

fn question(lines: &[(Speaker, &str)]) -> Question {
    let sound: Arc<[i16]> = vec![7; 2_400].into();
    let line = |(speaker, text): &(Speaker, &str)| Line {
        speaker: *speaker,
        text: (*text).to_owned(),
        sound: (*speaker == Speaker::Others).then(|| sound.clone()),
    };
    Question {
        brief: able(),
        lines: lines.iter().map(line).collect(),
    }
}

fn hello() -> Question {
    question(&[(Speaker::Others, "Ann: Hello?")])
}

fn say(words: &str, ms: u64) -> Act {
    Act::Say {
        words: words.to_owned(),
        sound: Duration::from_millis(ms),
    }
}

/// Words, samples of sound, and how it ended.
async fn all(mut answer: Answer) -> (String, usize, Result<Usage, Error>) {
    let (mut words, mut samples) = (String::new(), 0);
    while let Some(piece) = answer.next().await {
        match piece {
            Ok(Piece::Text(text)) => words.push_str(&text),
            Ok(Piece::Sound(pcm)) => samples += pcm.len(),
            Ok(Piece::Calls(calls)) => panic!("{calls:?}"),
            Ok(Piece::Done(usage)) => return (words, samples, Ok(usage)),
            Err(error) => return (words, samples, Err(error)),
        }
    }
    panic!("an answer ends with a piece that says so")
}

async fn on_both<F: Future<Output = ()>>(case: impl Fn(Provider) -> F) {
    for provider in Provider::ALL {
        case(provider).await;
    }
}

/// Waits until `what` holds.
async fn until(what: impl Fn() -> bool) {
    let waiting = async {
        while !what() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_door_can_be_tried() {
    on_both(|provider| async move {
        let tried = async |door| {
            let server = Server::start(provider, door, Vec::new()).await.unwrap();
            try_door(&server.access(timing())).await
        };
        let refusing = |status| Door {
            status: Some(status),
            ..Door::default()
        };
        assert_eq!(tried(Door::default()).await, Ok(()), "{provider:?}");
        let refused = tried(refusing(401)).await;
        assert!(matches!(refused, Err(Error::Unauthorized { .. })), "{refused:?}");
        let unwell = tried(refusing(503)).await;
        assert!(matches!(unwell, Err(Error::Unreachable { .. })), "{unwell:?}");
    })
    .await;
}

#[tokio::test]
async fn words_and_sound_come_together_and_the_talk_goes_on() {
    on_both(|provider| async move {
        let acts = vec![say("Well, hello.", 400), say("Fine.", 100)];
        let world = world(provider, Door::default(), timing(), acts).await;
        let usage = Usage {
            heard: 20,
            spoken: 10,
        };
        let first = all(world.session.ask(hello())).await;
        assert_eq!(first, ("Well, hello.".into(), 9_600, Ok(usage)), "{provider:?}");
        let before = world.server.heard().len();
        let next = question(&[
            (Speaker::Others, "Ann: Hello?"),
            (Speaker::Own, "Well, hello."),
            (Speaker::Others, "Ann: How are you?"),
        ]);
        assert_eq!(all(world.session.ask(next)).await.0, "Fine.");
        let told: String = world.server.heard()[before..]
            .iter()
            .map(ToString::to_string)
            .collect();
        assert!(
            told.contains("How are you?") && !told.contains("Well, hello."),
            "only what is new"
        );
        assert_eq!(world.server.connections(), 1);
    })
    .await;
}

fn weather(words: &str, then: Act) -> Act {
    Act::Call {
        words: words.to_owned(),
        name: "weather".into(),
        arguments: r#"{"town":"Rome"}"#.into(),
        then: Box::new(then),
    }
}

/// The calls that an answer comes to, and the words before them.
async fn calls(answer: &mut Answer) -> (String, Vec<Call>) {
    let mut words = String::new();
    loop {
        match answer.next().await {
            Some(Ok(Piece::Text(text))) => words.push_str(&text),
            Some(Ok(Piece::Calls(calls))) => return (words, calls),
            other => panic!("{other:?} in place of calls"),
        }
    }
}

/// What came of them.
fn rain(calls: Vec<Call>) -> Vec<(Call, String)> {
    calls.into_iter().map(|call| (call, "rain".to_owned())).collect()
}

#[tokio::test]
async fn a_tool_is_used_within_an_answer() {
    on_both(|provider| async move {
        let acts = vec![weather("Let me see. ", say("It rains.", 100)), say("Bye.", 100)];
        let world = world(provider, Door::default(), timing(), acts).await;
        let mut answer = world.session.ask(hello());
        let (words, wanted) = calls(&mut answer).await;
        assert_eq!(words, "Let me see. ", "{provider:?}");
        let asked: Vec<_> = wanted
            .iter()
            .map(|call| (call.name.as_str(), call.arguments.as_str()))
            .collect();
        assert_eq!(asked, [("weather", r#"{"town":"Rome"}"#)]);
        answer.go_on(rain(wanted), false);
        assert_eq!(all(answer).await.0, "It rains.", "{provider:?}");
        let told: String = world.server.heard().iter().map(ToString::to_string).collect();
        assert!(told.contains("Tells the weather of a town."), "{told}");
        let is_told = match provider {
            Provider::OpenAi => {
                told.contains(r#""call_id":"call_1","output":"rain","type":"function_call_output""#)
                    && told.contains(r#""tool_choice":"none""#)
            }
            Provider::Gemini => told.contains(r#""response":{"output":"rain"}"#),
        };
        assert!(is_told, "{told}");
        let next = question(&[
            (Speaker::Others, "Ann: Hello?"),
            (Speaker::Own, "Let me see. It rains."),
            (Speaker::Others, "Ann: Bye."),
        ]);
        assert_eq!(all(world.session.ask(next)).await.0, "Bye.", "{provider:?}");
        assert_eq!(world.server.connections(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_is_cut_while_a_tool_is_used_is_given_up() {
    on_both(|provider| async move {
        let acts = vec![weather("", say("It rains.", 100)), say("Yes?", 100)];
        let world = world(provider, Door::default(), timing(), acts).await;
        let mut answer = world.session.ask(hello());
        let (_, wanted) = calls(&mut answer).await;
        let late = rain(wanted);
        let other = question(&[(Speaker::Others, "Ann: Never mind.")]);
        let next = world.session.ask(other);
        answer.go_on(late, true);
        drop(answer);
        assert_eq!(all(next).await.0, "Yes?", "{provider:?}");
        let told: String = world.server.heard().iter().map(ToString::to_string).collect();
        assert!(!told.contains("rain"), "{told}");
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_is_lost_while_a_tool_is_used_costs_the_answer() {
    on_both(|provider| async move {
        let acts = vec![weather("", Act::Close), say("Yes.", 100)];
        let world = world(provider, Door::default(), timing(), acts).await;
        let mut answer = world.session.ask(hello());
        let (_, wanted) = calls(&mut answer).await;
        answer.go_on(rain(wanted), true);
        // Asked again it would use the tool again.
        let (_, _, end) = all(answer).await;
        assert!(
            matches!(end, Err(Error::BrokenOff { .. })),
            "{provider:?} {end:?}"
        );
        assert_eq!(all(world.session.ask(hello())).await.0, "Yes.", "{provider:?}");
    })
    .await;
}

#[tokio::test]
async fn people_are_heard_and_never_judged_by_the_server() {
    on_both(|provider| async move {
        let world = world(provider, Door::default(), timing(), vec![say("Yes.", 100)]).await;
        assert_eq!(all(world.session.ask(hello())).await.0, "Yes.");
        let told: String = world.server.heard().iter().map(ToString::to_string).collect();
        let sound = "BwAHAAcABwAH";
        assert!(told.contains(sound), "{provider:?} got the sound of the turn");
        let is_off = match provider {
            Provider::OpenAi => told.contains(r#""turn_detection":null"#),
            Provider::Gemini => told.contains(r#""automaticActivityDetection":{"disabled":true}"#),
        };
        assert!(is_off, "{told}");
    })
    .await;
}

#[tokio::test]
async fn a_session_is_briefed_before_it_is_asked() {
    on_both(|provider| async move {
        let world = world(provider, Door::default(), timing(), vec![say("Yes.", 100)]).await;
        let brief = Brief {
            instructions: "Be Mara. With you: Ann.".into(),
            ..able()
        };
        world.session.prepare(brief.clone());
        world.session.prepare(brief.clone());
        let connections = match provider {
            Provider::OpenAi => 1,
            Provider::Gemini => 2,
        };
        until(|| world.server.connections() == connections).await;
        let asked = Question { brief, ..hello() };
        assert_eq!(all(world.session.ask(asked)).await.0, "Yes.", "{provider:?}");
        assert_eq!(world.server.connections(), connections, "it was ready");
        let told: String = world.server.heard().iter().map(ToString::to_string).collect();
        assert!(told.contains("With you: Ann."), "{told}");
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_was_cut_is_remembered_as_far_as_it_was_heard() {
    on_both(|provider| async move {
        let acts = vec![Act::Begin("One two three four.".into()), say("Yes?", 100)];
        let world = world(provider, Door::default(), timing(), acts).await;
        let mut answer = world.session.ask(hello());
        let id = answer.id();
        assert!(matches!(answer.next().await, Some(Ok(_))));
        world.session.cut(id, Duration::from_millis(420));
        drop(answer);
        let next = question(&[
            (Speaker::Others, "Ann: Hello?"),
            (Speaker::Own, "One"),
            (Speaker::Others, "Ann: Stop."),
        ]);
        assert_eq!(all(world.session.ask(next)).await.0, "Yes?", "{provider:?}");
        let told: String = world.server.heard().iter().map(ToString::to_string).collect();
        match provider {
            Provider::OpenAi => {
                assert!(
                    told.contains("response.cancel") && told.contains(r#""audio_end_ms":420"#),
                    "{told}"
                );
                assert_eq!(world.server.connections(), 1);
            }
            // It can't be told: a new connection hears the talk as it was.
            Provider::Gemini => assert!(world.server.connections() >= 2 && told.contains(r#""text":"One""#)),
        }
    })
    .await;
}

#[tokio::test]
async fn a_lost_connection_is_made_anew_and_told_everything() {
    on_both(|provider| async move {
        let acts = vec![say("Hm.", 100), Act::Close, say("Yes.", 100)];
        let world = world(provider, Door::default(), timing(), acts).await;
        assert_eq!(all(world.session.ask(hello())).await.0, "Hm.");
        let next = question(&[
            (Speaker::Others, "Ann: Hello?"),
            (Speaker::Own, "Hm."),
            (Speaker::Others, "Ann: So?"),
        ]);
        assert_eq!(all(world.session.ask(next)).await.0, "Yes.", "{provider:?}");
        assert_eq!(world.server.connections(), 2);
        let told: String = world.server.heard().iter().map(ToString::to_string).collect();
        assert_eq!(told.matches("Ann: Hello?").count(), 2, "{provider:?}: {told}");
        assert!(told.contains("Hm."));
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_is_old_is_replaced_between_answers() {
    on_both(|provider| async move {
        let timing = Timing {
            age_max: Duration::ZERO,
            ..timing()
        };
        let acts = vec![say("One.", 100), say("Two.", 100)];
        let world = world(provider, Door::default(), timing, acts).await;
        assert_eq!(all(world.session.ask(hello())).await.0, "One.");
        let before = world.server.connections();
        assert_eq!(all(world.session.ask(hello())).await.0, "Two.", "{provider:?}");
        assert_eq!(world.server.connections(), before + 1);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_says_it_will_go_is_left_first() {
    let acts = vec![Act::Expire, say("One.", 100), say("Two.", 100)];
    let world = world(Provider::Gemini, Door::default(), timing(), acts).await;
    assert_eq!(all(world.session.ask(hello())).await.0, "One.");
    assert_eq!(all(world.session.ask(hello())).await.0, "Two.");
    assert_eq!(world.server.connections(), 2);
}

#[tokio::test]
async fn a_slow_start_is_waited_for() {
    on_both(|provider| async move {
        let door = Door {
            slow: Duration::from_millis(300),
            ..Door::default()
        };
        let world = world(provider, door, timing(), vec![say("Yes.", 100)]).await;
        assert_eq!(all(world.session.ask(hello())).await.0, "Yes.", "{provider:?}");
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_refused_is_named_and_not_tried_again_at_once() {
    on_both(|provider| async move {
        let door = Door {
            status: Some(401),
            ..Door::default()
        };
        let world = world(provider, door, timing(), Vec::new()).await;
        let (_, _, first) = all(world.session.ask(hello())).await;
        let is_named = |error: &Error| error.to_string().contains(provider.key_variable());
        // It was tried while the session was opened.
        let resting = Err(Error::Resting {
            provider: provider.name(),
        });
        assert!(
            first == resting || first.as_ref().is_err_and(is_named),
            "{first:?}"
        );
        assert_eq!(all(world.session.ask(hello())).await.2, resting);
    })
    .await;
}

#[tokio::test]
async fn refusals_in_the_talk_are_told_apart() {
    on_both(|provider| async move {
        let name = provider.name();
        for (code, is_expected) in [
            ("invalid_api_key", is_unauthorized as fn(&Error) -> bool),
            ("rate_limit_exceeded", |error| {
                matches!(error, Error::RateLimited { .. })
            }),
        ] {
            let world = world(provider, Door::default(), timing(), vec![Act::Refuse(code)]).await;
            let (words, samples, end) = all(world.session.ask(hello())).await;
            assert!(words.is_empty() && samples == 0);
            assert!(end.as_ref().is_err_and(is_expected), "{name} {code}: {end:?}");
        }
    })
    .await;
}

fn is_unauthorized(error: &Error) -> bool {
    matches!(error, Error::Unauthorized { .. })
}

#[tokio::test]
async fn silence_is_a_failure_before_the_answer_and_within_it() {
    on_both(|provider| async move {
        let short = Timing {
            first: Duration::from_millis(600),
            between: Duration::from_millis(300),
            rest: Duration::ZERO,
            ..timing()
        };
        let acts = vec![Act::Hang, Act::Begin("One two".into()), say("Yes.", 100)];
        let world = world(provider, Door::default(), short, acts).await;
        until(|| world.server.connections() == 1).await;
        let (words, _, end) = all(world.session.ask(hello())).await;
        assert!(
            words.is_empty() && matches!(end, Err(Error::Timeout { .. })),
            "{provider:?} {end:?}"
        );
        let patient = Timing {
            first: Duration::from_secs(20),
            ..short
        };
        let session = Session::open(world.server.access(patient), able());
        let (words, samples, end) = all(session.ask(hello())).await;
        assert_eq!((words.as_str(), samples), ("One two", 24_000));
        assert!(matches!(end, Err(Error::Timeout { .. })), "{end:?}");
        assert_eq!(
            all(session.ask(hello())).await.0,
            "Yes.",
            "the next one is answered"
        );
    })
    .await;
}

#[tokio::test]
async fn nonsense_costs_one_answer() {
    on_both(|provider| async move {
        let acts = vec![Act::Nonsense, say("Yes.", 100)];
        let world = world(provider, Door::default(), timing(), acts).await;
        let (_, _, end) = all(world.session.ask(hello())).await;
        assert!(matches!(end, Err(Error::Malformed { .. })), "{end:?}");
        assert_eq!(all(world.session.ask(hello())).await.0, "Yes.", "{provider:?}");
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_nobody_wants_is_given_up() {
    on_both(|provider| async move {
        let acts = vec![Act::Begin("One two".into()), say("Yes.", 100)];
        let world = world(provider, Door::default(), timing(), acts).await;
        let mut answer = world.session.ask(hello());
        assert!(matches!(answer.next().await, Some(Ok(Piece::Text(_)))));
        drop(answer);
        let other = question(&[(Speaker::Others, "Ann: Hello? Are you there?")]);
        assert_eq!(all(world.session.ask(other)).await.0, "Yes.", "{provider:?}");
    })
    .await;
}
