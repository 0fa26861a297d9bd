//! Tools in the course of a line.

use std::sync::Arc;

use futures::StreamExt;
use serde_json::json;
use troupe::brain::brief::Moment;
use troupe::brain::history::{Happening, History};
use troupe::brain::prompt::{Prompter, Situation};
use troupe::brain::reply;
use troupe::character::builtins;
use troupe::protocol::Mode;
use troupe::providers::scripted::{Scripted, Step};
use troupe::providers::{Capacity, Piece, ToolCall, ToolRound};

use super::web::Web;
use super::{call, for_speech, reach, toolbox, weather};

fn text(text: &str) -> Step<Piece> {
    Step::Piece(Piece::Text(text.into()))
}

fn wants(call: &ToolCall) -> Step<Piece> {
    Step::Piece(Piece::Call(call.clone()))
}

fn line() -> reply::Line {
    let ada = builtins()
        .into_iter()
        .find(|character| character.id == "ada")
        .unwrap();
    let situation = Situation {
        identity: "agent-ada",
        character: &ada,
        cast: &[],
        people: &["Ann"],
        mode: Mode::Freeform,
        scene: None,
        asked_if_ai: false,
        has_tools: true,
        assignment: None,
        moment: Moment::Running,
    };
    let mut history = History::new(1000);
    history.push(Happening::Said {
        by: "ann".into(),
        name: "Ann".into(),
        text: "What is the weather in Oslo?".into(),
    });
    reply::prepare(&Prompter::new().unwrap(), &situation, &history, Capacity::Full, 0).unwrap()
}

#[tokio::test]
async fn a_line_goes_on_from_what_its_tools_answered() {
    let web = Web::start().await;
    let tools = for_speech(&toolbox(&reach(None, ""), &json!([weather(&web.url)])));
    let oslo = call("weather", &json!({ "city": "Oslo" }));
    let again = ToolCall {
        id: "call_1".into(),
        ..oslo.clone()
    };
    let model = Scripted::new("scripted")
        .answers(vec![text("Let me look."), wants(&oslo), wants(&again)])
        .answers(vec![text("Take "), text("an umbrella.")]);
    let line = line().with_tools(Arc::new(tools));
    let spoken: Vec<String> = reply::speak(Arc::new(model.clone()), line)
        .map(|piece| piece.unwrap())
        .collect()
        .await;
    assert_eq!(spoken.concat(), "Let me look. Take an umbrella.");
    // What stood there twice was done once.
    assert_eq!(web.asked(), ["Oslo?"]);
    let requests = model.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests[0].messages[0].content.contains("Use your tools"));
    assert_eq!(requests[0].tools[0].name, "weather");
    let answer = "It rains in Oslo.".to_owned();
    let round = ToolRound {
        said: "Let me look.".into(),
        calls: vec![(oslo, answer.clone()), (again, answer)],
    };
    assert_eq!(requests[1].rounds, [round]);
    assert_eq!(requests[1].messages, requests[0].messages);
}

#[tokio::test]
async fn a_model_that_calls_for_ever_is_told_to_stop_and_nothing_is_said_for_it() {
    let web = Web::start().await;
    let tools = for_speech(&toolbox(&reach(None, ""), &json!([weather(&web.url)])));
    let asks = |city: &str| vec![wants(&call("weather", &json!({ "city": city })))];
    let model = ["a", "b", "c", "d", "e"]
        .iter()
        .fold(Scripted::new("scripted"), |model, city| model.answers(asks(city)));
    let line = line().with_tools(Arc::new(tools));
    let spoken: Vec<String> = reply::speak(Arc::new(model.clone()), line)
        .map(|piece| piece.unwrap())
        .collect()
        .await;
    // One of Ada's own lines for when there is nothing to say.
    assert_eq!(spoken.concat(), builtins()[0].deflections[0]);
    assert_eq!(web.asked(), ["a?", "b?", "c?"]);
    let closed: Vec<bool> = model
        .requests()
        .iter()
        .map(|request| request.tools_are_closed)
        .collect();
    assert_eq!(closed, [false, false, false, true, true]);
}

#[tokio::test]
async fn a_long_wait_is_bridged_and_ends_with_the_line() {
    let web = Web::start().await;
    let tools = for_speech(&toolbox(&reach(None, ""), &json!([weather(&web.url)])));
    let slow = call("weather", &json!({ "city": "slow" }));
    let model = Scripted::new("scripted")
        .answers(vec![wants(&slow)])
        .answers(vec![text("It rains.")]);
    let mut spoken = reply::speak(Arc::new(model.clone()), line().with_tools(Arc::new(tools)));
    let filler = spoken.next().await.unwrap().unwrap();
    assert_eq!(filler, "One moment please. ");
    web.released.notify_one();
    let rest: Vec<String> = spoken.map(|piece| piece.unwrap()).collect().await;
    assert_eq!(rest.concat(), "It rains.");
    assert_eq!(model.requests()[1].rounds[0].said, "One moment please. ");

    // Somebody cuts in while it waits: nothing of it is wanted any more.
    let tools = for_speech(&toolbox(&reach(None, ""), &json!([weather(&web.url)])));
    let model = Scripted::new("scripted").answers(vec![wants(&slow)]);
    let mut spoken = reply::speak(Arc::new(model.clone()), line().with_tools(Arc::new(tools)));
    spoken.next().await.unwrap().unwrap();
    drop(spoken);
    web.given_up.notified().await;
    assert_eq!(model.requests().len(), 1);
}
